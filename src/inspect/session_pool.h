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

// Which of its parsers a session uses.
enum class Reading : uint8_t { Tls, Dtls, Quic, Names };

// The first cache line holds what every packet with payload asks or changes.
struct alignas(64) SessionState {
    Timestamp last_payload{};
    std::array<TcpSide, 2> tcp;
    bool inspecting = true;    // false: streams and assembly memory are given back
    bool early = false;        // the client's stream holds data of its SYN
    bool in_preamble = false;  // another protocol speaks first, and may turn to TLS
    Reading reading = Reading::Tls;
    tls::Session tls;
    tls::DtlsSession dtls;
    quic::Connection quic;
    dns::TcpMessages names;  // of a name server, over TCP
    std::span<uint8_t> names_buffer;
    bool names_asked = false;       // the client has spoken
    tls::PreambleScanner preamble;  // used while in_preamble
    std::array<stream::StreamHead, 2> streams;
    CertificateInProgress certificate;
    std::optional<Sha256Digest> leaf_sha256;  // worked out while a list holds SHA-256
    metadata::Record record;  // grows with the session; counters are filled in when it is written
    Timestamp last_tls_record{};
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
};
static_assert(offsetof(SessionState, tls) <= 64);

// SessionPool takes all memory at construction and touches a slot only when it is used.
class SessionPool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    explicit SessionPool(uint32_t sessions);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;

    uint32_t acquire();  // a fresh state, or kNone
    void release(uint32_t index);
    // prefetch fetches what a packet changes while a session is followed.
    void prefetch(uint32_t index) const;
    uint32_t in_use() const { return sessions_ - static_cast<uint32_t>(free_.size()); }
    SessionState& at(uint32_t index) const { return memory_.get()[index]; }

  private:
    HugeMemory<SessionState> memory_;
    std::vector<uint32_t> free_;
    uint32_t sessions_;
};

}  // namespace eti::inspect
