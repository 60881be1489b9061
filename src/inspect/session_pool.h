// The state of sessions under inspection: large, so only flows that look like TLS get one.
#pragma once

#include "eti/base/check.h"
#include "eti/base/clock.h"
#include "eti/base/huge_array.h"
#include "eti/digest/hasher.h"
#include "eti/dns/tcp_messages.h"
#include "eti/metadata/record.h"
#include "eti/quic/connection.h"
#include "eti/stream/stream_head.h"
#include "eti/tls/dtls_session.h"
#include "eti/tls/preamble.h"
#include "eti/tls/session.h"
#include "packed_records.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace eti::inspect {

// microseconds as records count them: never negative, at most what 32 bits hold.
inline uint32_t microseconds(Duration duration) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    return static_cast<uint32_t>(std::clamp<int64_t>(us, 0, UINT32_MAX));
}

// What has arrived of the certificate entry that is being received.
struct CertificateInProgress {
    uint32_t length = 0;
    uint32_t received = 0;
    uint32_t hash_state = digest::Sha1Pool::kNone;
    uint32_t copy = UINT32_MAX;  // index of a certificate buffer
};

// What one direction of a TCP connection has said so far.
struct TcpSide {
    uint32_t fin_sequence = 0;  // behind the last byte, as a FIN said
    uint32_t window_end = 0;    // the receiver takes no segment that starts beyond
    uint32_t timestamp = 0;     // the newest of its TSvals that the other end has echoed
    bool fin_waiting = false;   // the bytes before that FIN have not all come
    bool window_known = false;
    bool timestamp_known = false;
};

// Which of its parsers a session uses.
enum class Reading : uint8_t { Tls, Dtls, Quic, Names };

// SessionCounts stays from a session's first packet to its last record. A packet with payload
// changes the first line, and one in 256 of them the second.
struct alignas(64) SessionCounts {
    Timestamp last_payload{};
    std::array<uint32_t, 2> highest_sequence{};  // of TCP: behind the last payload byte seen
    uint32_t retransmits = 0;
    uint32_t state = UINT32_MAX;         // where its SessionState is, until that is packed
    std::array<uint8_t, 32> gaps_low{};  // of traffic.gaps, bits 0 to 7
    std::array<bool, 2> payload_seen{};
    bool inspecting = true;      // false: streams and assembly memory are given back
    bool settled = false;        // nothing that passes can change the verdict: see settle()
    uint8_t packet_samples = 0;  // of traffic.splt; beyond its capacity once it has run over
    uint8_t record_samples = 0;  // the same of traffic.records

    alignas(64) Timestamp next_report{};  // when a handshake or update record is due
    uint32_t packed = UINT32_MAX;         // where its record is packed
    std::array<uint8_t, 32> gaps_high{};  // bits 8 to 15; what goes beyond stands in the record
    bool judgeable = true;                // once packed: a newer list may be about its certificate
    bool reported = false;                // a handshake record was written
    bool detected = false;                // counted: by a list, or by a verdict about its client
    metadata::Visibility visibility = metadata::Visibility::Incomplete;  // once packed

    // count_gap is true when its counter has run over, and stands for 65,536 gaps.
    bool count_gap(std::size_t bin) { return ++gaps_low[bin] == 0 && ++gaps_high[bin] == 0; }
    uint32_t gaps(std::size_t bin) const { return gaps_low[bin] | uint32_t{gaps_high[bin]} << 8U; }
    bool records_full() const {
        return record_samples >= decltype(metadata::TrafficFacts::records)::capacity();
    }
    bool packets_full() const {
        return packet_samples > decltype(metadata::TrafficFacts::splt)::capacity();
    }
};
static_assert(sizeof(SessionCounts) == 128);

// add_sample counts in seen, which lies where it is cheap to ask: a list that has run over is left
// alone.
template <typename T, std::size_t N>
void add_sample(BoundedList<T, N>& list, uint8_t& seen, const T& sample) {
    if (seen <= N) {
        ++seen;
        list.push(sample);
    }
}

