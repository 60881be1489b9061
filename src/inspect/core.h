// The parts of an Inspector. core.cpp decides about packets, sessions.cpp reads their payload,
// lifetime.cpp makes, reports and ends flows.
#pragma once

#include "eti/base/apart.h"
#include "eti/decap/fragment_cache.h"
#include "eti/dns/message.h"
#include "eti/flow/flow_table.h"
#include "eti/inspect/inspector.h"
#include "eti/net/tcp_options.h"
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
    void prepare(std::span<const Packet> packets) const;
    Verdict inspect(const Packet& packet);
    Verdict judge_only(const Packet& packet);
    std::span<const Reset> resets() const { return {resets_.data(), reset_count_}; }
    std::size_t build_reset(const Packet& packet, const Reset& reset,
                            std::span<uint8_t, decap::kMaxResetBytes> out) const;
    void end_burst();
    void request_sessions(uint64_t request);
    bool finish();
    uint32_t flow_count() const { return flows_.size(); }
    Usage usage() const;

  private:
    // inspected is the state of the flow's session while its payload is read, or null.
    SessionState* inspected(const flow::Flow& flow) const {
        return flow.session != flow::kNoSession && sessions_.counts(flow.session).inspecting
                   ? &sessions_.at(flow.session)
                   : nullptr;
    }

    // --- core.cpp: one packet of a flow ---
    bool came_from_its_side(const flow::Flow& flow, const Packet& packet) const;
    Verdict inspect_packet(const Packet& packet);
    ETI_APART Verdict inspect_other(const Packet& packet);
    ETI_APART Verdict inspect_anew(uint32_t index, const Packet& packet);
    Verdict inspect_flow(uint32_t index, const Packet& packet);
    ETI_APART Verdict inspect_closely(uint32_t index, const Packet& packet, Direction direction);
    Verdict inspect_segment(uint32_t index, const Packet& packet, Direction direction);
    Verdict inspect_without_flow(const Packet& packet);
    ETI_APART Verdict judge_outer(const Packet& packet);
    Verdict block_host(const Packet& packet, const HostDecision& decision);
    Verdict continue_blocked(flow::Flow& flow, const Packet& packet, Direction direction);
    uint32_t expected_sequence(const flow::Flow& flow, const Packet& packet, Direction direction);
    Verdict close_both(flow::Flow& flow, const Packet& packet, Direction direction,
                       uint32_t towards_receiver);
    void rejudge(uint32_t index, const Packet& packet);
    void push_reset(net::Toward toward, uint32_t sequence, uint32_t acknowledgment);
    void reset_sender(const net::PacketView& view);

    // --- unjudged.cpp: sessions that cannot be judged ---
    Verdict refuse_unjudged(uint32_t index, const Packet& packet, Direction direction,
                            uint32_t expected, Counter why);
    Verdict refuse_while_away(uint32_t index, const Packet& packet, Direction direction,
                              uint32_t expected);
    Verdict refuse_over_budget(uint32_t index, const Packet& packet, Direction direction,
                               uint32_t expected);
    Verdict forward_without_flow(const Packet& packet);

    // --- tcp.cpp: what endpoints believe ---
    bool is_believed(flow::Flow& flow, const Packet& packet, Direction direction);
    bool passes(const flow::Flow& flow, const Packet& packet, Direction direction) const;
    bool matters(const flow::Flow& flow, const Packet& packet, Direction direction) const;
    bool is_sound(flow::Flow& flow, const Packet& packet, Direction direction,
                  const net::TcpOptions& options) const;
    bool is_undamaged(flow::Flow& flow, const Packet& packet, Direction direction) const;
    static bool is_timely(const TcpSide& side, TcpSide& other, const Packet& packet,
                          const net::TcpOptions& options);
    static void note_echo(TcpSide& other, const Packet& packet, const net::TcpOptions& options);
    static bool is_signed_as_agreed(const flow::Flow& flow, const Packet& packet,
                                    const net::TcpOptions& options);
    static bool is_contested(const flow::Flow& flow, const Packet& packet, Direction direction);
    void note_window(const flow::Flow& flow, SessionState& session, const Packet& packet,
                     Direction direction);
    uint32_t restart_flow(uint32_t index, const Packet& packet);
    bool is_torn(const flow::Flow& flow, const Packet& packet) const;
    void follow_tcp(uint32_t index, const Packet& packet, Direction direction);
    bool takes_early_data(const flow::Flow& flow, const net::PacketView& view,
                          Direction direction) const;
    void follow_session(flow::Flow& flow, const Packet& packet, Direction direction);
    bool is_believed_reset(const flow::Flow& flow, const Packet& packet, Direction direction);
    void note_fin(flow::Flow& flow, Direction direction);

    // --- lifetime.cpp: flows from first packet to last record ---
    uint32_t create_flow(const Packet& packet);
    void select_flow(flow::Flow& flow, Selection& selection) const;
    bool selected_otherwise(const flow::Flow& flow) const;
    void swap_roles(flow::Flow& flow, const Packet& packet);
    void account(flow::Flow& flow, const Packet& packet, Direction direction);
    void end_flow(uint32_t index);
    void end_session(flow::Flow& flow);
    void release_session(flow::Flow& flow);
    void stop_inspecting(SessionState& session);
    void on_timer(uint32_t index);
    Timestamp idle_deadline(const flow::Flow& flow) const;
    bool undecided(const flow::Flow& flow) const;
    void schedule(uint32_t index, Timestamp when);
    void report_if_due(flow::Flow& flow);
    void list_some_sessions();

    // --- sessions.cpp: payload of a TCP flow ---
    bool speaks_again(const flow::Flow& flow, const Packet& packet, Direction direction) const;
    Verdict inspect_payload(uint32_t index, const Packet& packet, Direction direction);
    bool begin_session(uint32_t index, const Packet& packet, Direction& direction);
    stream::Keeping keeping(const flow::Flow& flow, const SessionState& session);
    bool hold_early(flow::Flow& flow, SessionState& session, const Packet& packet);
    void settle_early(SessionState& session, bool taken);
    void read_early(uint32_t index, const Packet& packet);
    static bool turn_to_tls(SessionState& session, Direction direction, uint8_t first);
    stream::Accepted feed(flow::Flow& flow, SessionState& session, const Packet& packet,
                          Direction direction, TlsObserver& observer);
    void feed_tls(SessionState& session, Direction direction, std::span<const uint8_t> bytes,
                  TlsObserver& observer);
    Verdict refuse_contradiction(const flow::Flow& flow);
    void check_state(flow::Flow& flow, SessionState& session, stream::Accepted accepted);

    void read_names(SessionState& session, std::span<const uint8_t> bytes);

    // --- settled.cpp: sessions whose verdict is fixed ---
    void settle(flow::Flow& flow);
    void pack_if_read(uint32_t session, bool closed = false);
    bool describe(flow::Flow& flow, const Packet& packet, Direction direction);
    ETI_APART bool describe_records(flow::Flow& flow, const Packet& packet, Direction direction);

    // --- datagrams.cpp: payload of a UDP flow ---
    bool is_believed_datagram(flow::Flow& flow, const Packet& packet, Direction direction) const;
    Verdict inspect_datagram(uint32_t index, const Packet& packet, Direction direction);
    void begin_datagrams(flow::Flow& flow, const Packet& packet, Direction& direction);
    Verdict feed_dtls(uint32_t index, const Packet& packet, Direction direction);
    void check_dtls(flow::Flow& flow, SessionState& session);
    Verdict feed_quic(uint32_t index, const Packet& packet, Direction direction);
    Verdict restart_quic(uint32_t index, const Packet& packet, Direction direction);
    void check_quic(flow::Flow& flow, SessionState& session);
    void note_answer(std::span<const uint8_t> message, const net::IpAddress& client);

    // --- fragments.cpp ---
    Verdict inspect_fragment(const Packet& packet);
    Verdict put_together(const Packet& packet);
    Verdict inspect_rebuilt(const Packet& fragment, std::span<const uint8_t> datagram);

    // --- findings.cpp: what a handshake revealed ---
    bool acquire_session(flow::Flow& flow, const Selection& selection, const Packet& packet);
    void name_ends(const flow::Flow& flow, const Selection& selection, metadata::Record& record);
    void swap_session_roles(flow::Flow& flow, SessionState& session, const Packet& packet);
    void note_payload(uint32_t session, const Packet& packet, Direction direction);
    ETI_APART void note_sample(uint32_t session, const metadata::PacketSample& sample);
    ETI_APART void note_many_gaps(uint32_t session, std::size_t bin);
    Verdict act_on_findings(uint32_t index, const TlsObserver& observer, const Packet& packet,
                            Direction direction, uint32_t expected);
    void on_hello(flow::Flow& flow, SessionState& session);
    bool judge_certificate(flow::Flow& flow, SessionState& session);
    void note_detection(const flow::Flow& flow, SessionState& session);
    void make_not_tls(flow::Flow& flow);
    void make_not_quic_or_dtls(flow::Flow& flow);
    void make_negative(flow::Flow& flow);

    Options options_;
    flow::FlowHasher hasher_;
    decap::FragmentCache fragments_;
    flow::FlowTable flows_;
    SessionPool sessions_;
    stream::SegmentPool segments_;
    tls::AssemblyPool assembly_;
    quic::Crypto crypto_;
    Hashing hashing_;
    Judge judge_;
    RecordWriter writer_;
    RecordRing<metadata::Record>& records_;
    RecordRing<metadata::SessionView>* session_views_;
    RecordRing<metadata::DnsAnswer>* dns_answers_;
    Counters& counters_;
    Timestamp now_{};

    std::array<Reset, 2> resets_{};
    std::size_t reset_count_ = 0;
    net::PacketView cause_;       // what the resets answer, where it was put together
    bool rebuilt_ = false;        // cause_ counts
    unsigned rebuilt_depth_ = 0;  // fragments may hold tunnels that hold fragments

    uint64_t list_request_ = 0;  // 0: nobody asks
    uint32_t list_cursor_ = 0;
    uint32_t finish_cursor_ = 0;
    uint32_t udp_flows_ = 0;
};

