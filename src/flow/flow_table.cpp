#include "eti/flow/flow_table.h"

#include "eti/base/check.h"

#include <bit>
#include <utility>

namespace eti::flow {

FlowTable::FlowTable(uint32_t capacity)
    : buckets_(std::bit_ceil(capacity), kNone),
      flows_(capacity),
      timers_(capacity, kWheelSlots),
      free_(0) {
    ETI_CHECK(capacity > 0);
    for (uint32_t i = 0; i < capacity; ++i) {
        flows_[i].flow.next_in_bucket = i + 1 < capacity ? i + 1 : kNone;
    }
}

uint32_t FlowTable::find(const FlowKey& key, uint64_t hash) const {
    const auto low = static_cast<uint32_t>(hash);
    uint32_t index = buckets_[low & (buckets_.size() - 1)];
    while (index != kNone) {
        const Entry& entry = flows_[index];
        if (entry.hash == low && entry.flow.key == key) {
            return index;
        }
        index = entry.flow.next_in_bucket;
    }
    return kNone;
}

uint32_t FlowTable::insert(const FlowKey& key, uint64_t hash) {
    if (free_ == kNone) {
        return kNone;
    }
    const uint32_t index = free_;
    Entry& entry = flows_[index];
    free_ = entry.flow.next_in_bucket;
    entry.hash = static_cast<uint32_t>(hash);
    entry.used = true;
    entry.flow = {};
    entry.flow.key = key;
    entry.flow.next_in_bucket = std::exchange(bucket(entry.hash), index);
    ++size_;
    return index;
}

void FlowTable::erase(uint32_t index) {
    Entry& entry = flows_[index];
    ETI_ASSERT(entry.used);
    timers_.cancel(index);
    uint32_t* link = &bucket(entry.hash);
    while (*link != index) {
        link = &flows_[*link].flow.next_in_bucket;
    }
    *link = entry.flow.next_in_bucket;
    entry.used = false;
    entry.flow.next_in_bucket = std::exchange(free_, index);
    --size_;
}

}  // namespace eti::flow
