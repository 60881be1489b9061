// The flows of one worker: a fixed table, taken at start-up, with expiry by a timer wheel.
#pragma once

#include "eti/base/huge_array.h"
#include "eti/flow/flow.h"
#include "eti/flow/timer_wheel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace eti::flow {

// FlowTable belongs to one worker. Flows are named by their index, which stays the same for the
// life of the flow. hash is FlowHasher's; the table uses its low half, owners the high half.
//
// Flows are found through buckets of half a cache line, each with the names of six flows and eight
// bits of their hashes, so that a find reads one bucket and then hardly ever a flow but its own.
// What finds no room goes to the next bucket, and those it passed count it (as F14 does, Bronson
// and Shi, "Open-sourcing F14", 2019): an erase leaves no traces.
class FlowTable {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;
    static constexpr uint32_t kWheelSlots = 4096;  // ticks of one second

    explicit FlowTable(uint32_t capacity);

    uint32_t find(const FlowKey& key, uint64_t hash) const {
        const auto low = static_cast<uint32_t>(hash);
        const Bucket& bucket = buckets_[home(low)];
        const uint64_t matches = bucket.matches(tag_of(low));
        if (matches != 0) {
            const uint32_t index = bucket.flows[first(matches)];
            if (flows_[index].hash == low && flows_[index].key == key) {
                return index;
            }
        }
        return matches == 0 && bucket.overflow == 0 ? kNone : search(key, low);
    }
    // A find ahead of its time: first of all hashes of a burst the bucket, then of all the flow
    // that this hash stands for, which prefetch_flow returns, or null. To read it is to wait for
    // its memory, if not enough was done meanwhile.
    void prefetch_bucket(uint64_t hash) const {
        __builtin_prefetch(&buckets_[home(static_cast<uint32_t>(hash))]);
    }
    const Flow* prefetch_flow(uint64_t hash) const {
        const Bucket& bucket = buckets_[home(static_cast<uint32_t>(hash))];
        const uint64_t matches = bucket.matches(tag_of(static_cast<uint32_t>(hash)));
        if (matches == 0) {
            return nullptr;
        }
        const Flow& flow = flows_[bucket.flows[first(matches)]];
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
    static constexpr std::size_t kFlowsPerBucket = 6;
    static constexpr uint8_t kFree = 0;

    struct alignas(32) Bucket {
        std::array<uint8_t, kFlowsPerBucket> tags{};  // kFree where there is no flow
        uint8_t overflow = 0;  // flows that found no room here; once at its limit it stays there
        std::array<uint32_t, kFlowsPerBucket> flows{};

        // matches has the highest bit of a byte set for each of the tags that is this one (Warren,
        // Hacker's Delight, 6-1).
        uint64_t matches(uint8_t tag) const {
            static_assert(std::endian::native == std::endian::little);
            constexpr uint64_t kLow = 0x7f7f7f7f7f7f7f7f;
            uint64_t word = 0;
            std::memcpy(&word, this, sizeof word);
            word ^= uint64_t{0x0101010101010101} * tag;
            return ~(((word & kLow) + kLow) | word) & 0x0000808080808080;
        }
    };
    static_assert(sizeof(Bucket) == 32);

    static std::size_t first(uint64_t matches) {
        return static_cast<std::size_t>(std::countr_zero(matches)) / 8;
    }
    // tag_of takes the bits that home does not.
    static uint8_t tag_of(uint32_t hash) {
        return std::max(static_cast<uint8_t>(hash), uint8_t{1});
    }
    // home spreads hashes evenly over the buckets (Lemire, "Fast random integer generation in an
    // interval").
    std::size_t home(uint32_t hash) const { return uint64_t{hash} * buckets_.size() >> 32; }
    std::size_t after(std::size_t at) const { return at + 1 == buckets_.size() ? 0 : at + 1; }

    uint32_t search(const FlowKey& key, uint32_t hash) const;
    static std::size_t place_of(uint32_t index, const Bucket& bucket);

    HugeArray<Bucket> buckets_;
    HugeArray<Flow> flows_;
    TimerWheel timers_;
    uint32_t free_;  // chained through next_free
    uint32_t size_ = 0;
};

}  // namespace eti::flow
