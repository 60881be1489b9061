#include "eti/decap/fragment_cache.h"

#include "decap/fragment_blocks.h"
#include "decap/fragment_header.h"
#include "decap/fragment_pairs.h"
#include "decap/fragment_table.h"
#include "eti/base/check.h"
#include "eti/net/packet_view.h"

#include <algorithm>
#include <vector>

namespace eti::decap {
namespace {

constexpr std::size_t kMaxPacketBytes = 40 + kMaxIpBytes;
constexpr unsigned kExpiredPerFragment = 64;  // of each family
constexpr uint32_t kNone = FragmentTable::kNone;

// Distance of a datagram's new fragment from the one before, in fragments of its pair.
enum class Distance : uint8_t { Near, Unclear, TooFar };

FragmentKey key_of(const Fragment& fragment) {
    return {fragment.source,
            fragment.destination,
            fragment.ipv6 ? fragment.identification : fragment.identification & 0xffffU,
            fragment.link,
            fragment.ipv6 ? uint8_t{0} : fragment.protocol,
            fragment.wire,
            fragment.ipv6 ? 6U : 4U};
}

FragmentKey pair_of(const FragmentKey& key) {
    FragmentKey pair = key;
    pair.identification = 0;
    pair.protocol = 0;
    return pair;
}

uint8_t hop_limit_of(const Fragment& fragment) {
    const std::size_t place = fragment.ipv6 ? 7 : 8;
    ETI_ASSERT(fragment.header.size() > place);
    return fragment.header[place];
}

// exceeds: a count may have been taken back below the older one.
bool exceeds(uint32_t limit, uint32_t count, uint32_t older) {
    return static_cast<int64_t>(static_cast<int32_t>(count - older)) > limit;
}

bool is_dropped(Reassembly result) {
    return result == Reassembly::Overlap || result == Reassembly::Discarded;
}

// usable_payload: Linux cuts an IPv4 fragment with more to come down to a multiple of 8 bytes.
std::span<const uint8_t> usable_payload(const Fragment& fragment) {
    std::size_t size = fragment.payload.size();
    if (!fragment.ipv6 && fragment.more) {
        size -= size % FragmentBlocks::kUnit;
    }
    return fragment.payload.first(size);
}

// is_remembered: a piece of the datagram may never have reached the endpoint, and another one in
// its place would then complete it there, unseen. So no piece follows the last one. Identifiers
// come round too soon for that where datagrams are many, which those of TCP are not: its segments
// fit, and what is lost comes again under another identifier. IPv6 may have extensions before its
// TCP.
bool is_remembered(const Datagram& datagram) {
    return datagram.key.family == 6 ? datagram.next_header != net::kUdp
                                    : datagram.next_header == net::kTcp;
}

// is_ignored: IPv6 endpoints answer these with an ICMPv6 error and keep the datagram (RFC 8200
// section 4.5).
bool is_ignored(const Fragment& fragment) {
    return fragment.ipv6 && ((fragment.more && fragment.payload.size() % 8 != 0) ||
                             fragment.offset + fragment.payload.size() > kMaxIpBytes);
}

}  // namespace

struct FragmentCache::State {
    State(const FragmentLimits& given, std::array<uint64_t, 2> secret)
        : limits(given),
          table(given.datagrams, secret),
          blocks(given.blocks),
          pairs(given.datagrams),
          packet(kMaxPacketBytes) {
        ETI_CHECK(limits.guard < limits.timeout_v4 && limits.guard < limits.timeout_v6);
    }

