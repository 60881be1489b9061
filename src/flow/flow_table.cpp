#include "eti/flow/flow_table.h"

#include "eti/base/check.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace eti::flow {

FlowTable::FlowTable(uint32_t capacity)
    : buckets_(std::bit_ceil(capacity)),
      flows_(capacity),
      timers_(capacity, kWheelSlots),
      free_(0) {
    ETI_CHECK(capacity > 0);
    std::ranges::fill(buckets_, kNone);
    for (uint32_t i = 0; i < capacity; ++i) {
        flows_[i].next_in_bucket = i + 1 < capacity ? i + 1 : kNone;
    }
}

uint32_t FlowTable::find(const FlowKey& key, uint64_t hash) const {
    const auto low = static_cast<uint32_t>(hash);
    uint32_t index = bucket(hash);
    while (index != kNone) {
        const Flow& flow = flows_[index];
        if (flow.hash == low && flow.key == key) {
            return index;
        }
        index = flow.next_in_bucket;
    }
    return kNone;
}

uint32_t FlowTable::insert(const FlowKey& key, uint64_t hash) {
    if (free_ == kNone) {
        return kNone;
    }
    const uint32_t index = free_;
    Flow& flow = flows_[index];
    free_ = flow.next_in_bucket;
    flow = {};
    flow.key = key;
    flow.hash = static_cast<uint32_t>(hash);
    flow.in_use = true;
    flow.next_in_bucket = std::exchange(bucket(hash), index);
    ++size_;
    return index;
}

void FlowTable::erase(uint32_t index) {
    Flow& flow = flows_[index];
    ETI_ASSERT(flow.in_use);
    timers_.cancel(index);
    uint32_t* link = &bucket(flow.hash);
    while (*link != index) {
        link = &flows_[*link].next_in_bucket;
    }
    *link = flow.next_in_bucket;
    flow.in_use = false;
    flow.next_in_bucket = std::exchange(free_, index);
    --size_;
}

}  // namespace eti::flow
