#include "eti/flow/flow_table.h"

#include "eti/base/check.h"

#include <limits>
#include <utility>

namespace eti::flow {
namespace {

// Half of the room stays free: then one flow in thirty finds none in its bucket.
constexpr std::size_t kFlowsMeantPerBucket = 3;
constexpr uint8_t kManyPassed = std::numeric_limits<uint8_t>::max();

}  // namespace

FlowTable::FlowTable(uint32_t capacity)
    : buckets_(capacity / kFlowsMeantPerBucket + 1),
      flows_(capacity),
      timers_(capacity, kWheelSlots),
      free_(0) {
    ETI_CHECK(capacity > 0);
    for (uint32_t i = 0; i < capacity; ++i) {
        flows_[i].next_free = i + 1 < capacity ? i + 1 : kNone;
    }
}

// search is the rest of a find, for those whose flow is not the first of its bucket with their tag.
uint32_t FlowTable::search(const FlowKey& key, uint32_t hash) const {
    std::size_t at = home(hash);
    for (std::size_t looked = 0; looked < buckets_.size(); ++looked) {
        const Bucket& bucket = buckets_[at];
        for (uint64_t left = bucket.matches(tag_of(hash)); left != 0; left &= left - 1) {
            const uint32_t index = bucket.flows[first(left)];
            if (flows_[index].hash == hash && flows_[index].key == key) {
                return index;
            }
        }
        if (bucket.overflow == 0) {
            break;
        }
        at = after(at);
    }
    return kNone;
}

uint32_t FlowTable::insert(const FlowKey& key, uint64_t hash) {
    if (free_ == kNone) {
        return kNone;
    }
    const uint32_t index = free_;
    Flow& flow = flows_[index];
    free_ = flow.next_free;
    flow = {};
    flow.key = key;
    flow.hash = static_cast<uint32_t>(hash);
    flow.in_use = true;
    std::size_t at = home(flow.hash);
    while (buckets_[at].matches(kFree) == 0) {
        uint8_t& overflow = buckets_[at].overflow;
        if (overflow != kManyPassed) {
            ++overflow;
        }
        at = after(at);
    }
    Bucket& bucket = buckets_[at];
    const std::size_t place = first(bucket.matches(kFree));
    bucket.tags[place] = tag_of(flow.hash);
    bucket.flows[place] = index;
    ++size_;
    return index;
}

void FlowTable::erase(uint32_t index) {
    Flow& flow = flows_[index];
    ETI_ASSERT(flow.in_use);
    timers_.cancel(index);
    std::size_t at = home(flow.hash);
    std::size_t place = place_of(index, buckets_[at]);
    while (place == kFlowsPerBucket) {
        uint8_t& overflow = buckets_[at].overflow;
        if (overflow != kManyPassed) {
            --overflow;
        }
        at = after(at);
        place = place_of(index, buckets_[at]);
    }
    buckets_[at].tags[place] = kFree;
    flow.in_use = false;
    flow.next_free = std::exchange(free_, index);
    --size_;
}

// place_of is kFlowsPerBucket when the flow is not in the bucket.
std::size_t FlowTable::place_of(uint32_t index, const Bucket& bucket) {
    std::size_t place = 0;
    while (place < kFlowsPerBucket &&
           (bucket.tags[place] == kFree || bucket.flows[place] != index)) {
        ++place;
    }
    return place;
}

}  // namespace eti::flow
