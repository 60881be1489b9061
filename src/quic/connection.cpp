#include "eti/quic/connection.h"

#include "quic/frames.h"
#include "quic/packet_reader.h"

#include <algorithm>

namespace eti::quic {

// Steering is one feed(): the connection with the direction being read and what the caller lent.
class Connection::Steering {
  public:
    Steering(Connection& connection, Direction direction, Crypto& crypto, tls::AssemblyPool& pool,
             ConnectionVisitor& visitor)
        : connection_(connection),
          direction_(connection.roles_swapped_ ? opposite(direction) : direction),
          crypto_(crypto),
          pool_(pool),
          visitor_(visitor) {}

    void run(std::span<const uint8_t> datagram);

  private:
    bool is_ignored(const Packet& packet, const Packet& first) const;
    bool stopped() const {
        return connection_.state_ == State::NotQuic || connection_.state_ == State::OverBudget;
    }
    // The id that keys come from is known.
    bool keyed() const { return connection_.version_ != 0; }
    Side& side(Direction direction) const { return connection_.sides_[index(direction)]; }

    void stop(State state, Error error);
    void take(const Packet& packet);
    void short_packet();
    void retry(const Packet& packet);
    void version_negotiation(const Packet& packet);

    bool exhausted() const {
        return connection_.opened_ >= kMaxOpened || connection_.failed_ >= kMaxFailed;
    }
    void initial(const Packet& packet);
    bool open(const Packet& packet, std::span<const uint8_t>& frames);
    bool open_with_current(const Packet& packet, std::span<const uint8_t>& frames);
    bool open_other_version(const Packet& packet, std::span<const uint8_t>& frames);
    bool open_as_client(const Packet& packet, std::span<const uint8_t>& frames);
    bool open_reversed(const Packet& packet, std::span<const uint8_t>& frames);
    bool continues(const Packet& packet, const ConnectionId& id) const;
    void start_anew(uint32_t version, const ConnectionId& id);
    void count(bool opened);

    void read_frames(std::span<const uint8_t> payload);
    void crypto_data(const Frame& frame);
    void message(const CryptoStream::Message& message);
    void client_hello(const CryptoStream::Message& message);
    void server_hello(const CryptoStream::Message& message);

