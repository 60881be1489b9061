// What a handshake revealed, and what follows from it: recognition, the allowlist, the verdict
// about the certificate.
#include "core.h"

#include <algorithm>
#include <bit>

namespace eti::inspect {

// acquire_session takes a state for the flow and names its ends. Without one the flow is forwarded.
bool Inspector::Core::acquire_session(flow::Flow& flow, const Selection& selection,
                                      const Packet& packet) {
    const uint32_t slot = sessions_.acquire();
    if (slot == SessionPool::kNone) {
        counters_.add(Counter::SessionTableFull);
        make_negative(flow);
        flow.unjudged = judge_.exceptions().out_of_resources && !flow.allowlisted;
        return false;
    }
    flow.session = slot;
    flow.inspection = flow::Inspection::Active;
    metadata::Record& record = sessions_.at(slot).record;
    record.id = writer_.next_id();
    record.vlans = packet.view.vlans;
    name_ends(flow, selection, record);
    return true;
}

void Inspector::Core::name_ends(const flow::Flow& flow, const Selection& selection,
                                metadata::Record& record) {
    const policy::Selector selector = selector_of(flow);
    record.client = {selector.source, selector.source_port};
    record.server = {selector.destination, selector.destination_port};
    record.from_zone.assign(selection.pair->from);
    record.to_zone.assign(selection.pair->to);
    record.policy.assign(selection.rule->name);
}

// swap_session_roles: the ClientHello came from the other end than was thought.
void Inspector::Core::swap_session_roles(flow::Flow& flow, SessionState& session,
                                         const Packet& packet) {
    swap_roles(flow, packet);
    for (metadata::PacketSample& sample : session.record.traffic.splt.view()) {
        sample.payload_bytes = -sample.payload_bytes;
    }
    Selection selection;
    select_flow(flow, selection);
    if (selection.inspected()) {
        name_ends(flow, selection, session.record);
    } else {
        make_negative(flow);
    }
}

// note_payload keeps what the record says about packets with payload.
void Inspector::Core::note_payload(uint32_t index, const Packet& packet, Direction direction) {
    SessionCounts& session = sessions_.counts(index);
    const auto size = static_cast<int32_t>(packet.view.payload.size() + packet.view.missing);
    const bool first = session.last_payload == Timestamp{};
    const uint32_t gap = first ? 0 : microseconds(now_ - session.last_payload);
    session.last_payload = now_;
    if (!session.packets_full()) {
        note_sample(index, {direction == Direction::Out ? size : -size, gap});
    }
    if (gap > 0) {
        const auto bin = static_cast<std::size_t>(std::bit_width(gap) - 1);
        if (session.count_gap(bin)) {
            note_many_gaps(index, bin);
        }
    }
    if (packet.view.protocol != net::kTcp) {
        return;
    }
    const std::size_t at = eti::index(direction);
    const uint32_t end = payload_sequence(packet.view) + static_cast<uint32_t>(size);
    if (session.payload_seen[at] && !stream::before(session.highest_sequence[at], end)) {
        ++session.retransmits;
    } else {
        session.highest_sequence[at] = end;
        session.payload_seen[at] = true;
    }
}

void Inspector::Core::note_sample(uint32_t index, const metadata::PacketSample& sample) {
    SessionCounts& session = sessions_.counts(index);
    SessionState& state = sessions_.open(index);
    add_sample(state.record.traffic.splt, session.packet_samples, sample);
    if (session.packets_full() || state.unpacked) {
        pack_if_read(index);
    }
}

// note_many_gaps: the session's own counter has run over.
void Inspector::Core::note_many_gaps(uint32_t index, std::size_t bin) {
    sessions_.open(index).record.traffic.gaps[bin] += 1U << 16;
    pack_if_read(index);
}

// act_on_findings decides about the packet whose bytes the observer has read.
Verdict Inspector::Core::act_on_findings(uint32_t index, const TlsObserver& observer,
                                         const Packet& packet, Direction direction,
                                         uint32_t expected) {
    flow::Flow& flow = flows_.at(index);
    SessionState& session = sessions_.at(flow.session);
    // A hello may be one that only the peer can read: the session counts all the same.
    const bool hello_passed = session.client_hello_seen() || session.server_hello_seen();
    const bool recognised_before = flow.recognised;
    if (observer.hello_completed() || (hello_passed && !flow.recognised)) {
        on_hello(flow, session);
        if (flow.session == flow::kNoSession) {  // allowlisted
            return Verdict::Forward;
        }
        schedule(index, std::min(idle_deadline(flow), session.counts->next_report));
    }
    if (flow.recognised && !recognised_before) {
        const Verdict verdict = refuse_while_away(index, packet, direction, expected);
        if (verdict != Verdict::Forward) {
            return verdict;
        }
    }
    if (!observer.leaf_completed()) {
        return Verdict::Forward;
    }
    counters_.add(Counter::CertificatesVisible);
    if (!judge_certificate(flow, session)) {
        return Verdict::Forward;
    }
    counters_.add(Counter::DroppedCertificate);
    const bool close = flow.blocking == flow::Blocking::Close && flow.key.protocol == net::kTcp;
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
        if (flow.recognised) {  // by an earlier hello: it counts as inspected already
            session.record.reason = metadata::Reason::Allowlist;
        } else {
            counters_.add(Counter::SessionsWhitelisted);
        }
        make_negative(flow);
        return;
    }
    if (!flow.recognised) {
        flow.recognised = true;
        counters_.add(Counter::SessionsInspected);
        session.counts->next_report = now_ + kHandshakeReportAfter;
    }
    if (session.tls13()) {
        counters_.add(Counter::CertificatesHidden);
    }
}

