// One flow: what every packet of it needs, small enough to keep millions.
#pragma once

#include "eti/base/clock.h"
#include "eti/base/direction.h"
#include "eti/flow/flow_key.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace eti::flow {

enum class Inspection : uint8_t {
    Undecided,  // no payload yet, or not enough to tell
    Active,     // a session holds its handshake
    NotTls,     // what opened it was no TLS; whoever says something else there is heard again
    Negative,   // nothing to inspect: not selected, allowlisted, or given up
};

enum class Blocking : uint8_t { None, Drop, Close };

inline constexpr uint32_t kNoSession = UINT32_MAX;
inline constexpr uint8_t kScaleUnknown = 0xff;

// worker: rw. Times are nanoseconds since the epoch; arrays are indexed by Direction. In the order
// of use: a packet that can change nothing any more reads the first cache line and writes the
// second.
struct alignas(64) Flow {
    FlowKey key;
    uint32_t hash = 0;                // the low half of the key's
    uint32_t next_free = UINT32_MAX;  // while it is not in use
    uint32_t session = kNoSession;    // index into the worker's sessions
    uint32_t generation = 0;          // of the tables that judged this flow
    Inspection inspection = Inspection::Undecided;
    Blocking blocking = Blocking::None;
    uint8_t resets_sent = 0;
    std::array<bool, 2> fin_seen{};
    bool client_is_low : 1 = true;
    bool selected : 1 = false;  // a policy selects it for inspection
    bool allowlisted : 1 = false;
    bool recognised : 1 = false;    // counted as a TLS session
    bool infected : 1 = false;      // dropped or closed because of its client
    bool syn_signed : 1 = false;    // a SYN with an MD5 signature was seen (RFC 2385)
    bool syn_unsigned : 1 = false;  // one without was seen
    uint8_t client_side : 1 = 0;    // the wire's side the client's packets come in
    bool unjudged : 1 = false;      // cut because it could not be judged
    bool restart_asked : 1 = false;
    bool reset_seen : 1 = false;
    // Two SYN|ACKs with different numbers were seen: the client's ACK decides.
    bool answers_differ : 1 = false;
    bool in_use : 1 = false;

    Timestamp last_seen{};
    std::array<uint64_t, 2> packets{};
    std::array<uint64_t, 2> bytes{};
    std::array<uint64_t, 2> payload{};
    uint32_t rtt_us = 0;                     // 0: the three-way handshake was not seen to its end
    std::array<bool, 2> sequence_known{};    // initial_sequence is from a SYN
    std::array<bool, 2> sequence_awaited{};  // it is what the other end waits for, without a SYN

    Timestamp start{};
    Timestamp reset_at{};                         // when reset_seen was set
    std::array<uint32_t, 2> initial_sequence{};   // of the first payload byte
    uint32_t restart_sequence = 0;                // behind a SYN that came in the middle
    std::array<bool, 2> checksums_computed{};     // a valid TCP or UDP one was seen
    std::array<bool, 2> ip_checksums_computed{};  // the same of IPv4 headers
    std::array<uint8_t, 2> window_scale{kScaleUnknown, kScaleUnknown};  // as the sender's SYN says

    // No SYN was seen: the flow was there before we looked.
    bool midstream() const { return !sequence_known[0] && !sequence_known[1]; }
    bool closed() const { return reset_seen || (fin_seen[0] && fin_seen[1]); }
    // direction_of a packet whose source is, or is not, the key's low end.
    Direction direction_of(bool source_is_low) const {
        return source_is_low == client_is_low ? Direction::Out : Direction::In;
    }
};
static_assert(sizeof(Flow) == 192 && offsetof(Flow, last_seen) == 64 &&
              offsetof(Flow, start) == 128);

}  // namespace eti::flow
