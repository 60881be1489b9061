// One TLS connection as a passive observer reads it: records and handshake messages over any
// segmentation, until both sides encrypt. Never stricter than the endpoints: what cannot be
// parsed is reported once and forwarded by the caller.
#pragma once

#include "eti/base/direction.h"
#include "eti/tls/assembly_pool.h"
#include "eti/tls/client_hello.h"
#include "eti/tls/handshake.h"
#include "eti/tls/record.h"
#include "eti/tls/server_hello.h"

#include <array>
#include <cstdint>
#include <span>

namespace eti::tls {

// SessionVisitor receives what a Session finds, in stream order. Borrowed data is valid inside
// the call only.
class SessionVisitor {
  public:
    virtual ~SessionVisitor() = default;
    virtual void client_hello(const ClientHello& hello) = 0;
    virtual void server_hello(const ServerHello& hello) = 0;
    // The server's Certificate message (RFC 5246 section 7.4.2), streamed entry by entry: begin,
    // data as it arrives, end on the entry's last byte. number counts from 0, the leaf.
    virtual void certificate_begin(unsigned number, uint32_t length) = 0;
    virtual void certificate_data(unsigned number, std::span<const uint8_t> bytes) = 0;
    virtual void certificate_end(unsigned number) = 0;
    virtual void alert(Direction direction, uint8_t level, uint8_t description) = 0;
    // Called when a record's header is complete.
    virtual void record(Direction direction, ContentType type, uint16_t length) = 0;
};

enum class SessionState : uint8_t {
    Detecting,    // fewer bytes than it takes to tell
    NotTls,       // the first bytes of a direction are no TLS
    Handshaking,  // clear handshake messages may still come
    Finished,     // both hellos seen and nothing more to come in clear, or TLS 1.3 took over
    Broken,       // framing lost or malformed beyond what endpoints accept; see error()
    OverBudget,   // no assembly memory, or a message above kMaxMessageBytes
};

enum class SessionError : uint8_t {
    None,
    NotTls,
    RecordType,
    RecordVersion,
    RecordLength,
    MessageLength,
    MessageOrder,
    ClientHello,
    ServerHello,
    Certificate,
    AssemblyFull,
    MessageTooLong,
};

class Session {
  public:
    // Starts over; gives assembly memory back first.
    void reset(AssemblyPool& pool);

    // feed takes the next in-order bytes of one direction and calls the visitor. After Broken,
    // NotTls or OverBudget it does nothing. It keeps reporting records after Finished.
    void feed(Direction direction, std::span<const uint8_t> bytes, AssemblyPool& pool,
              SessionVisitor& visitor);

    SessionState state() const { return state_; }
    SessionError error() const { return error_; }
    bool client_hello_seen() const { return client_hello_seen_; }
    bool server_hello_seen() const { return server_hello_seen_; }
    bool certificate_complete() const { return certificate_complete_; }
    // A ChangeCipherSpec or TLS 1.3 ServerHello ended the clear part of the direction.
    bool encrypted(Direction direction) const { return encrypted_[index(direction)]; }
    // The negotiated version is TLS 1.3 (0x0304 or a draft).
    bool tls13() const { return tls13_; }

  private:
    class Steering;
    std::array<RecordReader, 2> records_;
    std::array<HandshakeReader, 2> handshakes_;
    CertificateListReader certificates_;
    std::array<bool, 2> encrypted_{};
    SessionState state_ = SessionState::Detecting;
    SessionError error_ = SessionError::None;
    bool client_hello_seen_ = false;
    bool server_hello_seen_ = false;
    bool certificate_complete_ = false;
    bool tls13_ = false;
};

}  // namespace eti::tls
