// How many fragments went by between two IPv4 addresses while datagrams of theirs are unfinished.
// Linux counts per source address (inet_peer) and gives up a datagram that falls far behind.
#pragma once

#include "decap/fragment_table.h"

#include <cstdint>
#include <vector>

namespace eti::decap {

// FragmentPairs keeps one count per pair, never a shared one. Only what was forwarded counts.
class FragmentPairs {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    // Capacity as for datagrams: each holds one pair.
    explicit FragmentPairs(uint32_t capacity);

    uint32_t find(const FragmentKey& pair, uint64_t hash) const;
    // acquire finds or makes a pair; release lets go of it. The last one ends its count.
    uint32_t acquire(const FragmentKey& pair, uint64_t hash);
    void release(uint32_t index);

    // next is the count as it will be with one more fragment, record makes it so, take_back undoes
    // that for a fragment that was dropped after all, whatever its hop limit was.
    FragmentCount next(uint32_t index, uint8_t hop_limit) const;
    FragmentCount record(uint32_t index, uint8_t hop_limit);
    void take_back(uint32_t index);

  private:
    struct Pair {
        FragmentKey key;
        FragmentCount count;
        uint32_t holders = 0;
        uint32_t bucket = 0;
        uint32_t next = kNone;  // in the bucket, or in the free list
        uint8_t hop_limit = 0;  // the highest so far
    };
    uint32_t bucket_of(uint64_t hash) const {
        return static_cast<uint32_t>(hash & (buckets_.size() - 1));
    }

    std::vector<uint32_t> buckets_;
    std::vector<Pair> pairs_;
    uint32_t free_ = kNone;
};

}  // namespace eti::decap
