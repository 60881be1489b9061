#include "core.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eti::inspect {
namespace {

// Neighbour discovery (RFC 4861, ICMPv6 types 133 to 137) is never dropped: without it the link
// itself would fail.
bool is_neighbour_discovery(const net::PacketView& view) {
    return view.protocol == net::kIcmpV6 && !view.payload.empty() && view.payload[0] >= 133 &&
           view.payload[0] <= 137;
}

}  // namespace

Inspector::Core::Core(const Options& options, const flow::FlowHasher& hasher, const Tables& tables,
                      std::vector<WireZones> wires, Outputs outputs, Counters& counters)
    : options_(options),
      hasher_(hasher),
      fragments_({.datagrams = options.fragment_datagrams, .blocks = options.fragment_blocks},
                 hasher.secret()),
      flows_(options.flows),
      sessions_(options.sessions),
      segments_(options.segment_blocks),
      assembly_(options.small_assembly_buffers, options.large_assembly_buffers),
      hashing_{{},
               digest::Sha1Pool(options.sessions),
               CertificateRelay(*outputs.certificates, options.certificate_buffers, counters),
               counters},
      judge_(tables, std::move(wires)),
      writer_(*outputs.records, options.worker, counters),
      records_(*outputs.records),
      session_views_(outputs.sessions),
      dns_answers_(outputs.dns_answers),
      counters_(counters) {}

void Inspector::Core::begin_burst(Timestamp now) {
    now_ = now;
    judge_.pin(now);
    hashing_.sha256 = judge_.blocklist().has_sha256() || judge_.allowlist().has_sha256();
}

// Each step reads what the step before has had fetched. Packets without a flow have a hash of 0,
// and a line too many is fetched once.
void Inspector::Core::prepare(std::span<const Packet> packets) const {
    constexpr std::size_t kMost = 64;  // what goes beyond waits for its memory
    packets = packets.first(std::min(packets.size(), kMost));
    for (const Packet& packet : packets) {
        flows_.prefetch_bucket(packet.hash);
    }
    std::array<const flow::Flow*, kMost> flows;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        flows[i] = flows_.prefetch_flow(packets[i].hash);
    }
    std::array<uint32_t, kMost> sessions;
    std::size_t found = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const flow::Flow* flow = flows[i];
        if (flow != nullptr && flow->session != flow::kNoSession) {
            sessions_.prefetch(flow->session);
            sessions[found++] = flow->session;
        }
    }
    for (std::size_t i = 0; i < found; ++i) {
        sessions_.prefetch_state(sessions[i]);
    }
}

Verdict Inspector::Core::inspect(const Packet& packet) {
    reset_count_ = 0;
    rebuilt_ = false;
    return inspect_packet(packet);
}

Verdict Inspector::Core::inspect_packet(const Packet& packet) {
    if (!packet.outer.empty() && judge_outer(packet) != Verdict::Forward) {
        return Verdict::Drop;
    }
    if (packet.parsed != net::ParseResult::Transport) {
        return inspect_other(packet);
    }
    const uint32_t index = flows_.find(packet.key, packet.hash);
    if (index == flow::FlowTable::kNone || packet.view.has(net::kSyn) ||
        flows_.at(index).generation != judge_.generation() ||
        (judge_.any_infected() && !came_from_its_side(flows_.at(index), packet))) {
        return inspect_anew(index, packet);
    }
    return inspect_flow(index, packet);
}

// inspect_other: no TCP and no UDP.
Verdict Inspector::Core::inspect_other(const Packet& packet) {
    switch (packet.parsed) {
        case net::ParseResult::Transport:
            break;
        case net::ParseResult::NotIp:
            counters_.add(Counter::NotIp);
            return Verdict::Forward;
        case net::ParseResult::Malformed:
            counters_.add(Counter::Malformed);
            // The IP header may have been whole: an infected host is stopped all the same.
            return packet.view.ip_bytes == 0 ? Verdict::Forward : inspect_without_flow(packet);
        case net::ParseResult::OtherIp:
            counters_.add(Counter::OtherIp);
            return inspect_without_flow(packet);
        case net::ParseResult::Fragment:
            return inspect_without_flow(packet) == Verdict::Forward ? inspect_fragment(packet)
                                                                    : Verdict::Drop;
    }
    return Verdict::Forward;
}

