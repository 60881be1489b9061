// The unfinished datagrams of one worker: found by key, expired and evicted by age.
#pragma once

#include "decap/fragment_blocks.h"
#include "eti/base/clock.h"
#include "eti/net/ip_address.h"

#include <array>
#include <cstdint>
#include <vector>

namespace eti::decap {

// What the fragments of one datagram have in common (RFC 791 section 3.2, RFC 8200 section 4.5).
struct FragmentKey {
    net::IpAddress source;
    net::IpAddress destination;
    uint32_t identification = 0;
    uint16_t link = 0;
    uint8_t protocol = 0;  // 0 for IPv6, whose fragments may differ in it
    uint8_t wire = 0;
    uint64_t family = 4;  // a mapped IPv6 address is not the IPv4 address it maps

    bool operator==(const FragmentKey&) const = default;
};
static_assert(sizeof(FragmentKey) == 48);

enum class DatagramState : uint8_t {
    Open,
    Refused,     // contradicting: its fragments are dropped
    Blocked,     // by the caller: the same, and only its timeout ends it
    OverBudget,  // not inspected: its fragments are forwarded
};

// Fragments of one pair of addresses, modulo 2^32.
struct FragmentCount {
    uint32_t forwarded = 0;
    uint32_t arrived = 0;  // of them at most, those with at least the hop limit of all before them
};

struct Datagram {
    static constexpr uint32_t kNoPair = UINT32_MAX;

    FragmentKey key;
    Timestamp first_seen;
    uint64_t number = 0;  // in order of arrival; many may come at one time
    FragmentBlocks::Map map;
    std::array<uint8_t, 60> header{};  // of the first fragment; extensions are left out
    uint32_t length = 0;               // where the highest fragment so far ends
    uint32_t received = 0;             // bytes
    uint32_t fragments = 0;
    uint32_t prefix_bytes = 0;  // of the first fragment, before its payload
    uint32_t pair = kNoPair;    // of its addresses, in FragmentPairs
    FragmentCount count;        // of the pair, when its last fragment was forwarded
    DatagramState state = DatagramState::Open;
    uint8_t header_bytes = 0;
    uint8_t next_header = 0;  // IPv6
    uint8_t ecn_seen = 0;     // a bit per code point
    bool has_first = false;
    bool has_last = false;
};

// FragmentTable names datagrams by index. Each family is a queue by age.
class FragmentTable {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    FragmentTable(uint32_t capacity, std::array<uint64_t, 2> secret);

    uint32_t find(const FragmentKey& key) const;
    // insert needs a free place; the key must not be there.
    uint32_t insert(const FragmentKey& key, Timestamp now);
    void erase(uint32_t index);

    Datagram& at(uint32_t index) { return entries_[index].datagram; }
    uint32_t oldest(bool ipv6) const { return queues_[ipv6 ? 1 : 0].oldest; }
    // oldest of both families.
    uint32_t oldest() const;
    bool full() const { return free_ == kNone; }
    uint32_t size() const { return size_; }

    // hash is keyed; it also spreads other things that outsiders must not aim at.
    uint64_t hash(const FragmentKey& key) const;

  private:
    struct Entry {
        Datagram datagram;
        uint32_t next_in_bucket = kNone;  // or in the free list
        uint32_t older = kNone;
        uint32_t newer = kNone;
    };
    struct Queue {
        uint32_t oldest = kNone;
        uint32_t newest = kNone;
    };
    const uint32_t& bucket(const FragmentKey& key) const {
        return buckets_[hash(key) & (buckets_.size() - 1)];
    }
    uint32_t& bucket(const FragmentKey& key) { return buckets_[hash(key) & (buckets_.size() - 1)]; }
    void unlink_age(uint32_t index);

    std::array<uint64_t, 2> secret_;
    std::vector<uint32_t> buckets_;
    std::vector<Entry> entries_;
    std::array<Queue, 2> queues_;
    uint32_t free_ = kNone;
    uint32_t size_ = 0;
    uint64_t next_number_ = 0;
};

}  // namespace eti::decap
