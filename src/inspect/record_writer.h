// Writes records into the worker's ring.
#pragma once

#include "eti/base/record_ring.h"
#include "eti/flow/flow.h"
#include "eti/inspect/counters.h"
#include "eti/metadata/record.h"
#include "eti/net/packet_view.h"
#include "judge.h"
#include "session_pool.h"

#include <array>
#include <cstdint>

namespace eti::inspect {

// visibility_of a session whose state is there.
metadata::Visibility visibility_of(const SessionState& session);

class RecordWriter {
  public:
    RecordWriter(RecordRing<metadata::Record>& ring, uint8_t worker, Counters& counters)
        : ring_(ring), counters_(counters), next_id_(static_cast<uint64_t>(worker) << 56 | 1) {}

    uint64_t next_id() { return next_id_++; }

    // write completes the record of the flow's session with the flow's counters and hands it over.
    void write(const SessionPool& sessions, const flow::Flow& flow, metadata::Phase phase,
               Timestamp now);

    // write_attempt reports an attempt of an infected host, at most one a second for each host and
    // peer. The host is the record's client, whichever end sent the packet.
    void write_attempt(const net::PacketView& packet, const HostDecision& decision, Timestamp now);

  private:
    struct Attempt {
        net::IpAddress client;
        net::IpAddress server;
        int64_t second = 0;
    };
    static constexpr std::size_t kAttempts = 1024;  // direct-mapped: a collision repeats a record
    // A scanning host must not push the records of others out of the ring.
    static constexpr uint32_t kAttemptsPerSecond = 256;

    metadata::Record* reserve();

    RecordRing<metadata::Record>& ring_;
    Counters& counters_;
    std::array<Attempt, kAttempts> attempts_{};
    int64_t budget_second_ = 0;
    uint32_t budget_ = 0;
    uint64_t next_id_;
};

}  // namespace eti::inspect
