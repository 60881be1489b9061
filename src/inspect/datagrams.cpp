// Payload of UDP flows: QUIC, DTLS and what name servers answer.
#include "core.h"

namespace eti::inspect {
namespace {

// opposes_dtls_role: by its first DTLS record the sender has the other role (RFC 6347 section 4.2).
bool opposes_dtls_role(std::span<const uint8_t> datagram, Direction direction) {
    constexpr std::size_t kMessageType = 13;
    constexpr uint8_t kHandshake = 22;
    if (datagram.size() <= kMessageType || datagram[0] != kHandshake) {
        return false;
    }
    const auto type = static_cast<tls::HandshakeType>(datagram[kMessageType]);
    const bool from_client = type == tls::HandshakeType::ClientHello;
    return from_client != (direction == Direction::Out);
}

}  // namespace

// is_believed_datagram: an endpoint drops a damaged datagram, so it must tell nothing here. Those
// that cannot change anything any more are not summed up: most of a long session.
bool Inspector::Core::is_believed_datagram(flow::Flow& flow, const Packet& packet,
                                           Direction direction) const {
    const auto payload = packet.view.payload;
    bool matters = flow.inspection == flow::Inspection::Undecided;
    if (const SessionState* session = inspected(flow)) {
        matters =
            session->reading == Reading::Quic
                ? session->quic.state() != quic::State::Finished || quic::version_of(payload) != 0
                : session->dtls.state() != tls::SessionState::Finished || tls::may_be_dtls(payload);
    }
    return !(matters || packet.view.source_port == kDnsPort) ||
           is_undamaged(flow, packet, direction);
}

Verdict Inspector::Core::inspect_datagram(uint32_t index, const Packet& packet,
                                          Direction direction) {
    flow::Flow& flow = flows_.at(index);
    if (packet.view.source_port == kDnsPort) {
        note_answer(packet.view.payload, packet.view.destination);
    }
    if (flow.inspection == flow::Inspection::Undecided) {
        begin_datagrams(flow, packet, direction);
        if (flow.unjudged) {
            return refuse_unjudged(index, packet, direction, 0, Counter::BlockedResources);
        }
    }
    const SessionState* session = inspected(flow);
    if (session == nullptr) {
        return Verdict::Forward;
    }
    return session->reading == Reading::Quic ? feed_quic(index, packet, direction)
                                             : feed_dtls(index, packet, direction);
}

// begin_datagrams takes a session for what looks like a first QUIC or DTLS packet. Such a packet
// may come after others: connectivity checks (RFC 8445) open most DTLS flows.
void Inspector::Core::begin_datagrams(flow::Flow& flow, const Packet& packet,
                                      Direction& direction) {
    const auto payload = packet.view.payload;
    const bool quic = quic::may_be_initial(payload);
    if (!quic && !tls::may_be_dtls(payload)) {
        const unsigned heard = tls::may_lead_to_dtls(payload) ? kHeardChecks : kHeardDatagrams;
        if (flow.packets[0] + flow.packets[1] >= heard) {
            make_not_quic_or_dtls(flow);
        }
        return;
    }
    if (!quic && opposes_dtls_role(payload, direction)) {
        swap_roles(flow, packet);
        direction = opposite(direction);
    }
    Selection selection;
    select_flow(flow, selection);
    if (!flow.selected && selected_otherwise(flow)) {  // who spoke first may be no client
        swap_roles(flow, packet);
        direction = opposite(direction);
        select_flow(flow, selection);
    }
    if (!flow.selected) {
        make_negative(flow);
        return;
    }
    if (acquire_session(flow, selection, packet)) {
        SessionState& session = sessions_.at(flow.session);
        session.reading = quic ? Reading::Quic : Reading::Dtls;
        session.record.protocol = quic ? metadata::Protocol::Quic : metadata::Protocol::Dtls;
        session.record.transport = metadata::Transport::Udp;
        note_payload(flow.session, packet, direction);
    }
}

Verdict Inspector::Core::feed_dtls(uint32_t index, const Packet& packet, Direction direction) {
    SessionState& session = sessions_.at(flows_.at(index).session);
    TlsObserver observer(session, hashing_, now_);
    session.dtls.feed(direction, packet.view.payload, assembly_, observer);
    // What else a contradicting datagram holds has been read, and comes again.
    const bool contradicted = session.dtls.contradicted();
    const Verdict verdict = act_on_findings(index, observer, packet, direction, 0);
    if (verdict == Verdict::Forward && flows_.at(index).session != flow::kNoSession) {
        check_dtls(flows_.at(index), session);
        if (refuse_over_budget(index, packet, direction, 0) != Verdict::Forward) {
            return Verdict::Drop;
        }
    }
    if (verdict == Verdict::Forward && contradicted) {
        return refuse_contradiction(flows_.at(index));
    }
    return verdict;
}

// check_dtls: a client may start over on the same ports, so a session is read to its end.
void Inspector::Core::check_dtls(flow::Flow& flow, SessionState& session) {
    if (session.dtls.state() == tls::SessionState::NotTls) {
        make_not_quic_or_dtls(flow);
        return;
    }
    if (session.dtls.state() == tls::SessionState::OverBudget) {
        counters_.add(Counter::MessageOverBudget);
        session.over_budget = true;
        stop_inspecting(session);
        return;
    }
    if (session.dtls.error() == tls::SessionError::Certificate && !session.broken) {
        session.broken = true;
        counters_.add(Counter::TlsMalformed);
    }
}

Verdict Inspector::Core::feed_quic(uint32_t index, const Packet& packet, Direction direction) {
    flow::Flow& flow = flows_.at(index);
    SessionState& session = sessions_.at(flow.session);
    if (session.quic.state() == quic::State::Detecting && tls::may_be_dtls(packet.view.payload)) {
        make_negative(flow);  // what looked like QUIC was a decoy
        flow.inspection = flow::Inspection::Undecided;
        return inspect_datagram(index, packet, direction);
    }
    TlsObserver observer(session, hashing_, now_);
    // The connection keeps to the directions it began with.
    const bool swapped_before = session.quic.roles_swapped();
    const Direction fed = swapped_before ? opposite(direction) : direction;
    session.quic.feed(fed, packet.view.payload, crypto_, assembly_, observer);
    if (session.quic.superseded()) {
        return restart_quic(index, packet, direction);
    }
    if (session.quic.roles_swapped() != swapped_before) {
        swap_session_roles(flow, session, packet);
    }
    if (flow.session != flow::kNoSession &&
        act_on_findings(index, observer, packet, direction, 0) != Verdict::Forward) {
        return Verdict::Drop;
    }
    if (flow.session != flow::kNoSession) {
        check_quic(flow, session);
    }
    return refuse_over_budget(index, packet, direction, 0);
}

// restart_quic: the same two ends open another connection.
Verdict Inspector::Core::restart_quic(uint32_t index, const Packet& packet, Direction direction) {
    flow::Flow& flow = flows_.at(index);
    end_session(flow);
    flow.recognised = false;
    flow.inspection = flow::Inspection::Undecided;
    begin_datagrams(flow, packet, direction);
    if (flow.unjudged) {
        return refuse_unjudged(index, packet, direction, 0, Counter::BlockedResources);
    }
    return flow.session != flow::kNoSession ? feed_quic(index, packet, direction)
                                            : Verdict::Forward;
}

void Inspector::Core::check_quic(flow::Flow& flow, SessionState& session) {
    if (session.quic.conflicting() && session.record.reason == metadata::Reason::None) {
        session.record.reason = metadata::Reason::ConflictingData;
    }
    switch (session.quic.state()) {
        case quic::State::Detecting:
        case quic::State::Handshaking:
        case quic::State::Finished:  // another connection may follow on the same ports
            return;
        case quic::State::NotQuic:
            make_not_quic_or_dtls(flow);
            return;
        case quic::State::OverBudget:
            counters_.add(Counter::MessageOverBudget);
            session.over_budget = true;
            stop_inspecting(session);
            return;
    }
}

// note_answer hands what a name server told a client to the control thread.
void Inspector::Core::note_answer(std::span<const uint8_t> message, const net::IpAddress& client) {
    dns::Answer answer;
    if (dns_answers_ == nullptr || dns::parse_response(message, answer) != dns::Parsed::Answer) {
        return;
    }
    metadata::DnsAnswer* slot = dns_answers_->reserve();
    if (slot == nullptr) {
        counters_.add(Counter::DnsRingFull);
        return;
    }
    *slot = {};
    slot->time = now_;
    slot->client = client;
    slot->name = answer.name;
    slot->addresses = answer.addresses;
    slot->ttl = answer.ttl;
    slot->answers = answer.answers;
    slot->cname = answer.cname;
    dns_answers_->commit();
}

}  // namespace eti::inspect
