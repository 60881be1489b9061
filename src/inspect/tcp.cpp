// What of TCP is believed: the states of a connection that endpoints would agree with.
#include "core.h"
#include "eti/net/transport_checksum.h"

#include <algorithm>

namespace eti::inspect {
namespace {

// may_change: what passes now could still change the verdict. Records are sampled beyond that.
bool may_change(const SessionState& inspected) {
    return !inspected.decided() || inspected.keeps_bytes();
}

}  // namespace

// is_believed: the receiving endpoint will take the segment. What it ignores must not tell us
// anything either, or a decoy would decide in the place of what follows.
bool Inspector::Core::is_believed(flow::Flow& flow, const Packet& packet, Direction direction) {
    const net::PacketView& view = packet.view;
    if (!matters(flow, packet, direction)) {
        return true;
    }
    const net::TcpOptions options = net::parse_tcp_options(view.tcp_options());
    if (!is_sound(flow, packet, direction, options)) {
        return false;
    }
    const std::size_t at = eti::index(direction);
    if (view.has(net::kSyn)) {
        flow.syn_signed = flow.syn_signed || options.has_md5;
        flow.syn_unsigned = flow.syn_unsigned || !options.has_md5;
        flow.window_scale[at] = options.has_window_scale ? options.window_scale : 0;
        return true;
    }
    SessionState* session = inspected(flow);
    if (session == nullptr) {
        return true;
    }
    const std::size_t opposite_at = eti::index(opposite(direction));
    const TcpSide& side = session->tcp[at];
    TcpSide& other = session->tcp[opposite_at];
    const SessionCounts& counts = *session->counts;
    if (side.window_known && stream::before(side.window_end, view.sequence)) {
        return false;
    }
    // Nobody takes an acknowledgment of what was never sent. Captures may lack what was.
    if (!packet.captured && view.has(net::kAck) && counts.payload_seen[opposite_at] &&
        stream::before(counts.highest_sequence[opposite_at] + 1, view.acknowledgment)) {
        return false;
    }
    return !options.has_timestamp || is_timely(side, other, packet, options);
}

// is_timely follows RFC 7323 section 5.3. What an end has echoed it has taken: the sender alone
// cannot move its own clock here.
bool Inspector::Core::is_timely(const TcpSide& side, TcpSide& other, const Packet& packet,
                                const net::TcpOptions& options) {
    constexpr uint32_t kTolerated = 1000;  // for stacks whose clock runs per core
    if (side.timestamp_known && !packet.view.has(net::kRst) &&
        stream::before(options.timestamp + kTolerated, side.timestamp)) {
        return false;
    }
    note_echo(other, packet, options);
    return true;
}

void Inspector::Core::note_echo(TcpSide& other, const Packet& packet,
                                const net::TcpOptions& options) {
    if (packet.view.has(net::kAck) && options.has_timestamp &&
        (!other.timestamp_known || stream::before(other.timestamp, options.echo))) {
        other.timestamp = options.echo;
        other.timestamp_known = true;
    }
}

// passes: nothing in an open connection depends on the segment, which is true of most. Who opened
// it and with which numbers is known by then.
bool Inspector::Core::passes(const flow::Flow& flow, const Packet& packet,
                             Direction direction) const {
    return flow.rtt_us != 0 && !flow.reset_seen && !matters(flow, packet, direction);
}

// matters: most packets cannot change anything any more and need no closer look.
bool Inspector::Core::matters(const flow::Flow& flow, const Packet& packet,
                              Direction direction) const {
    if ((packet.view.tcp_flags & (net::kSyn | net::kFin | net::kRst)) != 0) {
        return true;
    }
    switch (flow.inspection) {
        case flow::Inspection::Undecided:
            return true;
        case flow::Inspection::Active:
            return flow.session != flow::kNoSession && sessions_.counts(flow.session).inspecting;
        case flow::Inspection::NotTls:
            return !packet.view.payload.empty() && speaks_again(flow, packet, direction);
        case flow::Inspection::Negative:
            return false;
    }
    return true;
}

// is_sound: what does not depend on where in the connection the segment stands.
bool Inspector::Core::is_sound(flow::Flow& flow, const Packet& packet, Direction direction,
                               const net::TcpOptions& options) const {
    const net::PacketView& view = packet.view;
    // RFC 9293 section 3.10.7.4: past the handshake a segment without ACK is dropped.
    const bool has_state = view.has(net::kSyn) || view.has(net::kRst) || view.has(net::kAck);
    // From the wire's other side it never reaches the end it is addressed to.
    return has_state && is_signed_as_agreed(flow, packet, options) &&
           came_from_its_side(flow, packet) && is_undamaged(flow, packet, direction);
}

// is_signed_as_agreed: a receiver drops a segment that is signed where its connection is not, or
// not signed where it is (RFC 2385). Which of the two it is the SYNs say; where they disagree, one
// of them is a decoy, and no segment is ignored for its signature.
bool Inspector::Core::is_signed_as_agreed(const flow::Flow& flow, const Packet& packet,
                                          const net::TcpOptions& options) {
    if (packet.view.has(net::kSyn)) {
        return true;
    }
    return options.has_md5 ? flow.syn_signed : flow.syn_unsigned || !flow.syn_signed;
}

// is_torn: an urgent byte leaves the stream of one receiver and stays in that of another, and which
// byte it is depends on when the application reads (RFC 6093 sections 2 and 3). So there are two
// readings of such a segment. No TLS stack sends any; the text before TLS may hold some.
bool Inspector::Core::is_torn(const flow::Flow& flow, const Packet& packet) const {
    if (!packet.view.has(net::kUrg) || packet.captured) {
        return false;
    }
    if (flow.inspection == flow::Inspection::Undecided) {
        return packet.view.payload.empty() || may_be_tls(packet.view.payload[0]);
    }
    const SessionState* session = inspected(flow);
    if (session == nullptr) {
        return false;
    }
    const bool before_tls = session->in_preamble && !session->preamble.found(Direction::Out) &&
                            !session->preamble.found(Direction::In);
    return session->reading == Reading::Tls && !before_tls && may_change(*session);
}

// is_contested: two answers to one SYN, and the client has not said yet which it takes. What the
// server sends now can be read in two ways; it will send it again.
bool Inspector::Core::is_contested(const flow::Flow& flow, const Packet& packet,
                                   Direction direction) {
    return flow.answers_differ && flow.rtt_us == 0 && direction == Direction::In &&
           !packet.view.has(net::kSyn) && !packet.view.payload.empty();
}

// is_undamaged: a bad checksum tells nothing while its sender has never shown a good one, because
// then hardware behind this port fills them in. Nor where a capture holds segments that their
// receiver's hardware joined: no link carries such packets.
bool Inspector::Core::is_undamaged(flow::Flow& flow, const Packet& packet,
                                   Direction direction) const {
    constexpr uint32_t kEthernetMtu = 1500;
    bool& computed = flow.checksums_computed[eti::index(direction)];
    bool& ip_computed = flow.ip_checksums_computed[eti::index(direction)];
    if (net::ip_checksum_valid(packet.view)) {
        ip_computed = true;
    } else if (ip_computed || !packet.captured) {
        return false;
    }
    switch (net::transport_checksum(packet.view)) {
        case net::ChecksumState::Valid:
            computed = true;
            return true;
        case net::ChecksumState::Invalid:
            return !computed || (packet.captured && packet.view.ip_bytes > kEthernetMtu);
        case net::ChecksumState::Partial:
        case net::ChecksumState::Absent:
        case net::ChecksumState::Unknown:
            return true;
    }
    return true;
}

// note_window remembers how far the sender of an acknowledgment will take bytes. Twice as far is
// allowed for acknowledgments that passed elsewhere.
void Inspector::Core::note_window(const flow::Flow& flow, SessionState& session,
                                  const Packet& packet, Direction direction) {
    constexpr uint32_t kSpare = 65'536;
    constexpr uint8_t kLargestScale = 14;
    const std::size_t at = eti::index(direction);
    const std::size_t other = eti::index(opposite(direction));
    // Scaling counts only when both SYNs offer it (RFC 7323 section 2.2).
    const bool known = flow.window_scale[at] != flow::kScaleUnknown &&
                       flow.window_scale[other] != flow::kScaleUnknown;
    const bool scaled = flow.window_scale[at] != 0 && flow.window_scale[other] != 0;
    const uint8_t scale = !known ? kLargestScale : scaled ? flow.window_scale[at] : uint8_t{0};
    const uint32_t window = static_cast<uint32_t>(packet.view.tcp_window) << scale;
    const uint32_t end = packet.view.acknowledgment + std::min(2 * window, 1U << 30) + kSpare;
    TcpSide& limited = session.tcp[other];
    if (!limited.window_known || stream::before(limited.window_end, end)) {
        limited.window_end = end;
        limited.window_known = true;
    }
}

// restart_flow handles a SYN in a flow that is there already: the port may be in use anew. A SYN
// alone proves nothing, so a living connection is given up only when the other end has accepted
// the new one. A blocked one stays blocked.
uint32_t Inspector::Core::restart_flow(uint32_t index, const Packet& packet) {
    flow::Flow& flow = flows_.at(index);
    if (flow.blocking != flow::Blocking::None) {
        return index;
    }
    const net::PacketView& view = packet.view;
    if (!view.has(net::kAck)) {
        const std::size_t at = eti::index(flow.direction_of(packet.source_is_low));
        if (flow.sequence_known[at] && flow.initial_sequence[at] == view.sequence + 1) {
            return index;  // the first SYN once more
        }
        // A reset alone may not have reached its end: the new connection has to be confirmed.
        if (flow.fin_seen[0] && flow.fin_seen[1] && !undecided(flow)) {
            end_flow(index);
            return flow::FlowTable::kNone;
        }
        if (flow.sequence_known[1 - at] && !flow.sequence_known[at] && flow.rtt_us == 0) {
            // Both ends ask (RFC 9293 section 3.5), or a server asks before its client does. If no
            // rule is about the first one's connections, one may be about the other's.
            if (flow.inspection != flow::Inspection::Negative) {
                return index;
            }
            end_flow(index);
            return flow::FlowTable::kNone;
        }
        if (flow.packets[1 - at] == 0) {  // one direction only: nobody will confirm it
            end_flow(index);
            return flow::FlowTable::kNone;
        }
        flow.restart_asked = true;
        flow.restart_sequence = view.sequence + 1;
        return index;
    }
    const bool from_client = flow.direction_of(packet.source_is_low) == Direction::Out;
    const bool open_before = flow.rtt_us != 0 || flow.midstream() || flow.closed();
    if (!flow.restart_asked || view.acknowledgment != flow.restart_sequence ||
        !(open_before || from_client || flow.inspection == flow::Inspection::Negative)) {
        // Who answers a SYN is the server, whoever spoke first.
        const std::size_t in = eti::index(Direction::In);
        if (from_client && flow.session == flow::kNoSession && flow.sequence_known[in] &&
            view.acknowledgment == flow.initial_sequence[in]) {
            swap_roles(flow, packet);
        }
        return index;
    }
    end_flow(index);
    const uint32_t fresh = create_flow(packet);
    if (fresh != flow::FlowTable::kNone) {
        flow::Flow& restarted = flows_.at(fresh);
        restarted.initial_sequence[eti::index(Direction::Out)] = view.acknowledgment;
        restarted.sequence_known[eti::index(Direction::Out)] = true;
    }
    return fresh;
}

// follow_tcp is for segments the endpoint believes.
void Inspector::Core::follow_tcp(uint32_t index, const Packet& packet, Direction direction) {
    flow::Flow& flow = flows_.at(index);
    const net::PacketView& view = packet.view;
    const std::size_t at = eti::index(direction);
    if (view.has(net::kSyn)) {
        // Once the client has acknowledged, a SYN with another number is stray: the answer to a
        // repeated SYN, or forged. The endpoints ignore it too (RFC 5961 section 4).
        if (!flow.sequence_known[at] || flow.rtt_us == 0) {
            flow.answers_differ =
                flow.answers_differ || (direction == Direction::In && flow.sequence_known[at] &&
                                        flow.initial_sequence[at] != view.sequence + 1);
            flow.initial_sequence[at] = view.sequence + 1;
            flow.sequence_known[at] = true;
        }
    } else if (flow.rtt_us == 0 && direction == Direction::Out && view.has(net::kAck) &&
               flow.sequence_known[0] && flow.sequence_known[1]) {
        flow.rtt_us = std::max(microseconds(now_ - flow.start), 1U);
        // Of several SYN|ACKs the client's acknowledgment names the one that counts.
        if (flow.answers_differ || flow.payload[eti::index(Direction::In)] == 0) {
            flow.initial_sequence[eti::index(Direction::In)] = view.acknowledgment;
        }
    }
    const std::size_t other = eti::index(opposite(direction));
    if (view.has(net::kAck) && !flow.sequence_known[other] && flow.payload[other] == 0) {
        flow.initial_sequence[other] = view.acknowledgment;
        flow.sequence_awaited[other] = true;
    }
    if (takes_early_data(flow, view, direction)) {
        flow.initial_sequence[eti::index(Direction::Out)] = view.acknowledgment;
        make_not_tls(flow);  // else it would have a session
    }
    if (inspected(flow) != nullptr) {
        follow_session(flow, packet, direction);
    } else if (view.has(net::kFin)) {
        flow.fin_seen[at] = true;
    }
    if (view.has(net::kRst) && is_believed_reset(flow, packet, direction)) {
        flow.reset_seen = true;
        flow.reset_at = now_;
    } else if (flow.reset_seen && !view.has(net::kRst) && now_ > flow.reset_at + kResetInFlight) {
        flow.reset_seen = false;  // the connection goes on: its end was not reached by the reset
    }
}

// takes_early_data: the server has data of the SYN that had not looked like TLS.
bool Inspector::Core::takes_early_data(const flow::Flow& flow, const net::PacketView& view,
                                       Direction direction) const {
    constexpr uint32_t kMost = 65'535;  // the window of a SYN is not scaled
    const uint32_t taken = view.acknowledgment - flow.initial_sequence[eti::index(Direction::Out)];
    return view.has(net::kSyn) && view.has(net::kAck) && direction == Direction::In &&
           flow.inspection == flow::Inspection::Undecided && taken > 0 && taken <= kMost;
}

// follow_session notes what the other end has received, and where this one stops.
void Inspector::Core::follow_session(flow::Flow& flow, const Packet& packet, Direction direction) {
    SessionState& session = sessions_.at(flow.session);
    const net::PacketView& view = packet.view;
    const std::size_t at = eti::index(direction);
    const std::size_t other = eti::index(opposite(direction));
    if (view.has(net::kSyn) && view.has(net::kAck) && session.early) {
        settle_early(session, view.acknowledgment != flow.initial_sequence[other]);
    }
    if (view.has(net::kAck)) {
        note_window(flow, session, packet, direction);
    }
    if (view.has(net::kAck) && session.streams[other].started()) {
        session.streams[other].acknowledge(view.acknowledgment, segments_);
        if (session.tcp[other].fin_waiting &&
            view.acknowledgment == session.tcp[other].fin_sequence + 1) {
            flow.fin_seen[other] = true;
        }
    }
    if (view.has(net::kFin)) {
        session.tcp[at].fin_waiting = true;
        session.tcp[at].fin_sequence =
            payload_sequence(view) + static_cast<uint32_t>(view.payload.size()) + view.missing;
    }
}

// note_fin: a FIN ends its direction once every byte before it has come.
void Inspector::Core::note_fin(flow::Flow& flow, Direction direction) {
    const SessionState* session = inspected(flow);
    if (session == nullptr) {
        return;
    }
    const std::size_t at = eti::index(direction);
    if (session->tcp[at].fin_waiting &&
        (!session->streams[at].started() ||
         session->streams[at].next_sequence() == session->tcp[at].fin_sequence)) {
        flow.fin_seen[at] = true;
    }
}

// is_believed_reset follows RFC 5961 section 3: a receiver takes a reset only at the very next
// byte it expects. Where that is not known, it is believed.
bool Inspector::Core::is_believed_reset(const flow::Flow& flow, const Packet& packet,
                                        Direction direction) {
    return packet.view.sequence == expected_sequence(flow, packet, direction);
}

}  // namespace eti::inspect