    Duration timeout(const FragmentKey& key) const {
        return key.family == 6 ? limits.timeout_v6 : limits.timeout_v4;
    }
    bool is_expired(const Datagram& datagram, Timestamp now) const;
    Distance distance(const Datagram& datagram, uint8_t hop_limit) const;
    void note_forwarded(Datagram& datagram, uint8_t hop_limit);
    void expire(Timestamp now);
    void time_out(uint32_t index);
    uint32_t find(const FragmentKey& key, Timestamp now);
    uint32_t find_or_start(const Fragment& fragment, Timestamp now);
    uint32_t insert(const FragmentKey& key, Timestamp now);
    void evict(uint32_t index);
    void forget(uint32_t index);
    Reassembly give_up(Datagram& datagram, DatagramState state, Reassembly result);
    bool may_be_lost(const Datagram& datagram, uint8_t hop_limit, Timestamp now) const;
    bool take_extent(Datagram& datagram, std::size_t begin, std::size_t end, bool last) const;
    bool make_room(uint32_t index, std::size_t offset, std::size_t size);
    Reassembly place(uint32_t index, const Fragment& fragment, std::span<const uint8_t> payload);
    Reassembly store(uint32_t index, const Fragment& fragment, std::span<const uint8_t> payload,
                     bool starts_run);
    Reassembly finish(uint32_t index);
    Reassembly take(uint32_t index, const Fragment& fragment);
    Reassembly add(const Fragment& fragment, Timestamp now);
    void refuse(const Fragment& fragment, Timestamp now);
    void count(Reassembly result);