// inspect_anew: the flow, if there is one, may end here, or newer tables may have more to say.
Verdict Inspector::Core::inspect_anew(uint32_t index, const Packet& packet) {
    if (index != flow::FlowTable::kNone && packet.view.protocol == net::kTcp &&
        packet.view.has(net::kSyn) &&
        is_sound(flows_.at(index), packet, flows_.at(index).direction_of(packet.source_is_low),
                 net::parse_tcp_options(packet.view.tcp_options()))) {
        index = restart_flow(index, packet);
    }
    if (index != flow::FlowTable::kNone) {
        if (flows_.at(index).generation != judge_.generation()) {
            rejudge(index, packet);
        }
        if (!judge_.any_infected() || came_from_its_side(flows_.at(index), packet)) {
            return inspect_flow(index, packet);
        }
    }
    // No flow yet, or one that was made from the wire's other side: whoever forges a host's packets
    // there must not open a way for the host.
    const HostDecision decision =
        judge_.judge_hosts(packet.wire, packet.side, selector_of(packet.view));
    if (decision.blocks()) {
        return block_host(packet, decision);
    }
    if (decision.found && decision.decision.log) {
        writer_.write_attempt(packet.view, decision, now_);
    }
    if (index == flow::FlowTable::kNone) {
        index = create_flow(packet);
    }
    return index == flow::FlowTable::kNone ? forward_without_flow(packet)
                                           : inspect_flow(index, packet);
}

bool Inspector::Core::came_from_its_side(const flow::Flow& flow, const Packet& packet) const {
    const bool sent_by_client = flow.direction_of(packet.source_is_low) == Direction::Out;
    return judge_.client_side(packet.wire, packet.side, sent_by_client) == flow.client_side;
}

Verdict Inspector::Core::inspect_flow(uint32_t index, const Packet& packet) {
    flow::Flow& flow = flows_.at(index);
    const Direction direction = flow.direction_of(packet.source_is_low);
    account(flow, packet, direction);
    if (flow.blocking == flow::Blocking::None && packet.view.protocol == net::kTcp &&
        (passes(flow, packet, direction) || describe(flow, packet, direction))) {
        return Verdict::Forward;
    }
    return inspect_closely(index, packet, direction);
}

Verdict Inspector::Core::inspect_closely(uint32_t index, const Packet& packet,
                                         Direction direction) {
    flow::Flow& flow = flows_.at(index);
    if (flow.blocking != flow::Blocking::None) {
        return continue_blocked(flow, packet, direction);
    }
    const bool tcp = packet.view.protocol == net::kTcp;
    if (!(tcp ? is_believed(flow, packet, direction)
              : is_believed_datagram(flow, packet, direction))) {
        counters_.add(Counter::SegmentsNotBelieved);
        return Verdict::Forward;
    }
    if (!tcp) {
        return inspect_datagram(index, packet, direction);
    }
    if (is_torn(flow, packet) || is_contested(flow, packet, direction)) {
        return refuse_contradiction(flow);
    }
    const bool was_closed = flow.closed();
    follow_tcp(index, packet, direction);
    const Verdict verdict = inspect_segment(index, packet, direction);
    note_fin(flow, direction);
    if (flow.closed() && !was_closed) {
        schedule(index, idle_deadline(flow));
    }
    settle(flow);
    return verdict;
}

Verdict Inspector::Core::inspect_segment(uint32_t index, const Packet& packet,
                                         Direction direction) {
    const flow::Flow& flow = flows_.at(index);
    // Endpoints ignore data on a SYN|ACK, so it must not decide what the flow is.
    const bool ignored = packet.view.has(net::kSyn) && packet.view.has(net::kAck);
    if (ignored) {
        read_early(index, packet);
    }
    if (packet.view.payload.empty() || ignored || flow.inspection == flow::Inspection::Negative) {
        return Verdict::Forward;
    }
    if (flow.inspection == flow::Inspection::NotTls && !speaks_again(flow, packet, direction)) {
        return Verdict::Forward;
    }
    return inspect_payload(index, packet, direction);
}

