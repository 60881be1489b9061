// Payload of TCP flows: from the first bytes to the verdict about the certificate.
#include "core.h"

#include <algorithm>
#include <bit>

namespace eti::inspect {
namespace {

enum class Hello : uint8_t { None, Client, Server };

// may_be_tls looks at a stream's first byte: a handshake record, a warning that servers may send
// first, or a ClientHello in SSL 2 form. The parser decides about the rest.
bool may_be_tls(uint8_t first) {
    constexpr uint8_t kAlert = 21;
    constexpr uint8_t kHandshake = 22;
    return first == kHandshake || first == kAlert || (first & 0x80) != 0;
}

// first_hello looks for a TLS record that starts a handshake (RFC 8446 section 5.1).
Hello first_hello(std::span<const uint8_t> payload) {
    constexpr uint8_t kHandshake = 22;
    if (payload.size() < 6 || payload[0] != kHandshake || payload[1] != 3) {
        return Hello::None;
    }
    return payload[5] == 1 ? Hello::Client : payload[5] == 2 ? Hello::Server : Hello::None;
}

uint32_t payload_sequence(const net::PacketView& view) {
    return view.sequence + (view.has(net::kSyn) ? 1U : 0U);
}

}  // namespace

Verdict Inspector::Core::inspect_payload(uint32_t index, const Packet& packet,
                                         Direction direction) {
    flow::Flow& flow = flows_.at(index);
    if (flow.session == flow::kNoSession && !begin_session(index, packet, direction)) {
        return Verdict::Forward;
    }
    SessionState& session = sessions_.at(flow.session);
    if (!session.inspecting) {
        return Verdict::Forward;
    }
    TlsObserver observer(session, hashing_, now_);
    const uint32_t expected = expected_sequence(flow, packet, direction);
    const stream::Accepted accepted = feed(flow, session, packet, direction, observer);
    const Verdict verdict = after_feed(index, session, observer, packet, direction, expected);
    if (verdict == Verdict::Forward && flow.session != flow::kNoSession) {
        check_state(flow, session, accepted);
    }
    return verdict;
}

// begin_session decides whether a flow's first payload is worth a session. May swap the roles.
bool Inspector::Core::begin_session(uint32_t index, const Packet& packet, Direction& direction) {
    flow::Flow& flow = flows_.at(index);
    const auto payload = packet.view.payload;
    const Hello hello = first_hello(payload);
    const bool sent_by_client = direction == Direction::Out;
    if (hello != Hello::None && (hello == Hello::Client) != sent_by_client) {
        swap_roles(flow, packet);
        direction = opposite(direction);
    }
    flow.roles_known = true;
    Selection selection;
    select_flow(flow, selection);
    const std::size_t at = eti::index(direction);
    const bool early =
        flow.sequence_known[at] && payload_sequence(packet.view) != flow.initial_sequence[at];
    if (!flow.selected || (!early && !may_be_tls(payload[0]))) {
        if (flow.selected) {
            counters_.add(Counter::NotTls);
        }
        make_negative(flow);
        return false;
    }
    const uint32_t slot = sessions_.acquire();
    if (slot == SessionPool::kNone) {
        counters_.add(Counter::SessionTableFull);
        make_negative(flow);
        return false;
    }
    flow.session = slot;
    flow.inspection = flow::Inspection::Active;
    SessionState& session = sessions_.at(slot);
    metadata::Record& record = session.record;
    const policy::Selector selector = selector_of(flow);
    record.id = writer_.next_id();
    record.client = {selector.source, selector.source_port};
    record.server = {selector.destination, selector.destination_port};
    record.vlans = packet.view.vlans;
    record.from_zone.assign(selection.pair->from);
    record.to_zone.assign(selection.pair->to);
    record.policy.assign(selection.rule->name);
    note_payload(session, packet, direction);
    return true;
}

// note_payload keeps what the record says about packets with payload.
void Inspector::Core::note_payload(SessionState& session, const Packet& packet,
                                   Direction direction) {
    auto& traffic = session.record.traffic;
    const auto size = static_cast<int32_t>(packet.view.payload.size());
    const bool first = session.last_payload == Timestamp{};
    const uint32_t gap = first ? 0 : microseconds(now_ - session.last_payload);
    session.last_payload = now_;
    traffic.splt.push({direction == Direction::Out ? size : -size, gap});
    if (gap > 0) {
        ++traffic.gaps[static_cast<std::size_t>(std::bit_width(gap) - 1)];
    }
    const std::size_t at = eti::index(direction);
    const uint32_t end = payload_sequence(packet.view) + static_cast<uint32_t>(size);
    if (session.payload_seen[at] && !stream::before(session.highest_sequence[at], end)) {
        ++traffic.retransmits;
    } else {
        session.highest_sequence[at] = end;
        session.payload_seen[at] = true;
    }
}

stream::Accepted Inspector::Core::feed(flow::Flow& flow, SessionState& session,
                                       const Packet& packet, Direction direction,
                                       TlsObserver& observer) {
    const std::size_t at = eti::index(direction);
    auto& stream = session.streams[at];
    const uint32_t sequence = payload_sequence(packet.view);
    if (!stream.started()) {
        // Without a SYN the stream begins where it is first seen.
        stream.start(flow.sequence_known[at] ? flow.initial_sequence[at] : sequence);
    }
    return stream.accept(sequence, packet.view.payload, segments_,
                         options_.out_of_order_segments_per_direction,
                         [&](std::span<const uint8_t> bytes) {
                             session.tls.feed(direction, bytes, assembly_, observer);
                         });
}

Verdict Inspector::Core::after_feed(uint32_t index, SessionState& session,
                                    const TlsObserver& observer, const Packet& packet,
                                    Direction direction, uint32_t expected) {
    flow::Flow& flow = flows_.at(index);
    // A hello may be one that only the peer can read: the session counts all the same.
    const bool hello_passed = session.tls.client_hello_seen() || session.tls.server_hello_seen();
    if (observer.hello_completed() || (hello_passed && !flow.recognised)) {
        on_hello(flow, session);
        if (flow.session == flow::kNoSession) {  // allowlisted
            return Verdict::Forward;
        }
        schedule(index, std::min(idle_deadline(flow), session.next_report));
    }
    if (!observer.leaf_completed()) {
        return Verdict::Forward;
    }
    counters_.add(Counter::CertificatesVisible);
    if (!judge_certificate(flow, session)) {
        return Verdict::Forward;
    }
    counters_.add(Counter::DroppedCertificate);
    const bool close = flow.blocking == flow::Blocking::Close;
    const Verdict verdict = close ? close_both(flow, packet, direction, expected) : Verdict::Drop;
    stop_inspecting(session);
    schedule(index, now_ + kBlockedReportAfter);
    return verdict;
}

// on_hello counts the session once, and lets allowlisted ones go.
void Inspector::Core::on_hello(flow::Flow& flow, SessionState& session) {
    const auto& hello = session.record.client_hello;
    const bool named = !flow.allowlisted && hello.seen && !hello.sni.empty() &&
                       judge_.allowlist().contains_hostname(hello.sni.view());
    if (flow.allowlisted || named) {
        flow.allowlisted = true;
        counters_.add(Counter::SessionsWhitelisted);
        make_negative(flow);
        return;
    }
    if (!flow.recognised) {
        flow.recognised = true;
        counters_.add(Counter::SessionsInspected);
        session.next_report = now_ + kHandshakeReportAfter;
    }
    if (session.tls.tls13()) {
        counters_.add(Counter::CertificatesHidden);
    }
}

// judge_certificate looks the leaf up; true when the session is to be cut.
bool Inspector::Core::judge_certificate(flow::Flow& flow, SessionState& session) {
    metadata::Record& record = session.record;
    intel::Sha1Blocklist::Hit hit{};
    if (!judge_.blocklist().find(record.certificate.sha1, hit)) {
        return false;
    }
    const intel::Allowlist& allowlist = judge_.allowlist();
    if (allowlist.contains_certificate(record.certificate.sha1) ||
        allowlist.contains_address(record.server.ip) ||
        allowlist.contains_hostname(record.client_hello.sni.view())) {
        record.reason = metadata::Reason::Allowlist;
        return false;
    }
    const Selection selection = judge_.select(flow.key.wire, flow.client_side, selector_of(flow));
    if (selection.rule == nullptr) {
        return false;
    }
    const policy::Decision decision =
        policy::Policy::decide_certificate(*selection.rule, hit.threat_level, hit.feed);
    record.reason = metadata::Reason::CertificateBlocklist;
    record.threat_level = hit.threat_level;
    record.feed.assign(hit.feed);
    record.category.assign(hit.reason);
    counters_.add(Counter::SessionsDetected);
    const bool cut = decision.action != policy::Enforcement::Permit;
    if (cut) {
        record.action = metadata::Action::Block;
        flow.blocking = decision.action == policy::Enforcement::BlockClose ? flow::Blocking::Close
                                                                           : flow::Blocking::Drop;
        counters_.add(Counter::SessionsBlocked);
    }
    writer_.write(session, flow, metadata::Phase::Handshake, now_);
    session.reported = true;
    session.next_report = now_ + kUpdateEvery;
    return cut;
}

// check_state gives up, with a reason, what cannot or need not be followed any longer.
void Inspector::Core::check_state(flow::Flow& flow, SessionState& session,
                                  stream::Accepted accepted) {
    using tls::SessionState;
    const tls::SessionState state = session.tls.state();
    const bool decided = state == SessionState::Finished;
    if (state == SessionState::NotTls && !flow.recognised) {
        counters_.add(Counter::NotTls);
        make_negative(flow);
        return;
    }
    if (accepted == stream::Accepted::OverBudget) {
        if (!decided) {
            counters_.add(Counter::StreamOverBudget);
            session.over_budget = true;
        }
        stop_inspecting(session);
        return;
    }
    if (state == SessionState::OverBudget) {
        counters_.add(Counter::MessageOverBudget);
        session.over_budget = true;
        stop_inspecting(session);
        return;
    }
    if (state == SessionState::Broken || state == SessionState::NotTls) {
        counters_.add(Counter::TlsMalformed);
        stop_inspecting(session);
        return;
    }
    const bool over_bytes =
        std::max(session.streams[0].delivered(), session.streams[1].delivered()) >
        options_.inspected_bytes_per_direction;
    if (decided ? over_bytes || session.record.traffic.records.full() : over_bytes) {
        if (!decided) {
            counters_.add(Counter::BytesOverBudget);
            session.over_budget = true;
        }
        stop_inspecting(session);
    }
}

void Inspector::Core::make_negative(flow::Flow& flow) {
    if (flow.session != flow::kNoSession) {
        release_session(flow);
    }
    flow.inspection = flow::Inspection::Negative;
}

}  // namespace eti::inspect
