// The flows of one worker: a fixed table, taken at start-up, with expiry by a timer wheel.
#pragma once

#include "eti/base/huge_array.h"
#include "eti/flow/flow.h"
#include "eti/flow/timer_wheel.h"

#include <cstdint>

namespace eti::flow {

// FlowTable belongs to one worker. Flows are named by their index, which stays the same for the
// life of the flow. hash is FlowHasher's; the table uses its low half, owners the high half.
class FlowTable {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;
    static constexpr uint32_t kWheelSlots = 4096;  // ticks of one second

    explicit FlowTable(uint32_t capacity);

    uint32_t find(const FlowKey& key, uint64_t hash) const;
    // A find ahead of its time: first of all hashes of a burst the bucket, then of all the flow
    // that stands first in it, which prefetch_flow returns, or null. To read it is to wait for its
    // memory, if not enough was done meanwhile.
    void prefetch_bucket(uint64_t hash) const { __builtin_prefetch(&bucket(hash)); }
    const Flow* prefetch_flow(uint64_t hash) const {
        const uint32_t index = bucket(hash);
        if (index == kNone) {
            return nullptr;
        }
        const Flow& flow = flows_[index];
        __builtin_prefetch(&flow);
        __builtin_prefetch(&flow.last_seen, 1);
        return &flow;
    }
    // insert returns kNone when the table is full. The key must not be in the table.
    uint32_t insert(const FlowKey& key, uint64_t hash);
    // erase also stops the flow's timer.
    void erase(uint32_t index);

    Flow& at(uint32_t index) { return flows_[index]; }
    const Flow& at(uint32_t index) const { return flows_[index]; }
    TimerWheel& timers() { return timers_; }
    uint32_t size() const { return size_; }
    uint32_t capacity() const { return static_cast<uint32_t>(flows_.size()); }

  private:
    uint32_t& bucket(uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
    const uint32_t& bucket(uint64_t hash) const { return buckets_[hash & (buckets_.size() - 1)]; }

    HugeArray<uint32_t> buckets_;  // heads of chains
    HugeArray<Flow> flows_;
    TimerWheel timers_;
    uint32_t free_;  // chained through next_in_bucket
    uint32_t size_ = 0;
};

}  // namespace eti::flow
