// The parts of an Inspector. core.cpp decides about packets, sessions.cpp reads their payload,
// lifetime.cpp makes, reports and ends flows.
#pragma once

#include "eti/flow/flow_table.h"
#include "eti/inspect/inspector.h"
#include "eti/stream/segment_pool.h"
#include "eti/tls/assembly_pool.h"
#include "judge.h"
#include "record_writer.h"
#include "session_pool.h"
#include "tls_observer.h"

#include <array>
#include <cstdint>

namespace eti::inspect {

class Inspector::Core {
  public:
    Core(const Options& options, const flow::FlowHasher& hasher, const Tables& tables,
         std::vector<WireZones> wires, Outputs outputs, Counters& counters);

    void begin_burst(Timestamp now);
    Verdict inspect(const Packet& packet);
    Verdict judge_only(const Packet& packet);
    std::span<const Reset> resets() const { return {resets_.data(), reset_count_}; }
    void end_burst();
    void request_sessions(uint64_t request);
    bool finish();
    uint32_t flow_count() const { return flows_.size(); }

  private:
    // --- core.cpp: one packet of a flow ---
    bool came_from_its_side(const flow::Flow& flow, const Packet& packet) const;
    Verdict inspect_flow(uint32_t index, const Packet& packet);
    Verdict inspect_without_flow(const Packet& packet);
    Verdict block_host(const Packet& packet, const HostDecision& decision);
    Verdict continue_blocked(flow::Flow& flow, const Packet& packet, Direction direction);
    uint32_t expected_sequence(const flow::Flow& flow, const Packet& packet, Direction direction);
    Verdict close_both(flow::Flow& flow, const Packet& packet, Direction direction,
                       uint32_t towards_receiver);
    void rejudge(uint32_t index, const Packet& packet);
    void push_reset(net::Toward toward, uint32_t sequence, uint32_t acknowledgment);
    void reset_sender(const net::PacketView& view);

    // --- lifetime.cpp: flows from first packet to last record ---
    uint32_t create_flow(const Packet& packet);
    uint32_t restart_flow(uint32_t index, const Packet& packet);
    void select_flow(flow::Flow& flow, Selection& selection) const;
    void swap_roles(flow::Flow& flow, const Packet& packet);
    void account(flow::Flow& flow, const Packet& packet, Direction direction);
    void follow_tcp(uint32_t index, const Packet& packet, Direction direction);
    bool is_believed_reset(const flow::Flow& flow, const Packet& packet, Direction direction);
    void end_flow(uint32_t index);
    void end_session(flow::Flow& flow);
    void release_session(flow::Flow& flow);
    void stop_inspecting(SessionState& session);
    void on_timer(uint32_t index);
    Timestamp idle_deadline(const flow::Flow& flow) const;
    void schedule(uint32_t index, Timestamp when);
    void report_if_due(flow::Flow& flow);
    void list_some_sessions();

    // --- sessions.cpp: payload of a TCP flow ---
    Verdict inspect_payload(uint32_t index, const Packet& packet, Direction direction);
    bool begin_session(uint32_t index, const Packet& packet, Direction& direction);
    void note_payload(SessionState& session, const Packet& packet, Direction direction);
    stream::Accepted feed(flow::Flow& flow, SessionState& session, const Packet& packet,
                          Direction direction, TlsObserver& observer);
    Verdict after_feed(uint32_t index, SessionState& session, const TlsObserver& observer,
                       const Packet& packet, Direction direction, uint32_t expected);
    void on_hello(flow::Flow& flow, SessionState& session);
    bool judge_certificate(flow::Flow& flow, SessionState& session);
    void check_state(flow::Flow& flow, SessionState& session, stream::Accepted accepted);
    void make_negative(flow::Flow& flow);

    Options options_;
    flow::FlowTable flows_;
    SessionPool sessions_;
    stream::SegmentPool segments_;
    tls::AssemblyPool assembly_;
    Hashing hashing_;
    Judge judge_;
    RecordWriter writer_;
    RecordRing<metadata::Record>& records_;
    RecordRing<metadata::SessionView>* session_views_;
    Counters& counters_;
    Timestamp now_{};

    std::array<Reset, 2> resets_{};
    std::size_t reset_count_ = 0;

    uint64_t list_request_ = 0;  // 0: nobody asks
    uint32_t list_cursor_ = 0;
    uint32_t finish_cursor_ = 0;
    uint32_t udp_flows_ = 0;
};

// Limits that are no settings: how long closed and blocked flows are remembered, so that late
// packets of them are no new flows.
inline constexpr std::chrono::seconds kClosedLinger{2};
// An endpoint that was not reset repeats its last segment for as long as Linux's largest
// retransmission timeout, 120 s, apart: the block outlives that.
inline constexpr std::chrono::seconds kBlockedLinger{300};
// The record of a blocked session does not wait so long.
inline constexpr std::chrono::seconds kBlockedReportAfter{10};
// DECISIONS on record phases: docs/schema/session-v1.json, "phase".
inline constexpr std::chrono::seconds kHandshakeReportAfter{30};
inline constexpr std::chrono::seconds kUpdateEvery{300};
inline constexpr unsigned kMaxResetsPerFlow = 8;

}  // namespace eti::inspect
