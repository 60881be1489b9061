// Sessions whose verdict is fixed: docs/decisions/0021-settled-sessions.md.
#include "core.h"

namespace eti::inspect {

// may_be_judged: other reasons leave the certificate to newer lists.
bool may_be_judged(const metadata::Record& record) {
    return record.certificate.seen && record.reason != metadata::Reason::CertificateBlocklist &&
           record.reason != metadata::Reason::InfectedHost &&
           record.reason != metadata::Reason::Allowlist;
}

// settle: nothing can change the verdict any more, so that plain segments show further records and
// no more. What they say about windows is not followed then, and must limit nothing. When both ends
// have said their last byte, there is nothing more to see either.
void Inspector::Core::settle(flow::Flow& flow) {
    SessionState* session = inspected(flow);
    if (session != nullptr && flow.recognised && session->decided() && flow.fin_seen[0] &&
        flow.fin_seen[1]) {
        stop_inspecting(*session);
        session = nullptr;
    }
    if (session == nullptr) {
        if (flow.session != flow::kNoSession) {
            pack_if_read(flow.session, flow.fin_seen[0] && flow.fin_seen[1]);
        }
        return;
    }
    const auto rests = [&](Direction direction) {
        const std::size_t at = eti::index(direction);
        return session->tls.encrypted(direction) && session->streams[at].settled() &&
               !session->tcp[at].fin_waiting;
    };
    SessionCounts& counts = *session->counts;
    counts.settled = session->reading == Reading::Tls && flow.recognised && flow.rtt_us != 0 &&
                     !flow.reset_seen && session->decided() && !session->early &&
                     rests(Direction::Out) && rests(Direction::In);
    if (counts.settled) {
        session->tcp[0].window_known = false;
        session->tcp[1].window_known = false;
    }
}

// pack_if_read: of a session whose payload is not read any more the record stays, which is packed
// when packets are not sampled any more either.
void Inspector::Core::pack_if_read(uint32_t session, bool closed) {
    SessionCounts& counts = sessions_.counts(session);
    if (counts.inspecting || counts.state == SessionPool::kNone) {
        return;
    }
    const SessionState& state = sessions_.at(session);
    if (counts.packets_full() || closed || state.unpacked) {
        counts.judgeable = may_be_judged(state.record);
        sessions_.pack(session, visibility_of(state));
    }
}

// describe reads the records of a settled session as they pass, without the checks by which decoys
// are told apart: who sends them could as well send other records. It is false for a segment that
// needs the closer look.
bool Inspector::Core::describe(flow::Flow& flow, const Packet& packet, Direction direction) {
    constexpr uint8_t kTelling = net::kSyn | net::kFin | net::kRst | net::kUrg | net::kAck;
    const net::PacketView& view = packet.view;
    if (flow.session == flow::kNoSession || (view.tcp_flags & kTelling) != net::kAck ||
        view.missing != 0) {
        return false;
    }
    const SessionCounts& counts = sessions_.counts(flow.session);
    if (!counts.settled || view.payload.empty()) {
        return counts.settled;
    }
    return describe_records(flow, packet, direction);
}

bool Inspector::Core::describe_records(flow::Flow& flow, const Packet& packet,
                                       Direction direction) {
    const net::PacketView& view = packet.view;
    const SessionCounts& counts = sessions_.counts(flow.session);
    SessionState& session = sessions_.at(flow.session);
    stream::StreamHead& stream = session.streams[eti::index(direction)];
    if (view.sequence != stream.next_sequence() || stream.has_gap()) {
        return false;
    }
    stream.pass(view.payload.size());
    TlsObserver observer(session, hashing_, now_);
    session.tls.feed(direction, view.payload, assembly_, observer);
    if (counts.records_full() || session.tls.state() != tls::SessionState::Finished ||
        stream.delivered() > options_.inspected_bytes_per_direction) {
        check_state(flow, session, stream::Accepted::InOrder);
        pack_if_read(flow.session);
    }
    return true;
}

}  // namespace eti::inspect
