// Payload of TCP flows: from the first bytes to the verdict about the certificate.
#include "core.h"

#include <algorithm>
#include <bit>

namespace eti::inspect {
namespace {

enum class Hello : uint8_t { None, Client, Server };

// first_hello looks for a TLS record that starts a handshake (RFC 8446 section 5.1).
Hello first_hello(std::span<const uint8_t> payload) {
    constexpr uint8_t kHandshake = 22;
    if (payload.size() < 6 || payload[0] != kHandshake || payload[1] != 3) {
        return Hello::None;
    }
    return payload[5] == 1 ? Hello::Client : payload[5] == 2 ? Hello::Server : Hello::None;
}

// may_be_hello asks the same of what may be its beginning only.
bool may_be_hello(std::span<const uint8_t> payload) {
    constexpr uint8_t kHandshake = 22;
    return payload.size() < 6 ? payload[0] == kHandshake && (payload.size() < 2 || payload[1] == 3)
                              : first_hello(payload) != Hello::None;
}

// may_turn_to_tls asks the scanner itself, because TLS may begin in the same segment.
bool may_turn_to_tls(Direction direction, std::span<const uint8_t> payload) {
    tls::PreambleScanner probe;
    probe.feed(direction, payload);
    return !probe.given_up();
}

// What a direction's first bytes may be.
struct Opening {
    bool tls = false;
    bool preamble = false;  // of a protocol that may turn to TLS
    bool swapped = false;   // by what it says the sender has the other role
};

Opening opening_of(std::span<const uint8_t> payload, Direction direction, bool roles_guessed) {
    Opening opening;
    const Hello hello = first_hello(payload);
    opening.tls = may_be_tls(payload[0]);
    opening.swapped =
        hello != Hello::None && (hello == Hello::Client) != (direction == Direction::Out);
    if (!opening.tls) {
        opening.preamble = may_turn_to_tls(direction, payload);
        if (!opening.preamble && roles_guessed) {
            opening.preamble = may_turn_to_tls(opposite(direction), payload);
            opening.swapped = opening.preamble;
        }
    }
    return opening;
}

}  // namespace

// speaks_again: what made the flow count as no TLS may never have reached its end. A direction that
// says its first bytes, or says them once more, is heard (insertion, Ptacek and Newsham 1998).
bool Inspector::Core::speaks_again(const flow::Flow& flow, const Packet& packet,
                                   Direction direction) const {
    const std::size_t at = eti::index(direction);
    const auto payload = packet.view.payload;
    if (!flow.sequence_known[at]) {
        return flow.packets[at] <= kHeardPackets && may_be_hello(payload);
    }
    if (payload_sequence(packet.view) != flow.initial_sequence[at]) {
        return flow.payload[at] == payload.size() + packet.view.missing;  // its first, too early
    }
    const Opening opening = opening_of(payload, direction, false);
    return opening.tls || opening.preamble;
}

Verdict Inspector::Core::inspect_payload(uint32_t index, const Packet& packet,
                                         Direction direction) {
    flow::Flow& flow = flows_.at(index);
    if (flow.session == flow::kNoSession && !begin_session(index, packet, direction)) {
        return flow.unjudged ? refuse_unjudged(index, packet, direction,
                                               expected_sequence(flow, packet, direction),
                                               Counter::BlockedResources)
                             : Verdict::Forward;
    }
    SessionState* state = inspected(flow);
    if (state == nullptr || hold_early(flow, *state, packet)) {
        return Verdict::Forward;
    }
    SessionState& session = *state;
    TlsObserver observer(session, hashing_, now_);
    const uint32_t expected = expected_sequence(flow, packet, direction);
    const stream::Accepted accepted = feed(flow, session, packet, direction, observer);
    if (accepted == stream::Accepted::Contradicting) {
        return refuse_contradiction(flow);
    }
    const Verdict verdict = act_on_findings(index, observer, packet, direction, expected);
    if (verdict == Verdict::Forward && flow.session != flow::kNoSession) {
        check_state(flow, session, accepted);
        return refuse_over_budget(index, packet, direction, expected);
    }
    return verdict;
}

// Two copies of one byte: the end gets the one that was read here, or none.
Verdict Inspector::Core::refuse_contradiction(const flow::Flow& flow) {
    counters_.add(Counter::DroppedContradicting);
    if (flow.session != flow::kNoSession) {
        metadata::Record& record = sessions_.open(flow.session).record;
        if (record.reason == metadata::Reason::None) {
            record.reason = metadata::Reason::ConflictingData;
        }
        pack_if_read(flow.session);
    }
    return Verdict::Drop;
}

// begin_session decides whether a flow's first payload is worth a session. May swap the roles.
bool Inspector::Core::begin_session(uint32_t index, const Packet& packet, Direction& direction) {
    flow::Flow& flow = flows_.at(index);
    const auto payload = packet.view.payload;
    const bool early =
        flow.sequence_known[eti::index(direction)] &&
        payload_sequence(packet.view) != flow.initial_sequence[eti::index(direction)];
    // What came too early may be the middle of anything.
    const Opening opening = early ? Opening{} : opening_of(payload, direction, flow.midstream());
    if (opening.swapped) {
        swap_roles(flow, packet);
        direction = opposite(direction);
    }
    Selection selection;
    select_flow(flow, selection);
    if (!flow.selected) {
        make_negative(flow);
        return false;
    }
    const uint16_t server_port =
        direction == Direction::Out ? packet.view.destination_port : packet.view.source_port;
    const bool names = server_port == kDnsPort;
    if (!early && !opening.tls && !opening.preamble && !names) {
        if (!packet.view.has(net::kSyn)) {  // its data may be ignored
            make_not_tls(flow);
        }
        return false;
    }
    if (!acquire_session(flow, selection, packet)) {
        flow.unjudged = flow.unjudged && !names;  // name servers are no sessions
        return false;
    }
    SessionState& session = sessions_.at(flow.session);
    session.reading = names ? Reading::Names : Reading::Tls;
    if (packet.view.has(net::kAck)) {
        note_window(flow, session, packet, direction);
        note_echo(session.tcp[eti::index(opposite(direction))], packet,
                  net::parse_tcp_options(packet.view.tcp_options()));
    }
    note_payload(flow.session, packet, direction);
    return true;
}

// keeping: bytes are kept for comparison while they could still change the verdict.
// Where one direction only is seen nothing is ever acknowledged, and a keep-alive repeats a byte at
// will: there it stays with the first copy.
stream::Keeping Inspector::Core::keeping(const flow::Flow& flow, const SessionState& session) {
    const bool both_seen = flow.packets[0] > 0 && flow.packets[1] > 0;
    const bool compare = both_seen && session.reading == Reading::Tls && !session.decided();
    return {segments_, options_.out_of_order_segments_per_direction, compare};
}

// hold_early takes the data of a client's SYN (RFC 7413), which the server may ignore: its answer
// tells.
bool Inspector::Core::hold_early(flow::Flow& flow, SessionState& session, const Packet& packet) {
    auto& stream = session.streams[eti::index(Direction::Out)];
    if (!packet.view.has(net::kSyn)) {
        return false;
    }
    if (!stream.started()) {
        stream.start(flow.initial_sequence[eti::index(Direction::Out)]);
        session.early =
            stream.hold(payload_sequence(packet.view), packet.view.payload, keeping(flow, session));
    }
    return true;
}

void Inspector::Core::settle_early(SessionState& session, bool taken) {
    auto& stream = session.streams[eti::index(Direction::Out)];
    session.early = false;
    if (!taken) {
        stream.forget(segments_);
    }
}

// read_early: with the server's answer the SYN's data counts, though no more may follow.
void Inspector::Core::read_early(uint32_t index, const Packet& packet) {
    flow::Flow& flow = flows_.at(index);
    SessionState* state = inspected(flow);
    if (state == nullptr || state->early || !state->streams[eti::index(Direction::Out)].has_gap()) {
        return;
    }
    SessionState& session = *state;
    auto& client = session.streams[eti::index(Direction::Out)];
    TlsObserver observer(session, hashing_, now_);
    client.resolve(keeping(flow, session), [&](std::span<const uint8_t> bytes) {
        feed_tls(session, Direction::Out, bytes, observer);
    });
    act_on_findings(index, observer, packet, Direction::In, 0);
    if (flow.session != flow::kNoSession) {
        check_state(flow, session, stream::Accepted::InOrder);
    }
}

stream::Accepted Inspector::Core::feed(flow::Flow& flow, SessionState& session,
                                       const Packet& packet, Direction direction,
                                       TlsObserver& observer) {
    const std::size_t at = eti::index(direction);
    auto& stream = session.streams[at];
    const uint32_t sequence = payload_sequence(packet.view);
    if (!stream.started()) {
        // Without a SYN it begins where a hello does, or where the other end waits for it.
        const bool told =
            flow.sequence_known[at] ||
            (flow.sequence_awaited[at] && first_hello(packet.view.payload) == Hello::None);
        stream.start(told ? flow.initial_sequence[at] : sequence);
    }
    const auto read = [&](Direction from) {
        return
            [&, from](std::span<const uint8_t> bytes) { feed_tls(session, from, bytes, observer); };
    };
    auto& client = session.streams[eti::index(Direction::Out)];
    if (session.early && direction == Direction::Out) {
        settle_early(session, sequence != client.next_sequence());
    }
    if (!session.early && client.has_gap()) {
        client.resolve(keeping(flow, session), read(Direction::Out));
    }
    if (packet.view.has(net::kUrg)) {
        // Linux reads the pointer as the byte after the urgent one (RFC 793, not RFC 1122), and 0
        // as the first byte.
        const uint32_t back = packet.view.urgent_pointer == 0 ? 0 : 1;
        stream.urgent(packet.view.sequence + packet.view.urgent_pointer - back);
    }
    return stream.accept(sequence, packet.view.payload, keeping(flow, session), read(direction));
}

// feed_tls passes over what another protocol says before TLS.
void Inspector::Core::feed_tls(SessionState& session, Direction direction,
                               std::span<const uint8_t> bytes, TlsObserver& observer) {
    if (!session.begun) {
        session.begun = true;
        session.in_preamble = !may_be_tls(bytes[0]);
        if (!session.in_preamble) {
            session.reading = Reading::Tls;
        }
    }
    if (session.reading == Reading::Names && !turn_to_tls(session, direction, bytes[0])) {
        if (direction == Direction::In) {
            read_names(session, bytes);
        }
        return;
    }
    if (session.in_preamble && !session.preamble.found(direction)) {
        const std::size_t begin = session.preamble.feed(direction, bytes);
        if (begin == tls::PreambleScanner::npos) {
            return;
        }
        session.tls.feed(direction, session.preamble.held(direction), assembly_, observer);
        bytes = bytes.subspan(begin);
    }
    session.tls.feed(direction, bytes, assembly_, observer);
}

// turn_to_tls: on a name server's port a client opens with a hello all the same.
bool Inspector::Core::turn_to_tls(SessionState& session, Direction direction, uint8_t first) {
    const bool opens = direction == Direction::Out && !session.names_asked;
    session.names_asked = session.names_asked || opens;
    if (!opens || !may_be_tls(first)) {
        return false;
    }
    session.reading = Reading::Tls;
    session.in_preamble = false;
    return true;
}

// read_names: answers of a name server over TCP.
void Inspector::Core::read_names(SessionState& session, std::span<const uint8_t> bytes) {
    constexpr std::size_t kMost = dns::TcpMessages::kMaxMessageBytes;
    if (session.names_buffer.empty()) {
        session.names_buffer = assembly_.allocate(kMost);
    }
    if (session.names_buffer.size() < kMost) {
        counters_.add(Counter::NamesOverBudget);
        return;
    }
    std::span<const uint8_t> message;
    while (session.names.next(bytes, session.names_buffer.first<kMost>(), message)) {
        note_answer(message, session.record.client.ip);
    }
}

// check_state gives up, with a reason, what cannot or need not be followed any longer.
void Inspector::Core::check_state(flow::Flow& flow, SessionState& session,
                                  stream::Accepted accepted) {
    using tls::SessionState;
    const tls::SessionState state = session.tls.state();
    const bool decided = session.decided();
    const bool no_turn =
        session.in_preamble && session.reading == Reading::Tls && session.preamble.given_up();
    if ((state == SessionState::NotTls || no_turn) && !flow.recognised) {
        make_not_tls(flow);
        return;
    }
    if (accepted == stream::Accepted::OverBudget) {
        if (!flow.recognised) {  // a hello that comes later is heard all the same
            counters_.add(Counter::StreamOverBudget);
            make_not_tls(flow);
            return;
        }
        if (!decided || session.keeps_bytes()) {
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
    const bool over_bytes =
        std::max(session.streams[0].delivered(), session.streams[1].delivered()) >
        options_.inspected_bytes_per_direction;
    if (over_bytes && !decided && session.reading == Reading::Tls) {
        counters_.add(Counter::BytesOverBudget);
        session.over_budget = true;
    }
    const bool broken = state == SessionState::Broken || state == SessionState::NotTls;
    if (broken && !session.broken) {
        session.broken = true;
        counters_.add(Counter::TlsMalformed);
    }
    // What decided may not have reached its end: until that is sure, other copies are refused.
    const bool learnt = broken || (decided && session.counts->records_full());
    if ((over_bytes && !decided) || ((over_bytes || learnt) && !session.keeps_bytes())) {
        stop_inspecting(session);
    }
}

}  // namespace eti::inspect