    Connection& connection_;
    Direction direction_;
    Crypto& crypto_;
    tls::AssemblyPool& pool_;
    ConnectionVisitor& visitor_;
    bool taken_ = false;  // an Initial packet of this datagram was opened
};

void Connection::reset(tls::AssemblyPool& pool) {
    release(pool);
    *this = {};
}

void Connection::release(tls::AssemblyPool& pool) {
    for (Side& side : sides_) {
        side.stream.finish(pool);
    }
}

State Connection::feed(Direction direction, std::span<const uint8_t> datagram, Crypto& crypto,
                       tls::AssemblyPool& pool, ConnectionVisitor& visitor) {
    Steering(*this, direction, crypto, pool, visitor).run(datagram);
    return state_;
}

void Connection::Steering::run(std::span<const uint8_t> datagram) {
    connection_.superseded_ = false;
    wire::Reader rest(datagram);
    Packet first;
    while (!rest.empty() && !stopped() && !connection_.superseded_) {
        Packet packet;
        const bool is_first = rest.remaining() == datagram.size();
        if (!read_packet(rest, packet)) {
            break;
        }
        if (is_first) {
            first = packet;
        } else if (is_ignored(packet, first)) {
            continue;
        }
        take(packet);
    }
    if (connection_.state_ == State::Detecting && ++connection_.unrecognised_ >= kMaxUnrecognised) {
        stop(State::NotQuic, Error::None);
    }
}

// is_ignored is for the packets behind a datagram's first. RFC 9000 section 12.2: all long headers
// name one destination. Some pad with zeros, outside of any packet.
bool Connection::Steering::is_ignored(const Packet& packet, const Packet& first) const {
    constexpr uint8_t kFixedBit = 0x40;
    if (packet.type == PacketType::Short) {
        return (packet.bytes.front() & kFixedBit) == 0;
    }
    return !std::ranges::equal(packet.destination.bytes(), first.destination.bytes());
}

void Connection::Steering::stop(State state, Error error) {
    connection_.state_ = state;
    connection_.error_ = error;
    connection_.release(pool_);
}

void Connection::Steering::take(const Packet& packet) {
    switch (packet.type) {
        case PacketType::Initial:
            initial(packet);
            return;
        case PacketType::Retry:
            retry(packet);
            break;
        case PacketType::VersionNegotiation:
            version_negotiation(packet);
            break;
        case PacketType::Short:
            short_packet();
            break;
        case PacketType::ZeroRtt:
        case PacketType::Handshake:
        case PacketType::Unknown:
            break;
    }
    visitor_.packet(direction_, packet.type, packet.bytes.size());
}

// A few may overtake the hellos; more of them mean that the handshake is over.
void Connection::Steering::short_packet() {
    if (connection_.state_ != State::Handshaking) {
        return;
    }
    ++connection_.short_packets_;
    if (connection_.client_hello_seen_ && connection_.short_packets_ >= kShortAfterHello) {
        connection_.state_ = State::Finished;
        connection_.release(pool_);
    } else if (connection_.short_packets_ >= kShortWithoutHello) {
        stop(State::OverBudget, Error::Incomplete);
    }
}

// RFC 9000 section 17.2.5. The integrity tag is not checked: its key is public, so it keeps out
// damage, not forgery, and nothing rests on it. The client's next Initial must be authentic under
// the id given here; a false Retry leads to no such packet.
void Connection::Steering::retry(const Packet& packet) {
    if (direction_ == Direction::In && keyed() && !connection_.server_opened_ &&
        packet.version == connection_.version_) {
        connection_.server_id_ = ConnectionId(packet.source.bytes());
        connection_.retried_ = true;
    }
}

// RFC 9000 section 6.2: the client starts again in a version both know. It ignores a packet that
// does not return its id, or comes after one that was authentic.
void Connection::Steering::version_negotiation(const Packet& packet) {
    if (direction_ == Direction::In && keyed() && !connection_.server_opened_ &&
        packet.source.remaining() <= ConnectionId::kMaxBytes &&
        ConnectionId(packet.source.bytes()) == connection_.first_id_) {
        connection_.version_negotiated_ = true;
    }
}

void Connection::Steering::initial(const Packet& packet) {
    std::span<const uint8_t> frames;
    const bool opened = !exhausted() && open(packet, frames);
    if (connection_.superseded_) {
        return;
    }
    visitor_.packet(direction_, packet.type, packet.bytes.size());
    if (opened) {
        taken_ = true;
        read_frames(frames);
    }
}

// Packets that have nothing new are not opened: after the handshake a client's are of interest
// only when they begin another connection.
bool Connection::Steering::open(const Packet& packet, std::span<const uint8_t>& frames) {
    if (direction_ == Direction::In) {
        if (side(Direction::In).stream.finished()) {
            return false;
        }
    } else if (connection_.state_ == State::Finished) {
        const ConnectionId id(packet.destination.bytes());
        if (id == connection_.first_id_ || id == connection_.server_id_) {
            return false;
        }
    }
    bool opened = open_with_current(packet, frames) || open_other_version(packet, frames);
    if (opened && direction_ == Direction::In) {
        connection_.server_opened_ = true;
        connection_.server_id_ = ConnectionId(packet.source.bytes());
    }
    if (!opened) {
        opened = direction_ == Direction::Out ? open_as_client(packet, frames)
                                              : open_reversed(packet, frames);
    }
    count(opened);
    return opened;
}

void Connection::Steering::count(bool opened) {
    if (opened) {
        ++connection_.opened_;
        if (connection_.state_ == State::Detecting) {
            connection_.state_ = State::Handshaking;
        }
    } else {
        ++connection_.failed_;
    }
    if (!exhausted()) {
        return;
    }
    if (connection_.state_ == State::Finished) {
        connection_.error_ = Error::TooManyPackets;
    } else {
        stop(connection_.state_ == State::Detecting ? State::NotQuic : State::OverBudget,
             Error::TooManyPackets);
    }
}

bool Connection::Steering::open_with_current(const Packet& packet,
                                             std::span<const uint8_t>& frames) {
    if (!keyed() || packet.version != connection_.version_) {
        return false;
    }
    Side& from = side(direction_);
    if (!from.keyed) {
        from.keys = crypto_.derive(connection_.version_, connection_.first_id_, direction_);
        from.keyed = true;
    }
    return crypto_.open(from.keys, packet.bytes, packet.number_offset, from.next_number, frames);
}

// RFC 9368 section 2.3: a server may answer in another, compatible version, and the client goes on
// in it. The keys come from the same id.
bool Connection::Steering::open_other_version(const Packet& packet,
                                              std::span<const uint8_t>& frames) {
    if (!keyed() || packet.version == connection_.version_) {
        return false;
    }
    const PacketKeys keys = crypto_.derive(packet.version, connection_.first_id_, direction_);
    if (!crypto_.open(keys, packet.bytes, packet.number_offset, side(direction_).next_number,
                      frames)) {
        return false;
    }
    connection_.version_ = packet.version;
    side(opposite(direction_)).keyed = false;
    side(direction_).keys = keys;
    side(direction_).keyed = true;
    return true;
}

// A client's first packet, and the one after a Retry, carry the id their keys come from.
bool Connection::Steering::open_as_client(const Packet& packet, std::span<const uint8_t>& frames) {
    const ConnectionId id(packet.destination.bytes());
    if (keyed() && id == connection_.first_id_) {
        return false;
    }
    const PacketKeys keys = crypto_.derive(packet.version, id, Direction::Out);
    uint64_t next_number = 0;
    if (!crypto_.open(keys, packet.bytes, packet.number_offset, next_number, frames)) {
        return false;
    }
    if (connection_.client_hello_seen_ && !continues(packet, id)) {
        // A caller that starts over with a datagram does so once.
        connection_.superseded_ = !taken_;
        return false;
    }
    start_anew(packet.version, id);
    Side& client = side(Direction::Out);
    client.keys = keys;
    client.keyed = true;
    client.next_number = next_number;
    return true;
}

// What the server seems to send may be a client's first packet: the caller took the sides for the
// other way round, or somebody wants us to.
bool Connection::Steering::open_reversed(const Packet& packet, std::span<const uint8_t>& frames) {
    direction_ = Direction::Out;
    if (open_as_client(packet, frames)) {
        connection_.roles_swapped_ = !connection_.roles_swapped_;
        return true;
    }
    direction_ = Direction::In;
    return false;
}

bool Connection::Steering::continues(const Packet& packet, const ConnectionId& id) const {
    return (connection_.retried_ && id == connection_.server_id_) ||
           (connection_.version_negotiated_ && packet.version != connection_.version_);
}

// Hellos that were reported stay so.
void Connection::Steering::start_anew(uint32_t version, const ConnectionId& id) {
    for (Side& one : connection_.sides_) {
        one.keyed = false;
        one.next_number = 0;
    }
    if (!connection_.client_hello_seen_) {
        side(Direction::Out).stream.reset(pool_);
        connection_.error_ = Error::None;
    }
    if (!connection_.server_hello_seen_) {
        side(Direction::In).stream.reset(pool_);
    }
    connection_.version_ = version;
    connection_.first_id_ = id;
    connection_.server_id_ = {};
    connection_.short_packets_ = 0;
    connection_.server_opened_ = false;
    connection_.retried_ = false;
    connection_.version_negotiated_ = false;
}

void Connection::Steering::read_frames(std::span<const uint8_t> payload) {
    wire::Reader rest(payload);
    Frame frame;
    while (!stopped() && read_frame(rest, frame)) {
        if (frame.kind == Frame::Kind::Crypto) {
            crypto_data(frame);
        } else if (frame.kind == Frame::Kind::Close) {
            visitor_.close(direction_, frame.code);
        }
    }
}

void Connection::Steering::crypto_data(const Frame& frame) {
    CryptoStream& stream = side(direction_).stream;
    while (!stopped()) {
        CryptoStream::Message whole;
        const auto event = stream.add(frame.offset, frame.data.bytes(), pool_, whole);
        connection_.conflicting_ = connection_.conflicting_ || stream.conflicting();
        switch (event) {
            case CryptoStream::Event::NeedMore:
                return;
            case CryptoStream::Event::Message:
                message(whole);
                break;
            case CryptoStream::Event::NoMemory:
                stop(State::OverBudget, Error::AssemblyFull);
                break;
            case CryptoStream::Event::TooLong:
                stop(State::OverBudget, Error::MessageTooLong);
                break;
        }
    }
}

void Connection::Steering::message(const CryptoStream::Message& message) {
    if (direction_ == Direction::Out) {
        client_hello(message);
    } else {
        server_hello(message);
    }
    if (connection_.client_hello_seen_ && connection_.server_hello_seen_) {
        connection_.state_ = State::Finished;
    }
}

// Of the client only the first hello is wanted. One that cannot be read ends its stream, but not
// the connection: the server may have refused it, and the client may try again.
void Connection::Steering::client_hello(const CryptoStream::Message& message) {
    tls::ClientHello hello;
    if (message.type == tls::HandshakeType::ClientHello &&
        tls::parse_client_hello(message.body, hello) == tls::ParseError::None) {
        connection_.client_hello_seen_ = true;
        visitor_.client_hello(hello);
    } else {
        connection_.error_ = Error::ClientHello;
    }
    side(Direction::Out).stream.finish(pool_);
}

// RFC 8446 section 4.1.4: at most one HelloRetryRequest before the ServerHello.
void Connection::Steering::server_hello(const CryptoStream::Message& message) {
    CryptoStream& stream = side(Direction::In).stream;
    tls::ServerHello hello;
    if (message.type != tls::HandshakeType::ServerHello ||
        tls::parse_server_hello(message.body, hello) != tls::ParseError::None ||
        (hello.hello_retry_request && connection_.hello_retried_)) {
        connection_.error_ = Error::ServerHello;
        stream.finish(pool_);
        return;
    }
    visitor_.server_hello(hello);
    if (hello.hello_retry_request) {
        connection_.hello_retried_ = true;
    } else {
        connection_.server_hello_seen_ = true;
        stream.finish(pool_);
    }
}

}  // namespace eti::quic