// Limits that are no settings: how long closed and blocked flows are remembered, so that late
// packets of them are no new flows.
inline constexpr std::chrono::seconds kClosedLinger{2};
// A reset that never reaches its end, because its hop limit is too low, must not end the inspection
// of a handshake: a pause as long as Linux's largest retransmission timeout is waited for.
inline constexpr std::chrono::seconds kUndecidedLinger{120};
// What is still under way when a reset takes effect does not show that it had none.
inline constexpr std::chrono::seconds kResetInFlight{1};
// An endpoint that was not reset repeats its last segment for as long as Linux's largest
// retransmission timeout, 120 s, apart: the block outlives that.
inline constexpr std::chrono::seconds kBlockedLinger{300};
// The record of a blocked session does not wait so long.
inline constexpr std::chrono::seconds kBlockedReportAfter{10};
// DECISIONS on record phases: docs/schema/session-v1.json, "phase".
inline constexpr std::chrono::seconds kHandshakeReportAfter{30};
inline constexpr std::chrono::seconds kUpdateEvery{300};
inline constexpr unsigned kMaxResetsPerFlow = 8;
// Of a flow without a SYN, how many packets of each direction are looked at for a hello.
inline constexpr unsigned kHeardPackets = 32;
// Of a UDP flow, how many datagrams are looked at for a first QUIC or DTLS packet.
inline constexpr unsigned kHeardDatagrams = 16;
// The same while they are STUN, which may take long.
inline constexpr unsigned kHeardChecks = 256;
inline constexpr unsigned kMaxRebuiltDepth = 2;
inline constexpr uint16_t kDnsPort = 53;

// may_be_judged: a newer list may be about the record's certificate.
bool may_be_judged(const metadata::Record& record);

// may_be_tls looks at a stream's first byte: a handshake record, a warning that servers may send
// first, or a ClientHello in SSL 2 form. The parser decides about the rest.
inline bool may_be_tls(uint8_t first) {
    constexpr uint8_t kAlert = 21;
    constexpr uint8_t kHandshake = 22;
    return first == kHandshake || first == kAlert || (first & 0x80) != 0;
}

// The sequence number of a segment's first payload byte.
inline uint32_t payload_sequence(const net::PacketView& view) {
    return view.sequence + (view.has(net::kSyn) ? 1U : 0U);
}

}  // namespace eti::inspect