Verdict Inspector::Core::judge_only(const Packet& packet) {
    reset_count_ = 0;
    return packet.view.ip_bytes == 0 ? Verdict::Forward : inspect_without_flow(packet);
}

Verdict Inspector::Core::inspect_without_flow(const Packet& packet) {
    if (!judge_.any_infected() || is_neighbour_discovery(packet.view)) {
        return Verdict::Forward;
    }
    const HostDecision decision =
        judge_.judge_hosts(packet.wire, packet.side, selector_of(packet.view));
    return decision.blocks() ? block_host(packet, decision) : Verdict::Forward;
}

// judge_outer: an infected host may also be the end of a tunnel.
Verdict Inspector::Core::judge_outer(const Packet& packet) {
    if (!judge_.any_infected()) {
        return Verdict::Forward;
    }
    for (const decap::AddressPair& pair : packet.outer.view()) {
        const policy::Selector selector{pair.source, pair.destination, 0, 0, 0};
        const HostDecision decision = judge_.judge_hosts(packet.wire, packet.side, selector);
        if (decision.blocks()) {
            counters_.add(Counter::DroppedInfectedHost);
            writer_.write_attempt(packet.view, decision, now_);
            return Verdict::Drop;
        }
    }
    return Verdict::Forward;
}

// block_host needs no flow, so an infected host cannot fill the table.
Verdict Inspector::Core::block_host(const Packet& packet, const HostDecision& decision) {
    counters_.add(Counter::DroppedInfectedHost);
    writer_.write_attempt(packet.view, decision, now_);
    if (decision.decision.action == policy::Enforcement::BlockClose &&
        packet.parsed == net::ParseResult::Transport && packet.view.protocol == net::kTcp &&
        !packet.view.has(net::kRst)) {
        reset_sender(packet.view);
        return Verdict::Close;
    }
    return Verdict::Drop;
}

Verdict Inspector::Core::continue_blocked(flow::Flow& flow, const Packet& packet,
                                          Direction direction) {
    counters_.add(flow.infected   ? Counter::DroppedInfectedHost
                  : flow.unjudged ? Counter::DroppedUnjudged
                                  : Counter::DroppedCertificate);
    // An endpoint that missed the first reset, or answers it with a challenge ACK (RFC 5961),
    // gets another one built from what it says itself.
    if (flow.blocking != flow::Blocking::Close || packet.view.protocol != net::kTcp ||
        packet.view.has(net::kRst) || flow.resets_sent >= kMaxResetsPerFlow) {
        return Verdict::Drop;
    }
    if (flow.resets_sent == 0 && packet.view.has(net::kAck)) {  // cut by a newer table
        return close_both(flow, packet, direction, expected_sequence(flow, packet, direction));
    }
    ++flow.resets_sent;
    reset_sender(packet.view);
    return Verdict::Close;
}

// expected_sequence is the next byte the packet's receiver waits for.
uint32_t Inspector::Core::expected_sequence(const flow::Flow& flow, const Packet& packet,
                                            Direction direction) {
    if (const SessionState* session = inspected(flow)) {
        const auto& stream = session->streams[index(direction)];
        if (stream.started()) {
            return stream.next_sequence();
        }
    }
    const std::size_t at = eti::index(direction);
    if (flow.sequence_known[at] && flow.payload[at] == 0) {
        return flow.initial_sequence[at];
    }
    return packet.view.sequence;
}

// close_both resets both ends of the flow whose packet is being dropped. Each end accepts only
// the very next sequence number it expects: the receiver's was noted before the packet was read.
Verdict Inspector::Core::close_both(flow::Flow& flow, const Packet& packet, Direction direction,
                                    uint32_t towards_receiver) {
    const net::PacketView& view = packet.view;
    uint32_t towards_sender = view.acknowledgment;
    if (const SessionState* session = inspected(flow)) {
        const auto& backward = session->streams[index(opposite(direction))];
        if (backward.started() && stream::before(towards_sender, backward.next_sequence())) {
            towards_sender = backward.next_sequence();
        }
    }
    ++flow.resets_sent;
    push_reset(net::Toward::Receiver, towards_receiver, view.acknowledgment);
    push_reset(net::Toward::Sender, towards_sender, towards_receiver);
    return Verdict::Close;
}

