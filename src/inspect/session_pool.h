// The state of sessions under inspection: large, so only flows that look like TLS get one.
#pragma once

#include "eti/base/clock.h"
#include "eti/digest/hasher.h"
#include "eti/metadata/record.h"
#include "eti/stream/stream_head.h"
#include "eti/tls/session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
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

struct SessionState {
    tls::Session tls;
    std::array<stream::StreamHead, 2> streams;
    std::array<uint32_t, 2> highest_sequence{};  // behind the last payload byte seen
    std::array<bool, 2> payload_seen{};
    CertificateInProgress certificate;
    metadata::Record record;  // grows with the session; counters are filled in when it is written
    Timestamp last_payload{};
    Timestamp last_tls_record{};
    Timestamp next_report{};  // when a handshake or update record is due
    bool inspecting = true;   // false: streams and assembly memory are given back
    bool over_budget = false;
    bool gap = false;
    bool reported = false;  // a handshake record was written
};

// SessionPool takes all memory at construction and touches a slot only when it is used.
class SessionPool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    explicit SessionPool(uint32_t sessions);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;

    uint32_t acquire();  // a fresh state, or kNone
    void release(uint32_t index);
    SessionState& at(uint32_t index) {
        return *reinterpret_cast<SessionState*>(memory_.get() + index * sizeof(SessionState));
    }

  private:
    std::unique_ptr<std::byte[]> memory_;
    std::vector<uint32_t> free_;
};

}  // namespace eti::inspect
