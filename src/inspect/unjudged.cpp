// Sessions that cannot be judged, where the operator wants them cut rather than forwarded.
#include "core.h"

namespace eti::inspect {
namespace {

// opens_session: what has no flow entry is stopped where it would begin. What was open before
// goes on.
bool opens_session(const net::PacketView& view) {
    if (view.protocol == net::kTcp) {
        return view.has(net::kSyn) && !view.has(net::kAck);
    }
    return view.protocol == net::kUdp && view.source_port != kDnsPort &&
           view.destination_port != kDnsPort &&
           (quic::may_be_initial(view.payload) || tls::may_be_dtls(view.payload));
}

}  // namespace

Verdict Inspector::Core::refuse_unjudged(uint32_t index, const Packet& packet, Direction direction,
                                         uint32_t expected, Counter why) {
    flow::Flow& flow = flows_.at(index);
    const bool tcp = flow.key.protocol == net::kTcp;
    flow.unjudged = true;
    flow.blocking = tcp ? flow::Blocking::Close : flow::Blocking::Drop;
    counters_.add(why);
    counters_.add(Counter::DroppedUnjudged);
    const Verdict verdict = tcp ? close_both(flow, packet, direction, expected) : Verdict::Drop;
    if (flow.session != flow::kNoSession) {
        SessionState& session = sessions_.at(flow.session);
        session.record.action = metadata::Action::Block;
        session.record.reason = metadata::Reason::Fallback;
        stop_inspecting(session);
    }
    schedule(index, now_ + kBlockedReportAfter);
    return verdict;
}

// refuse_while_away is asked once, when a session is recognised.
Verdict Inspector::Core::refuse_while_away(uint32_t index, const Packet& packet,
                                           Direction direction, uint32_t expected) {
    const policy::Exceptions& exceptions = judge_.exceptions();
    if (!exceptions.service_not_ready && !exceptions.submission_timeout) {
        return Verdict::Forward;
    }
    return refuse_unjudged(
        index, packet, direction, expected,
        exceptions.service_not_ready ? Counter::BlockedNotReady : Counter::BlockedSubmission);
}

// refuse_over_budget: a limit was reached before the certificate was seen.
Verdict Inspector::Core::refuse_over_budget(uint32_t index, const Packet& packet,
                                            Direction direction, uint32_t expected) {
    const flow::Flow& flow = flows_.at(index);
    if (!judge_.exceptions().out_of_resources || flow.session == flow::kNoSession ||
        !flow.recognised || flow.blocking != flow::Blocking::None) {
        return Verdict::Forward;
    }
    const SessionState& session = sessions_.at(flow.session);
    return session.over_budget && !session.record.certificate.seen
               ? refuse_unjudged(index, packet, direction, expected, Counter::BlockedResources)
               : Verdict::Forward;
}

Verdict Inspector::Core::forward_without_flow(const Packet& packet) {
    if (!judge_.exceptions().out_of_resources || !opens_session(packet.view) ||
        judge_.allowlist().contains_address(packet.view.destination)) {
        return Verdict::Forward;
    }
    const uint8_t side = judge_.client_side(packet.wire, packet.side, true);
    if (!judge_.select(packet.wire, side, selector_of(packet.view)).inspected()) {
        return Verdict::Forward;
    }
    counters_.add(Counter::BlockedResources);
    counters_.add(Counter::DroppedUnjudged);
    if (packet.view.protocol != net::kTcp) {
        return Verdict::Drop;
    }
    reset_sender(packet.view);
    return Verdict::Close;
}

}  // namespace eti::inspect
