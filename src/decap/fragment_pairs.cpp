#include "decap/fragment_pairs.h"

#include "eti/base/check.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace eti::decap {

FragmentPairs::FragmentPairs(uint32_t capacity)
    : buckets_(std::bit_ceil(capacity), kNone), pairs_(capacity) {
    for (uint32_t index = capacity; index > 0; --index) {
        pairs_[index - 1].next = std::exchange(free_, index - 1);
    }
}

uint32_t FragmentPairs::find(const FragmentKey& pair, uint64_t hash) const {
    uint32_t index = buckets_[bucket_of(hash)];
    while (index != kNone && pairs_[index].key != pair) {
        index = pairs_[index].next;
    }
    return index;
}

uint32_t FragmentPairs::acquire(const FragmentKey& pair, uint64_t hash) {
    uint32_t index = find(pair, hash);
    if (index == kNone) {
        ETI_ASSERT(free_ != kNone);
        index = std::exchange(free_, pairs_[free_].next);
        Pair& made = pairs_[index];
        made = {};
        made.key = pair;
        made.bucket = bucket_of(hash);
        made.next = std::exchange(buckets_[made.bucket], index);
    }
    ++pairs_[index].holders;
    return index;
}

void FragmentPairs::release(uint32_t index) {
    Pair& pair = pairs_[index];
    if (--pair.holders > 0) {
        return;
    }
    uint32_t* link = &buckets_[pair.bucket];
    while (*link != index) {
        link = &pairs_[*link].next;
    }
    *link = pair.next;
    pair.next = std::exchange(free_, index);
}

FragmentCount FragmentPairs::next(uint32_t index, uint8_t hop_limit) const {
    const Pair& pair = pairs_[index];
    return {pair.count.forwarded + 1, pair.count.arrived + (hop_limit >= pair.hop_limit ? 1U : 0U)};
}

FragmentCount FragmentPairs::record(uint32_t index, uint8_t hop_limit) {
    Pair& pair = pairs_[index];
    pair.count = next(index, hop_limit);
    pair.hop_limit = std::max(pair.hop_limit, hop_limit);
    return pair.count;
}

void FragmentPairs::take_back(uint32_t index) {
    --pairs_[index].count.forwarded;
    --pairs_[index].count.arrived;
}

}  // namespace eti::decap