    FragmentLimits limits;
    FragmentTable table;
    FragmentBlocks blocks;
    FragmentPairs pairs;
    std::vector<uint8_t> packet;
    std::size_t packet_bytes = 0;
    CounterBlock<FragmentCounter, kFragmentCounters> counters;
};

FragmentCache::FragmentCache(const FragmentLimits& limits, std::array<uint64_t, 2> secret)
    : state_(std::make_unique<State>(limits, secret)) {}

FragmentCache::~FragmentCache() = default;

uint32_t FragmentCache::datagrams() const {
    return state_->table.size();
}

uint32_t FragmentCache::blocks_used() const {
    return state_->limits.blocks - state_->blocks.available();
}

const CounterBlock<FragmentCounter, kFragmentCounters>& FragmentCache::counters() const {
    return state_->counters;
}

Reassembly FragmentCache::add(const Fragment& fragment, Timestamp now,
                              std::span<const uint8_t>& datagram) {
    ETI_ASSERT(fragment.offset % FragmentBlocks::kUnit == 0);
    state_->packet_bytes = 0;
    const Reassembly result = state_->add(fragment, now);
    state_->count(result);
    datagram = std::span<const uint8_t>(state_->packet).first(state_->packet_bytes);
    return result;
}

void FragmentCache::refuse(const Fragment& fragment, Timestamp now) {
    state_->refuse(fragment, now);
}

// distance: fragments with a lower hop limit than others may not reach the endpoint, and then it
// still has the datagram.
Distance FragmentCache::State::distance(const Datagram& datagram, uint8_t hop_limit) const {
    if (datagram.pair == Datagram::kNoPair) {
        return Distance::Near;
    }
    const FragmentCount next = pairs.next(datagram.pair, hop_limit);
    if (exceeds(limits.distance_v4, next.arrived, datagram.count.arrived)) {
        return Distance::TooFar;
    }
    return exceeds(limits.distance_v4, next.forwarded, datagram.count.forwarded) ? Distance::Unclear
                                                                                 : Distance::Near;
}

void FragmentCache::State::note_forwarded(Datagram& datagram, uint8_t hop_limit) {
    if (datagram.pair != Datagram::kNoPair) {
        datagram.count = pairs.record(datagram.pair, hop_limit);
    }
}

void FragmentCache::State::forget(uint32_t index) {
    Datagram& datagram = table.at(index);
    blocks.release(datagram.map);
    if (datagram.pair != Datagram::kNoPair) {
        pairs.release(datagram.pair);
    }
    table.erase(index);
}

void FragmentCache::State::evict(uint32_t index) {
    counters.add(FragmentCounter::Evicted);
    forget(index);
}

bool FragmentCache::State::is_expired(const Datagram& datagram, Timestamp now) const {
    return now - datagram.first_seen >= timeout(datagram.key) + limits.guard;
}

void FragmentCache::State::time_out(uint32_t index) {
    if (table.at(index).state == DatagramState::Open) {
        counters.add(FragmentCounter::TimedOut);
    }
    forget(index);
}

// Each queue is in order of arrival: no scan. What is over the budget waits for later fragments.
void FragmentCache::State::expire(Timestamp now) {
    for (const bool ipv6 : {false, true}) {
        for (unsigned budget = kExpiredPerFragment; budget > 0; --budget) {
            const uint32_t index = table.oldest(ipv6);
            if (index == kNone || !is_expired(table.at(index), now)) {
                break;
            }
            time_out(index);
        }
    }
}

// find also serves packet times that went back, where a queue may hide what has expired.
uint32_t FragmentCache::State::find(const FragmentKey& key, Timestamp now) {
    const uint32_t index = table.find(key);
    if (index != kNone && is_expired(table.at(index), now)) {
        time_out(index);
        return kNone;
    }
    return index;
}

uint32_t FragmentCache::State::insert(const FragmentKey& key, Timestamp now) {
    if (table.full()) {
        evict(table.oldest());
    }
    return table.insert(key, now);
}

Reassembly FragmentCache::State::give_up(Datagram& datagram, DatagramState state,
                                         Reassembly result) {
    blocks.release(datagram.map);
    datagram.state = state;
    return result;
}

// may_be_lost: nobody here knows whether the endpoint still has the datagram.
bool FragmentCache::State::may_be_lost(const Datagram& datagram, uint8_t hop_limit,
                                       Timestamp now) const {
    return now - datagram.first_seen >= timeout(datagram.key) - limits.guard ||
           distance(datagram, hop_limit) != Distance::Near;
}

// take_extent notes where the datagram ends. The first last fragment fixes that; nothing may lie
// behind it, no other may say otherwise, and an empty piece is no piece: Linux discards then.
bool FragmentCache::State::take_extent(Datagram& datagram, std::size_t begin, std::size_t end,
                                       bool last) const {
    const std::size_t length = datagram.length;
    if (last ? end < length || (datagram.has_last && end != length)
             : end > length && datagram.has_last) {
        return false;
    }
    // Of an IPv4 datagram Linux checks the size at the end; one so long never gets there.
    if (begin == end || end > kMaxIpBytes) {
        return false;
    }
    datagram.has_last = datagram.has_last || last;
    datagram.length = static_cast<uint32_t>(std::max(length, end));
    return true;
}

// make_room evicts the oldest others; false when the datagram itself is the oldest that is left.
bool FragmentCache::State::make_room(uint32_t index, std::size_t offset, std::size_t size) {
    const uint32_t needed = blocks.missing(table.at(index).map, offset, size);
    while (blocks.available() < needed) {
        const uint32_t oldest = table.oldest();
        if (oldest == index) {
            return false;
        }
        evict(oldest);
    }
    return true;
}

Reassembly FragmentCache::State::place(uint32_t index, const Fragment& fragment,
                                       std::span<const uint8_t> payload) {
    Datagram& datagram = table.at(index);
    const std::size_t tail = datagram.length;
    const std::size_t end = fragment.offset + payload.size();
    if (!take_extent(datagram, fragment.offset, end, !fragment.more)) {
        return give_up(datagram, DatagramState::Refused, Reassembly::Overlap);
    }
    switch (blocks.cover(datagram.map, fragment.offset, payload.size())) {
        case FragmentBlocks::Cover::Nothing:
            // Only what is appended to the highest fragment goes on with its run.
            return store(index, fragment, payload, fragment.offset != tail);
        case FragmentBlocks::Cover::InOneRun:
            // The copy that is there may never have reached the endpoint.
            if (blocks.equal(datagram.map, fragment.offset, payload)) {
                return Reassembly::Duplicate;
            }
            break;
        case FragmentBlocks::Cover::Otherwise:
            break;
    }
    return give_up(datagram, DatagramState::Refused, Reassembly::Overlap);
}

Reassembly FragmentCache::State::store(uint32_t index, const Fragment& fragment,
                                       std::span<const uint8_t> payload, bool starts_run) {
    Datagram& datagram = table.at(index);
    if (datagram.fragments >= limits.fragments ||
        !make_room(index, fragment.offset, payload.size())) {
        return give_up(datagram, DatagramState::OverBudget, Reassembly::OverBudget);
    }
    blocks.write(datagram.map, fragment.offset, payload, starts_run);
    ++datagram.fragments;
    datagram.received += static_cast<uint32_t>(payload.size());
    datagram.ecn_seen |= ecn_bit(fragment);
    if (fragment.offset == 0) {
        datagram.has_first = true;
        keep_header(fragment, datagram);
    }
    const bool whole =
        datagram.has_first && datagram.has_last && datagram.received == datagram.length;
    return whole ? finish(index) : Reassembly::Waiting;
}

Reassembly FragmentCache::State::finish(uint32_t index) {
    Datagram& datagram = table.at(index);
    if (ecn_contradicts(datagram.ecn_seen) || !fits(datagram)) {
        return give_up(datagram, DatagramState::Refused, Reassembly::Discarded);
    }
    const std::size_t header = write_header(datagram, packet);
    packet_bytes = header + datagram.length;
    blocks.read(datagram.map, std::span<uint8_t>(packet).subspan(header, datagram.length));
    return Reassembly::Complete;
}

Reassembly FragmentCache::State::add(const Fragment& fragment, Timestamp now) {
    expire(now);
    if (is_ignored(fragment)) {
        return Reassembly::Malformed;
    }
    // Some endpoints would take it. None gets it, so the datagram stays as it is.
    if (is_tiny_first(fragment)) {
        counters.add(FragmentCounter::TinyFirst);
        return Reassembly::Discarded;
    }
    const uint8_t hop_limit = hop_limit_of(fragment);  // a completed datagram may overwrite it
    const uint32_t index = find_or_start(fragment, now);
    const Reassembly result = take(index, fragment);
    if (!is_dropped(result)) {
        note_forwarded(table.at(index), hop_limit);
    }
    if (result != Reassembly::Complete) {
        return result;
    }
    if (is_remembered(table.at(index))) {
        return give_up(table.at(index), DatagramState::Refused, result);
    }
    forget(index);
    return result;
}

uint32_t FragmentCache::State::find_or_start(const Fragment& fragment, Timestamp now) {
    const FragmentKey key = key_of(fragment);
    const uint8_t hop_limit = hop_limit_of(fragment);
    uint32_t index = find(key, now);
    if (index != kNone && distance(table.at(index), hop_limit) == Distance::TooFar) {
        time_out(index);
        index = kNone;
    }
    if (index == kNone) {
        index = insert(key, now);
        if (!fragment.ipv6) {
            const FragmentKey pair = pair_of(key);
            table.at(index).pair = pairs.acquire(pair, table.hash(pair));
        }
    } else if (table.at(index).state == DatagramState::Open &&
               may_be_lost(table.at(index), hop_limit, now)) {
        give_up(table.at(index), DatagramState::Refused, Reassembly::Discarded);
    }
    return index;
}

Reassembly FragmentCache::State::take(uint32_t index, const Fragment& fragment) {
    switch (table.at(index).state) {
        case DatagramState::Open:
            return place(index, fragment, usable_payload(fragment));
        case DatagramState::OverBudget:
            return Reassembly::OverBudget;
        case DatagramState::Refused:
        case DatagramState::Blocked:
            break;
    }
    return Reassembly::Discarded;
}

// refuse: time runs from here, no earlier than at the endpoint. Without a pair no distance counts.
void FragmentCache::State::refuse(const Fragment& fragment, Timestamp now) {
    const FragmentKey key = key_of(fragment);
    if (!fragment.ipv6) {
        const FragmentKey pair = pair_of(key);
        const uint32_t counted = pairs.find(pair, table.hash(pair));
        if (counted != FragmentPairs::kNone) {
            pairs.take_back(counted);
        }
    }
    const uint32_t index = find(key, now);
    if (index != kNone) {  // begun anew inside the datagram itself
        forget(index);
    }
    table.at(insert(key, now)).state = DatagramState::Blocked;
}

void FragmentCache::State::count(Reassembly result) {
    counters.add(FragmentCounter::Fragments);
    switch (result) {
        case Reassembly::Waiting:
            return;
        case Reassembly::Complete:
            return counters.add(FragmentCounter::Completed);
        case Reassembly::Duplicate:
            return counters.add(FragmentCounter::Duplicates);
        case Reassembly::Overlap:
            return counters.add(FragmentCounter::Overlaps);
        case Reassembly::Discarded:
            return counters.add(FragmentCounter::Discarded);
        case Reassembly::OverBudget:
            return counters.add(FragmentCounter::OverBudget);
        case Reassembly::Malformed:
            return counters.add(FragmentCounter::Malformed);
    }
}

}  // namespace eti::decap
