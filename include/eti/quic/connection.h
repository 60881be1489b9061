// One QUIC connection as a passive observer reads it: the Initial packets of both sides, which
// carry ClientHello and ServerHello (RFC 9000, RFC 9001, RFC 9369, and the drafts before them).
// All else is encrypted with keys that are not on the wire.
#pragma once

#include "eti/base/direction.h"
#include "eti/quic/crypto.h"
#include "eti/quic/crypto_stream.h"
#include "eti/quic/packet.h"
#include "eti/tls/assembly_pool.h"
#include "eti/tls/client_hello.h"
#include "eti/tls/server_hello.h"

#include <array>
#include <cstdint>
#include <span>

namespace eti::quic {

// ConnectionVisitor receives what a Connection finds. Borrowed data is valid inside the call only.
class ConnectionVisitor {
  public:
    virtual ~ConnectionVisitor() = default;
    // The first ClientHello, once.
    virtual void client_hello(const tls::ClientHello& hello) = 0;
    // A HelloRetryRequest, marked so, and then the ServerHello.
    virtual void server_hello(const tls::ServerHello& hello) = 0;
    // A CONNECTION_CLOSE in an Initial packet; codes 0x100 to 0x1ff are TLS alerts (RFC 9001
    // section 4.8).
    virtual void close(Direction direction, uint64_t code) = 0;
    // Each packet that is framed, authentic or not, before anything in it is reported. Those that
    // endpoints ignore for their destination (RFC 9000 section 12.2) are left out.
    virtual void packet(Direction direction, PacketType type, std::size_t length) = 0;
};

enum class State : uint8_t {
    Detecting,    // no authentic Initial packet yet
    NotQuic,      // too many datagrams without one
    Handshaking,  // hellos may still come
    Finished,     // both hellos were seen, or the client's and then packets past the handshake
    OverBudget,   // given up; see error()
};

// ClientHello and ServerHello name a message that could not be parsed or is out of place: the
// visitor did not get it. The others end the reading, with NotQuic or OverBudget.
enum class Error : uint8_t {
    None,
    ClientHello,
    ServerHello,
    AssemblyFull,
    MessageTooLong,
    TooManyPackets,  // Initial packets beyond the bounds below; after Finished it ends nothing, but
                     // another connection between the same ends is no longer noticed
    Incomplete,      // packets past the handshake flow, but parts of the hello never came
};

// Bounds of the work one connection can cause. A packet costs at most two derivations and two
// decryptions, whatever it holds, and beyond these numbers nothing.
inline constexpr unsigned kMaxOpened = 512;         // authentic Initial packets
inline constexpr unsigned kMaxFailed = 64;          // Initial packets no key opens
inline constexpr unsigned kMaxUnrecognised = 64;    // datagrams before the first authentic Initial
inline constexpr unsigned kShortAfterHello = 8;     // short packets that end a handshake whose
                                                    // ServerHello was not seen
inline constexpr unsigned kShortWithoutHello = 64;  // the same for one without ClientHello

class Connection {
  public:
    // Starts over; gives assembly memory back first.
    void reset(tls::AssemblyPool& pool);
    // Gives assembly memory back for good: what was learnt stays, feed must not be called again.
    void release(tls::AssemblyPool& pool);

    // feed takes the next datagram of one direction, in order of arrival, and calls the visitor.
    // After NotQuic and OverBudget it does nothing. After Finished it reports packets.
    State feed(Direction direction, std::span<const uint8_t> datagram, Crypto& crypto,
               tls::AssemblyPool& pool, ConnectionVisitor& visitor);

    State state() const { return state_; }
    Error error() const { return error_; }
    // Version of the last authentic Initial packet, 0 before it.
    uint32_t version() const { return version_; }
    bool client_hello_seen() const { return client_hello_seen_; }
    bool server_hello_seen() const { return server_hello_seen_; }
    // The datagram just fed opens another connection between the same ends, after this one's
    // ClientHello. Nothing was taken from it: reset() and feed it again to follow. Never so for
    // the first datagram after reset().
    bool superseded() const { return superseded_; }
    // It is the caller's In side that opened the connection; the visitor gets the true direction.
    bool roles_swapped() const { return roles_swapped_; }
    // Two CRYPTO frames gave different bytes for one place of a hello in progress.
    bool conflicting() const { return conflicting_; }

  private:
    class Steering;

    struct Side {
        CryptoStream stream;
        PacketKeys keys;
        uint64_t next_number = 0;
        bool keyed = false;  // keys belong to version_ and first_id_
    };

    std::array<Side, 2> sides_;
    uint32_t version_ = 0;
    ConnectionId first_id_;   // the destination the keys come from
    ConnectionId server_id_;  // chosen by the server, in a Retry or its first Initial
    State state_ = State::Detecting;
    Error error_ = Error::None;
    uint16_t opened_ = 0;
    uint8_t failed_ = 0;
    uint8_t unrecognised_ = 0;
    uint8_t short_packets_ = 0;
    bool server_opened_ = false;  // an authentic Initial of the server was seen
    bool retried_ = false;        // server_id_ comes from a Retry
    bool version_negotiated_ = false;
    bool client_hello_seen_ = false;
    bool hello_retried_ = false;
    bool server_hello_seen_ = false;
    bool superseded_ = false;
    bool roles_swapped_ = false;
    bool conflicting_ = false;
};

static_assert(sizeof(Connection) <= 256);

}  // namespace eti::quic
