// Two endpoints with an inspector in the wire between them: plays a StreamCase, either plainly or
// by its script, and keeps what each end has received.
#pragma once

#include "eti/base/check.h"
#include "tests/support/inspect_check.h"
#include "tests/support/stream_script.h"

#include <array>
#include <cstring>
#include <vector>

namespace eti::test {

class WatchedConnection {
  public:
    WatchedConnection(InspectBench& bench, const StreamCase& made);

    void play_plainly();  // every turn in one segment
    void play_script();

    bool blocked() const { return blocked_; }
    // Data that its receiver ignores was sent where the next byte was expected.
    bool decoyed() const { return decoyed_; }
    // What of each turn reached the other end, in order.
    std::vector<Turn> received() const;

  private:
    struct End {
        Bytes said;
        Bytes passed;               // by byte: 1 when forwarded to the other end
        std::size_t delivered = 0;  // passed without a gap
        std::size_t total = 0;      // what it will have said after the last turn
        uint32_t first = 0;         // sequence number of the first byte
        bool finished = false;      // a FIN was sent
    };
    struct Played {
        Direction direction;
        std::size_t begin;
        std::size_t size;
    };
    static constexpr uint16_t kClientPort = 40'000;
    enum class Damage : uint8_t { None, Checksum, Side };

    End& end(Direction direction) { return ends_[index(direction)]; }
    uint32_t acknowledgment(Direction from);
    void open(bool early);
    void begin_turn(const Turn& turn);
    bool step(Direction direction, const SegmentStep& step);
    void rest(Direction direction, const SegmentStep& step);
    void ignored(Direction direction, const SegmentStep& step);
    void rewritten(Direction direction, std::size_t from, std::size_t size,
                   const SegmentStep& step);
    void say(Direction direction, std::size_t from, std::size_t size, const SegmentStep& step);
    void acknowledge(Direction direction, const SegmentStep& step);
    void receive(Direction direction, std::size_t from, std::size_t size);
    inspect::Verdict transmit(Direction direction, uint32_t sequence, const Bytes& payload,
                              uint8_t flags, const SegmentStep& step, Damage damage = Damage::None);
    inspect::Verdict transmit_frame(Direction direction, const Bytes& ip, Damage damage);
    void check_close(Direction direction, const inspect::Packet& packet);