// SessionState is what it takes to read a session, and its record as far as it is known. While
// records are described a packet visits the first three lines and the ends of two lists.
struct alignas(64) SessionState {
    std::array<stream::StreamHead, 2> streams;
    Timestamp last_tls_record{};
    SessionCounts* counts = nullptr;  // its own

    alignas(64) tls::Session tls;
    tls::DtlsSession dtls;
    quic::Connection quic;
    dns::TcpMessages names;  // of a name server, over TCP
    std::span<uint8_t> names_buffer;
    tls::PreambleScanner preamble;  // used while in_preamble
    std::array<TcpSide, 2> tcp;
    CertificateInProgress certificate;
    std::optional<Sha256Digest> leaf_sha256;  // worked out while a list holds SHA-256
    metadata::Record record;  // grows with the session; counters are filled in when it is written
    Reading reading = Reading::Tls;
    bool names_asked = false;  // the client has spoken
    bool early = false;        // the client's stream holds data of its SYN
    bool in_preamble = false;  // another protocol speaks first, and may turn to TLS
    bool begun = false;        // the first byte was read: it decides about in_preamble
    bool over_budget = false;
    bool gap = false;
    bool broken = false;    // counted as malformed
    bool unpacked = false;  // the session was packed: nothing but the record is there

    // Of the parser in use.
    bool client_hello_seen() const {
        return reading == Reading::Quic   ? quic.client_hello_seen()
               : reading == Reading::Dtls ? dtls.client_hello_seen()
                                          : tls.client_hello_seen();
    }
    bool server_hello_seen() const {
        return reading == Reading::Quic   ? quic.server_hello_seen()
               : reading == Reading::Dtls ? dtls.server_hello_seen()
                                          : tls.server_hello_seen();
    }
    bool server_encrypted() const {
        return reading == Reading::Dtls ? dtls.encrypted(Direction::In)
                                        : tls.encrypted(Direction::In);
    }
    bool tls13() const { return reading == Reading::Dtls ? dtls.tls13() : tls.tls13(); }
    // Nothing is left in it that could change the verdict.
    bool decided() const {
        using enum tls::SessionState;
        const auto state = tls.state();
        return state == Finished || state == Broken || state == NotTls;
    }
    bool keeps_bytes() const { return streams[0].keeps_bytes() || streams[1].keeps_bytes(); }
};
static_assert(offsetof(SessionState, tls) == 128);

// SessionPool takes all memory at construction and touches a slot only when it is used. Sessions
// are named by an index that stays the same for their lives.
class SessionPool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    explicit SessionPool(uint32_t sessions);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;

    uint32_t acquire();  // a fresh session, or kNone
    void release(uint32_t index);
    SessionCounts& counts(uint32_t index) const { return counts_.get()[index]; }
    // at is the state of one that is not packed.
    SessionState& at(uint32_t index) const {
        ETI_ASSERT(counts(index).state != kNone);
        return states_.get()[counts(index).state];
    }

    // pack gives the state back and keeps its record; where there is no room for that, nothing
    // happens. Assembly memory and segments must have been given back before.
    void pack(uint32_t index, metadata::Visibility visibility);
    // open is the state, which of a packed session holds the record and nothing else.
    SessionState& open(uint32_t index);
    // read_record copies the record, packed or not.
    void read_record(uint32_t index, metadata::Record& record) const;

    // prefetch fetches what every packet with payload changes; prefetch_state, once that is there,
    // what one changes while records are described.
    void prefetch(uint32_t index) const;
    void prefetch_state(uint32_t index) const;
    uint32_t in_use() const { return sessions_ - static_cast<uint32_t>(free_.size()); }
    uint32_t states_in_use() const {
        return sessions_ - static_cast<uint32_t>(free_states_.size());
    }
    uint32_t record_blocks_in_use() const { return records_.in_use(); }

  private:
    SessionState& take_state(SessionCounts& counts);
    void give_back(SessionCounts& counts);

    HugeMemory<SessionCounts> counts_;
    HugeMemory<SessionState> states_;
    PackedRecords records_;
    std::vector<uint32_t> free_;
    std::vector<uint32_t> free_states_;
    uint32_t sessions_;
};

}  // namespace eti::inspect