// judge_certificate looks the leaf up; true when the session is to be cut.
bool Inspector::Core::judge_certificate(flow::Flow& flow, SessionState& session) {
    metadata::Record& record = session.record;
    const std::optional<Sha256Digest>& sha256 = session.leaf_sha256;
    intel::Sha1Blocklist::Hit hit{};
    if (!judge_.blocklist().find(record.certificate.sha1, hit) &&
        !(sha256 && judge_.blocklist().find(*sha256, hit))) {
        return false;
    }
    const intel::Allowlist& allowlist = judge_.allowlist();
    if (allowlist.contains_certificate(record.certificate.sha1) ||
        (sha256 && allowlist.contains_certificate(*sha256)) ||
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
    note_detection(flow, session);
    const bool cut = decision.action != policy::Enforcement::Permit;
    if (cut) {
        record.action = metadata::Action::Block;
        flow.blocking = decision.action == policy::Enforcement::BlockClose ? flow::Blocking::Close
                                                                           : flow::Blocking::Drop;
        counters_.add(Counter::SessionsBlocked);
    }
    writer_.write(sessions_, flow, metadata::Phase::Handshake, now_);
    session.counts->reported = true;
    session.counts->next_report = now_ + kUpdateEvery;
    return cut;
}

// note_detection counts a session once, whatever is detected about it, and how often.
void Inspector::Core::note_detection(const flow::Flow& flow, SessionState& session) {
    if (flow.recognised && !session.counts->detected) {
        session.counts->detected = true;
        counters_.add(Counter::SessionsDetected);
    }
}

void Inspector::Core::make_not_tls(flow::Flow& flow) {
    counters_.add(Counter::NotTls);
    make_negative(flow);
    flow.inspection = flow::Inspection::NotTls;
}

void Inspector::Core::make_not_quic_or_dtls(flow::Flow& flow) {
    counters_.add(Counter::NotQuicOrDtls);
    make_negative(flow);
}

void Inspector::Core::make_negative(flow::Flow& flow) {
    end_session(flow);  // one that was recognised leaves its record
    flow.recognised = false;
    flow.inspection = flow::Inspection::Negative;
}

}  // namespace eti::inspect
