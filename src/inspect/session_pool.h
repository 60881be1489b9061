// The state of sessions under inspection: large, so only flows that look like TLS get one.
#pragma once

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

#include <algorithm>
#include <array>
#include <bit>
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
    uint32_t highest_sequence = 0;  // behind the last payload byte seen
    uint32_t fin_sequence = 0;      // behind the last byte, as a FIN said
    uint32_t window_end = 0;        // the receiver takes no segment that starts beyond
    uint32_t timestamp = 0;         // the newest of its TSvals that the other end has echoed
    bool payload_seen = false;
    bool fin_waiting = false;  // the bytes before that FIN have not all come
    bool window_known = false;
    bool timestamp_known = false;
};

// add_sample counts in seen, which lies where it is cheap to ask: a list that has run over is left
// alone.
template <typename T, std::size_t N>
void add_sample(BoundedList<T, N>& list, uint8_t& seen, const T& sample) {
    if (seen <= N) {
        ++seen;
        list.push(sample);
    }
}

// Which of its parsers a session uses.
enum class Reading : uint8_t { Tls, Dtls, Quic, Names };

// SessionState in the order of use. A packet with payload reads and writes the first line and one
// counter of the second; while records are described, a little of the next three as well.
struct alignas(64) SessionState {
    Timestamp last_payload{};
    Timestamp last_tls_record{};
    std::array<TcpSide, 2> tcp;
    bool inspecting = true;    // false: streams and assembly memory are given back
    bool settled = false;      // nothing that passes can change the verdict: see settle()
    bool early = false;        // the client's stream holds data of its SYN
    bool in_preamble = false;  // another protocol speaks first, and may turn to TLS
    Reading reading = Reading::Tls;
    uint8_t packet_samples = 0;  // of record.traffic.splt; beyond its capacity once it has run over
    uint8_t record_samples = 0;  // the same of record.traffic.records

    alignas(64) std::array<uint16_t, 32> gaps{};  // the low halves: see gap_count

    std::array<stream::StreamHead, 2> streams;

    alignas(64) tls::Session tls;
    tls::DtlsSession dtls;
    quic::Connection quic;
    dns::TcpMessages names;  // of a name server, over TCP
    std::span<uint8_t> names_buffer;
    bool names_asked = false;       // the client has spoken
    tls::PreambleScanner preamble;  // used while in_preamble
    CertificateInProgress certificate;
    std::optional<Sha256Digest> leaf_sha256;  // worked out while a list holds SHA-256
    metadata::Record record;  // grows with the session; counters are filled in when it is written
    Timestamp next_report{};  // when a handshake or update record is due
    bool over_budget = false;
    bool gap = false;
    bool reported = false;  // a handshake record was written
    bool broken = false;    // counted as malformed
    bool detected = false;  // counted as detected: by a list, or by a verdict about its client
    bool begun = false;     // the first byte was read: it decides about in_preamble

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
    // A silence of so many microseconds, at least one, by its power of two.
    void count_gap(uint32_t length) {
        const auto bin = static_cast<std::size_t>(std::bit_width(length) - 1);
        if (++gaps[bin] == 0) {
            record.traffic.gaps[bin] += 1U << 16;
        }
    }
    uint32_t gap_count(std::size_t bin) const { return record.traffic.gaps[bin] + gaps[bin]; }
    bool records_full() const {
        return record_samples >= decltype(record.traffic.records)::capacity();
    }
};
static_assert(offsetof(SessionState, gaps) == 64 && offsetof(SessionState, streams) == 128 &&
              offsetof(SessionState, tls) == 256);

// SessionPool takes all memory at construction and touches a slot only when it is used.
class SessionPool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    explicit SessionPool(uint32_t sessions);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;

    uint32_t acquire();  // a fresh state, or kNone
    void release(uint32_t index);
    // prefetch fetches what every packet with payload changes; prefetch_samples, once that is
    // there, the rest of what one changes while records are described.
    void prefetch(uint32_t index) const;
    void prefetch_samples(uint32_t index) const;
    uint32_t in_use() const { return sessions_ - static_cast<uint32_t>(free_.size()); }
    SessionState& at(uint32_t index) const { return memory_.get()[index]; }

  private:
    HugeMemory<SessionState> memory_;
    std::vector<uint32_t> free_;
    uint32_t sessions_;
};

}  // namespace eti::inspect