// rejudge asks newer tables about a flow that older ones let through. The flow's own sides count,
// not those of the packet at hand, which anyone may have forged.
void Inspector::Core::rejudge(uint32_t index, const Packet& packet) {
    flow::Flow& flow = flows_.at(index);
    flow.generation = judge_.generation();
    HostDecision decision = judge_.judge_hosts(flow.key.wire, flow.client_side, selector_of(flow));
    if (flow.direction_of(packet.source_is_low) == Direction::In) {
        decision.host_is_sender = !decision.host_is_sender;  // from the client's to the packet's
    }
    if (!decision.blocks() && decision.found && decision.decision.log) {
        writer_.write_attempt(packet.view, decision, now_);
    }
    if (decision.blocks()) {
        if (flow.blocking == flow::Blocking::None) {
            writer_.write_attempt(packet.view, decision, now_);
            flow.infected = true;
            flow.blocking = decision.decision.action == policy::Enforcement::BlockClose
                                ? flow::Blocking::Close
                                : flow::Blocking::Drop;
            if (flow.session != flow::kNoSession) {
                SessionState& session = sessions_.open(flow.session);
                note_detection(flow, session);
                session.record.action = metadata::Action::Block;
                session.record.reason = metadata::Reason::InfectedHost;
                session.record.threat_level = decision.host.threat_level;
                pack_if_read(flow.session);
            }
            schedule(index, now_ + kBlockedReportAfter);
        }
        return;
    }
    if (flow.infected) {  // the host left the list: its sessions may go on
        flow.infected = false;
        flow.blocking = flow::Blocking::None;
    }
    if (flow.session != flow::kNoSession && flow.blocking == flow::Blocking::None &&
        sessions_.counts(flow.session).judgeable) {
        SessionState& session = sessions_.open(flow.session);
        if (may_be_judged(session.record) && judge_certificate(flow, session)) {
            schedule(index, now_ + kBlockedReportAfter);
        }
        pack_if_read(flow.session);
    }
}

void Inspector::Core::push_reset(net::Toward toward, uint32_t sequence, uint32_t acknowledgment) {
    resets_[reset_count_++] = {toward, sequence, acknowledgment};
}

void Inspector::Core::reset_sender(const net::PacketView& view) {
    // RFC 9293 section 3.10.7.1: without an ACK the answer starts at 0 and acknowledges all.
    const uint32_t sequence = view.has(net::kAck) ? view.acknowledgment : 0;
    push_reset(net::Toward::Sender, sequence, view.sequence + view.sequence_length());
}

// --- the public face ---

Inspector::Inspector(const Options& options, const flow::FlowHasher& hasher, const Tables& tables,
                     std::vector<WireZones> wires, Outputs outputs, Counters& counters)
    : core_(std::make_unique<Core>(options, hasher, tables, std::move(wires), outputs, counters)) {}

Inspector::~Inspector() = default;

void Inspector::begin_burst(Timestamp now) {
    core_->begin_burst(now);
}

void Inspector::prepare(std::span<const Packet> packets) const {
    core_->prepare(packets);
}

Verdict Inspector::inspect(const Packet& packet) {
    return core_->inspect(packet);
}

Verdict Inspector::judge_only(const Packet& packet) {
    return core_->judge_only(packet);
}

std::span<const Reset> Inspector::resets() const {
    return core_->resets();
}

std::size_t Inspector::build_reset(const Packet& packet, const Reset& reset,
                                   std::span<uint8_t, decap::kMaxResetBytes> out) const {
    return core_->build_reset(packet, reset, out);
}

void Inspector::end_burst() {
    core_->end_burst();
}

void Inspector::request_sessions(uint64_t request) {
    core_->request_sessions(request);
}

bool Inspector::finish() {
    return core_->finish();
}

uint32_t Inspector::flow_count() const {
    return core_->flow_count();
}

Usage Inspector::usage() const {
    return core_->usage();
}

}  // namespace eti::inspect
