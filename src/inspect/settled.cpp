// Sessions whose verdict is fixed: docs/decisions/0021-settled-sessions.md.
#include "core.h"

namespace eti::inspect {

// settle: nothing can change the verdict any more, so that plain segments show further records and
// no more. What they say about windows is not followed then, and must limit nothing.
void Inspector::Core::settle(const flow::Flow& flow) {
    if (flow.session == flow::kNoSession) {
        return;
    }
    SessionState& session = sessions_.at(flow.session);
    const auto rests = [&](Direction direction) {
        const std::size_t at = eti::index(direction);
        return session.tls.encrypted(direction) && session.streams[at].settled() &&
               !session.tcp[at].fin_waiting;
    };
    session.settled = session.inspecting && session.reading == Reading::Tls && flow.recognised &&
                      flow.rtt_us != 0 && !flow.reset_seen && session.decided() && !session.early &&
                      rests(Direction::Out) && rests(Direction::In);
    if (session.settled) {
        session.tcp[0].window_known = false;
        session.tcp[1].window_known = false;
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
    SessionState& session = sessions_.at(flow.session);
    if (!session.settled || view.payload.empty()) {
        return session.settled;
    }
    stream::StreamHead& stream = session.streams[eti::index(direction)];
    if (view.sequence != stream.next_sequence() || stream.has_gap()) {
        return false;
    }
    stream.pass(view.payload.size());
    TlsObserver observer(session, hashing_, now_);
    session.tls.feed(direction, view.payload, assembly_, observer);
    if (session.records_full() || session.tls.state() != tls::SessionState::Finished ||
        stream.delivered() > options_.inspected_bytes_per_direction) {
        check_state(flow, session, stream::Accepted::InOrder);
    }
    return true;
}

}  // namespace eti::inspect
