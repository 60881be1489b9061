// IP fragments put together again for inspection, as a Linux endpoint does it (ip_fragment.c,
// inet_fragment.c and reassembly.c of 6.x; RFC 791 section 3.2, RFC 8200 section 4.5, RFC 5722).
#pragma once

#include "eti/base/clock.h"
#include "eti/base/counters.h"
#include "eti/net/ip_address.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

namespace eti::decap {

// Fragment is one IP fragment as its headers describe it. Borrows the packet. Never an atomic one
// (offset 0 and nothing more to come): that is a whole datagram (RFC 6946).
struct Fragment {
    net::IpAddress source;
    net::IpAddress destination;
    uint32_t identification = 0;  // IPv4 uses the lower 16 bits
    uint16_t link = 0;            // VLAN or tunnel identifiers, folded: ids of two links differ
    uint16_t offset = 0;          // in bytes, a multiple of 8
    uint8_t protocol = 0;         // IPv6: the next header that the fragment header names
    uint8_t wire = 0;
    bool ipv6 = false;
    bool more = false;
    // The IPv4 header with its options (20-60 bytes), or all of the IPv6 packet that precedes the
    // fragment header (40 bytes and more).
    std::span<const uint8_t> header;
    std::span<const uint8_t> payload;  // behind the IPv4 or the fragment header
};

// What became of a fragment. Overlap and Discarded are to be dropped, all others forwarded.
enum class Reassembly : uint8_t {
    Waiting,     // kept; the datagram has gaps
    Complete,    // this was the missing piece
    Duplicate,   // bytes that are there, once more; Linux ignores them
    Overlap,     // contradicts the datagram, or none can have such a piece: it is given up
    Discarded,   // belongs to such a datagram, or to a complete one, or none would deliver it
    OverBudget,  // the datagram is not inspected: it, or all together, take too much memory
    Malformed,   // endpoints ignore this fragment, and the datagram goes on without it
};

enum class FragmentCounter : uint8_t {
    Fragments,   // given to the cache
    Completed,   // datagrams
    Duplicates,  // fragments
    Overlaps,    // datagrams given up because of one
    Discarded,   // fragments dropped besides those
    OverBudget,  // fragments forwarded uninspected
    Malformed,   // fragments forwarded and ignored
    TinyFirst,   // IPv6: of the discarded, first fragments that cut their headers (RFC 7112)
    Evicted,     // unfinished datagrams that made room for younger ones
    TimedOut,    // unfinished datagrams, or the endpoint gave them up for their distance
};
inline constexpr std::size_t kFragmentCounters = 10;

struct FragmentLimits {
    uint32_t datagrams = 4096;  // unfinished at a time
    uint32_t blocks = 8192;     // of 2 KiB each, for all of them
    // Per datagram. The work for a fragment does not depend on how many there are, so the default
    // takes a full datagram in pieces of 8 bytes.
    uint32_t fragments = 8192;
    // Linux counts from the first fragment: net.ipv4.ipfrag_time, net.ipv6.ip6frag_time.
    Duration timeout_v4 = std::chrono::seconds(30);
    Duration timeout_v6 = std::chrono::seconds(60);
    // Within guard of the timeout nobody here knows what the endpoint still has: Discarded.
    Duration guard = std::chrono::seconds(1);
    // IPv4: Linux forgets a datagram when more than this many fragments of one peer came between
    // two of its own, and starts it anew with the latter (net.ipv4.ipfrag_max_dist). So does the
    // cache. When some of them had a lower hop limit, nobody here knows: Discarded.
    uint32_t distance_v4 = 64;
};

// FragmentCache belongs to one worker; all fragments between two addresses must come to the same
// one. Memory is taken at construction. Behind a complete datagram that holds TCP nothing more
// passes under its identification until the timeout, or until IPv4's distance makes it a new one: a
// copy that never reached its destination (a low TTL) cannot be replaced. Of others nothing is kept
// unless refuse is called, so that is noticed only before they are complete.
class FragmentCache {
  public:
    // secret keys the hash of datagrams: nobody outside can aim for collisions.
    FragmentCache(const FragmentLimits& limits, std::array<uint64_t, 2> secret);
    ~FragmentCache();

    // add takes one fragment. After Complete, datagram is the whole packet, valid until the next
    // call: the first fragment's IPv4 header, or its IPv6 header without extensions, with length,
    // next header, fragment bits and checksum put right, then the payload.
    Reassembly add(const Fragment& fragment, Timestamp now, std::span<const uint8_t>& datagram);

    // refuse is to be called when add answered Complete and the caller drops that fragment. The
    // endpoint has all others: until its timeout all fragments of the datagram are Discarded.
    void refuse(const Fragment& fragment, Timestamp now);

    uint32_t datagrams() const;    // unfinished, given-up ones included
    uint32_t blocks_used() const;  // by their payload
    // worker: rw | control: r
    const CounterBlock<FragmentCounter, kFragmentCounters>& counters() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace eti::decap