    InspectBench& bench_;
    const StreamCase& made_;
    std::array<End, 2> ends_;
    std::vector<Played> played_;
    std::array<Bytes, 2> addresses_;  // client, server
    Bytes ethernet_;
    const Encapsulation* encapsulation_ = nullptr;  // instead of Ethernet alone
    uint16_t identification_ = 1;
    bool scripted_ = false;
    bool blocked_ = false;
    bool decoyed_ = false;
    bool rewritten_passed_ = false;  // a byte's other value was forwarded
    bool may_have_ended_ = false;    // a reset or a FIN was sent
};

inline WatchedConnection::WatchedConnection(InspectBench& bench, const StreamCase& made)
    : bench_(bench),
      made_(made),
      addresses_{ip_bytes(made.ipv6 ? "2001:db8:1::10" : "10.0.1.10"),
                 ip_bytes(made.ipv6 ? "2001:db8:2::1" : "192.0.2.1")},
      ethernet_(ethernet(made.ipv6 ? 0x86dd : 0x0800)) {
    end(Direction::Out).first = made.sequence;
    end(Direction::In).first = made.sequence * 3 + 1;
    for (const Turn& turn : made.turns) {
        end(turn.direction).total += turn.bytes.size();
    }
}

// What `from` has received of the other end.
inline uint32_t WatchedConnection::acknowledgment(Direction from) {
    const End& other = end(opposite(from));
    const bool fin = other.finished && other.delivered == other.total;
    return other.first + static_cast<uint32_t>(other.delivered) + (fin ? 1U : 0U);
}

inline inspect::Verdict WatchedConnection::transmit_frame(Direction direction, const Bytes& ip,
                                                          Damage damage) {
    Bytes frame;
    if (encapsulation_ == nullptr) {
        frame.reserve(ethernet_.size() + ip.size());
        frame = ethernet_;
        frame.insert(frame.end(), ip.begin(), ip.end());
    } else {
        frame = encapsulation_->frame(ip, direction == Direction::In);
    }
    const bool from_client = (direction == Direction::Out) != (damage == Damage::Side);
    bench_.now += std::chrono::milliseconds(1);
    bench_.inspector.begin_burst(bench_.now);
    const auto packet =
        inspect::classify(frame, 0, from_client ? kClientSide : kServerSide, bench_.hasher);
    const auto verdict = bench_.inspector.inspect(packet);
    check_resets(bench_, packet);
    if (verdict == inspect::Verdict::Close && !blocked_) {
        check_close(direction, packet);
    }
    blocked_ = blocked_ || verdict == inspect::Verdict::Close;
    bench_.inspector.end_burst();
    return verdict;
}

// Each end takes a reset only at the very next byte it expects (RFC 5961 section 3).
inline void WatchedConnection::check_close(Direction direction, const inspect::Packet& packet) {
    const auto resets = bench_.inspector.resets();
    ETI_CHECK(resets.size() == 2);
    ETI_CHECK(packet.parsed == net::ParseResult::Transport ||
              packet.parsed == net::ParseResult::Fragment);
    for (const inspect::Reset& reset : resets) {
        const bool to_receiver = reset.toward == net::Toward::Receiver;
        ETI_CHECK(reset.sequence == acknowledgment(to_receiver ? opposite(direction) : direction));
    }
}

inline inspect::Verdict WatchedConnection::transmit(Direction direction, uint32_t sequence,
                                                    const Bytes& payload, uint8_t flags,
                                                    const SegmentStep& step, Damage damage) {
    const bool out = direction == Direction::Out;
    const uint16_t port = made_.name_server ? 53 : 443;
    const SegmentHead head{
        .source = addresses_[out ? 0 : 1],
        .destination = addresses_[out ? 1 : 0],
        .source_port = out ? kClientPort : port,
        .destination_port = out ? port : kClientPort,
        .sequence = sequence,
        .acknowledgment = (flags & net::kAck) != 0 ? acknowledgment(direction) : 0,
        .flags = flags};
    Bytes ip = ip_segment(head, payload);
    if (damage == Damage::Checksum) {
        ip[(made_.ipv6 ? 40U : 20U) + 16U] ^= 0x55;
    }
    if (!scripted_ || !step.fragmented) {
        return transmit_frame(direction, ip, damage);
    }
    auto verdict = inspect::Verdict::Forward;
    auto pieces = fragments(ip, step.pieces + 2U, identification_++);
    if (step.reversed) {
        std::reverse(pieces.begin(), pieces.end());
    }
    for (const Bytes& piece : pieces) {
        ETI_CHECK(verdict == inspect::Verdict::Forward || blocked_);
        verdict = transmit_frame(direction, piece, damage);
    }
    return verdict;
}

inline void WatchedConnection::receive(Direction direction, std::size_t from, std::size_t size) {
    End& sender = end(direction);
    if (sender.passed.empty()) {
        return;
    }
    std::memset(sender.passed.data() + from, 1, size);
    const auto* gap = static_cast<const uint8_t*>(std::memchr(
        sender.passed.data() + sender.delivered, 0, sender.passed.size() - sender.delivered));
    sender.delivered = gap == nullptr ? sender.passed.size()
                                      : static_cast<std::size_t>(gap - sender.passed.data());
}

// A true segment is forwarded, unless the connection is being cut.
inline void WatchedConnection::say(Direction direction, std::size_t from, std::size_t size,
                                   const SegmentStep& step) {
    End& sender = end(direction);
    size = std::min(size, sender.said.size() - from);
    uint8_t flags = net::kAck;
    if (step.finishes && from + size == sender.total) {
        flags |= net::kFin;
        may_have_ended_ = true;
    }
    if (size == 0 && (flags & net::kFin) == 0) {
        return;
    }
    const auto begin = sender.said.begin() + static_cast<std::ptrdiff_t>(from);
    const Bytes payload(begin, begin + static_cast<std::ptrdiff_t>(size));
    const uint32_t sequence = sender.first + static_cast<uint32_t>(from);
    const auto verdict = transmit(direction, sequence, payload, flags, step);
    if (verdict != inspect::Verdict::Forward && rewritten_passed_) {
        return;  // of a flow that had been no TLS the other copy may be the first one heard
    }
    ETI_CHECK((verdict == inspect::Verdict::Forward) == !blocked_);
    if (verdict == inspect::Verdict::Forward) {
        sender.finished = sender.finished || (flags & net::kFin) != 0;
        receive(direction, from, size);
    }
}

inline void WatchedConnection::acknowledge(Direction direction, const SegmentStep& step) {
    const End& sender = end(direction);
    const auto sequence =
        sender.first + static_cast<uint32_t>(sender.said.size()) + (sender.finished ? 1U : 0U);
    transmit(direction, sequence, {}, net::kAck, step);
}

// The server may ignore the data of a SYN (RFC 7413); then the client repeats it.
inline void WatchedConnection::open(bool early) {
    End& client = end(Direction::Out);
    End& server = end(Direction::In);
    Bytes data;
    if (early && !made_.turns.empty() && made_.turns[0].direction == Direction::Out) {
        data = made_.turns[0].bytes;
        data.resize(std::min<std::size_t>(data.size(), 1'000));
    }
    transmit(Direction::Out, client.first - 1, data, net::kSyn, {});
    const bool taken = made_.early_taken && !data.empty();
    if (taken) {
        client.said = data;
        client.passed.assign(data.size(), 1);
        client.delivered = data.size();
    }
    transmit(Direction::In, server.first - 1, {}, net::kSyn | net::kAck, {});
    transmit(Direction::Out, client.first + static_cast<uint32_t>(client.delivered), {}, net::kAck,
             {});
}

inline void WatchedConnection::begin_turn(const Turn& turn) {
    End& sender = end(turn.direction);
    std::size_t begin = sender.said.size();
    if (played_.empty() && begin > 0) {  // the SYN carried some of it
        begin = 0;
        sender.said.clear();
    }
    played_.push_back({turn.direction, begin, turn.bytes.size()});
    sender.said.insert(sender.said.end(), turn.bytes.begin(), turn.bytes.end());
    sender.passed.resize(sender.said.size());
}

inline void WatchedConnection::play_plainly() {
    open(false);
    for (const Turn& turn : made_.turns) {
        begin_turn(turn);
        say(turn.direction, played_.back().begin, turn.bytes.size(), {});
    }
}

inline void WatchedConnection::play_script() {
    constexpr unsigned kMaxSteps = 96;
    scripted_ = true;
    const Encapsulation& chosen = encapsulations()[made_.encapsulation];
    if (made_.encapsulation > 0 && (made_.ipv6 ? !chosen.v4_only : !chosen.v6_only)) {
        encapsulation_ = &chosen;
    }
    open(made_.early_data);
    wire::Reader script = made_.script;
    unsigned steps = 0;
    for (const Turn& turn : made_.turns) {
        begin_turn(turn);
        SegmentStep next;
        while (end(turn.direction).delivered < end(turn.direction).said.size() &&
               steps++ < kMaxSteps && read_step(script, next) && !blocked_ &&
               step(turn.direction, next)) {
        }
        rest(turn.direction, {});
    }
}

// step answers whether the turn's script goes on.
inline bool WatchedConnection::step(Direction direction, const SegmentStep& step) {
    const std::size_t next = end(direction).delivered;
    const std::size_t back = next - std::min<std::size_t>(next, step.first * std::size_t{4});
    switch (step.kind) {
        using enum SegmentStep::Kind;
        case Few:
            say(direction, next, step.second + std::size_t{1}, step);
            return true;
        case Many:
            say(direction, next, (step.second + std::size_t{1}) * 16, step);
            return true;
        case Ahead: {
            const std::size_t from = next + 1 + step.first * std::size_t{4};
            if (from < end(direction).said.size()) {
                say(direction, from, 1 + step.second * std::size_t{4}, step);
            }
            return true;
        }
        case Again:
            say(direction, back, 1 + step.second * std::size_t{8}, step);
            return true;
        case Acknowledge:
            acknowledge(opposite(direction), step);
            return true;
        case Ignored:
            ignored(direction, step);
            return true;
        case Rewritten:
            rewritten(direction, back, 1 + step.second * std::size_t{8}, step);
            return true;
        case Rest:
            rest(direction, step);
            return false;
    }
    return true;
}

// The bytes of the turn that have not passed, in pieces.
inline void WatchedConnection::rest(Direction direction, const SegmentStep& step) {
    constexpr std::size_t kMostPieces = 256;
    End& sender = end(direction);
    const std::size_t left = sender.said.size() - sender.delivered;
    std::size_t piece = left;
    if (step.kind == SegmentStep::Kind::Rest && step.first > 0) {
        piece = std::max<std::size_t>(step.first, left / kMostPieces + 1);
    }
    std::vector<std::size_t> starts;
    for (std::size_t at = sender.delivered; at < sender.said.size(); at += piece) {
        starts.push_back(at);
    }
    if ((step.second & 1) != 0) {
        std::reverse(starts.begin(), starts.end());
    }
    for (const std::size_t start : starts) {
        if (!blocked_) {
            say(direction, start, piece, step);
        }
    }
}

// A byte that has passed, with another value: it is dropped, or its receiver has it already.
inline void WatchedConnection::rewritten(Direction direction, std::size_t from, std::size_t size,
                                         const SegmentStep& step) {
    const End& sender = end(direction);
    size = std::min(size, sender.said.size() - from);
    if (from >= sender.delivered || size == 0) {
        return;
    }
    const auto begin = sender.said.begin() + static_cast<std::ptrdiff_t>(from);
    Bytes payload(begin, begin + static_cast<std::ptrdiff_t>(size));
    payload[0] ^= 0x20;
    const auto verdict =
        transmit(direction, sender.first + static_cast<uint32_t>(from), payload, net::kAck, step);
    if (verdict == inspect::Verdict::Forward) {
        rewritten_passed_ = true;
        receive(direction, from, size);
    }
}

// Segments that no endpoint believes; what they say must be lost on the inspector too.
inline void WatchedConnection::ignored(Direction direction, const SegmentStep& step) {
    const End& sender = end(direction);
    const auto next = sender.first + static_cast<uint32_t>(sender.delivered);
    Bytes decoy(step.second + std::size_t{1}, step.first);
    if (step.second > 9) {
        const Bytes hello = record(tls::ContentType::Handshake, server_hello());
        std::copy_n(hello.begin(), std::min(hello.size(), decoy.size()), decoy.begin());
    }
    switch (step.first % 6) {
        case 0:
            decoyed_ = true;
            transmit(direction, next, decoy, net::kAck, step, Damage::Checksum);
            break;
        case 1:
            transmit(direction, next, decoy, net::kPsh, step);
            break;
        case 2:
            may_have_ended_ = true;
            transmit(direction, next + 1 + step.second, {}, net::kRst, step);
            break;
        case 3:
            decoyed_ = true;
            transmit(direction, next, decoy, net::kAck, step, Damage::Side);
            break;
        case 4:
            if (!may_have_ended_) {  // else it may be a new connection
                transmit(direction, next + 0x1000'0000U, {}, net::kSyn, step);
            }
            break;
        case 5:  // keep-alive (RFC 9293 section 3.8.4)
            transmit(direction, next - 1, {}, net::kAck, step);
            break;
    }
}

inline std::vector<Turn> WatchedConnection::received() const {
    std::vector<Turn> turns;
    for (const Played& played : played_) {
        const End& sender = ends_[index(played.direction)];
        const std::size_t until =
            std::clamp(sender.delivered, played.begin, played.begin + played.size);
        const auto begin = sender.said.begin() + static_cast<std::ptrdiff_t>(played.begin);
        turns.push_back({played.direction,
                         Bytes(begin, begin + static_cast<std::ptrdiff_t>(until - played.begin))});
    }
    return turns;
}

}  // namespace eti::test
