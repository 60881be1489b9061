#include "decap/fragment_table.h"

#include "eti/base/check.h"
#include "eti/base/mix.h"

#include <bit>
#include <cstring>
#include <utility>

namespace eti::decap {

FragmentTable::FragmentTable(uint32_t capacity, std::array<uint64_t, 2> secret)
    : secret_(secret), buckets_(std::bit_ceil(capacity), kNone), entries_(capacity) {
    ETI_CHECK(capacity > 0);
    for (uint32_t index = capacity; index > 0; --index) {
        entries_[index - 1].next_in_bucket = std::exchange(free_, index - 1);
    }
}

uint64_t FragmentTable::hash(const FragmentKey& key) const {
    std::array<uint64_t, 6> words;
    std::memcpy(words.data(), &key, sizeof key);
    uint64_t hash = mix(words[0] ^ secret_[0], words[1] ^ secret_[1]);
    hash = mix(hash ^ words[2], words[3] ^ secret_[0]);
    hash = mix(hash ^ words[4], words[5] ^ secret_[1]);
    return mix(hash ^ secret_[0], secret_[1]);
}

uint32_t FragmentTable::find(const FragmentKey& key) const {
    uint32_t index = bucket(key);
    while (index != kNone && entries_[index].datagram.key != key) {
        index = entries_[index].next_in_bucket;
    }
    return index;
}

uint32_t FragmentTable::insert(const FragmentKey& key, Timestamp now) {
    ETI_ASSERT(!full());
    const uint32_t index = free_;
    Entry& entry = entries_[index];
    free_ = entry.next_in_bucket;
    Queue& queue = queues_[key.family == 6 ? 1 : 0];
    entry = {};
    entry.datagram.key = key;
    entry.datagram.first_seen = now;
    entry.datagram.number = next_number_++;
    entry.next_in_bucket = std::exchange(bucket(key), index);
    entry.older = std::exchange(queue.newest, index);
    (entry.older != kNone ? entries_[entry.older].newer : queue.oldest) = index;
    ++size_;
    return index;
}

void FragmentTable::erase(uint32_t index) {
    Entry& entry = entries_[index];
    uint32_t* link = &bucket(entry.datagram.key);
    while (*link != index) {
        link = &entries_[*link].next_in_bucket;
    }
    *link = entry.next_in_bucket;
    unlink_age(index);
    entry.next_in_bucket = std::exchange(free_, index);
    --size_;
}

uint32_t FragmentTable::oldest() const {
    const uint32_t v4 = queues_[0].oldest;
    const uint32_t v6 = queues_[1].oldest;
    if (v4 == kNone || v6 == kNone) {
        return v4 == kNone ? v6 : v4;
    }
    return entries_[v6].datagram.number < entries_[v4].datagram.number ? v6 : v4;
}

void FragmentTable::unlink_age(uint32_t index) {
    const Entry& entry = entries_[index];
    Queue& queue = queues_[entry.datagram.key.family == 6 ? 1 : 0];
    (entry.older != kNone ? entries_[entry.older].newer : queue.oldest) = entry.newer;
    (entry.newer != kNone ? entries_[entry.newer].older : queue.newest) = entry.older;
}

}  // namespace eti::decap
