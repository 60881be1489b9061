// One TLS connection as a passive observer reads it: records and handshake messages over any
// segmentation, until both sides encrypt. Never stricter than the endpoints: what cannot be
// parsed is reported once and forwarded by the caller.
#pragma once

#include "eti/base/direction.h"
#include "eti/tls/assembly_pool.h"
#include "eti/tls/certificate_list.h"
#include "eti/tls/client_hello.h"
#include "eti/tls/handshake.h"
#include "eti/tls/offer.h"
#include "eti/tls/record.h"
#include "eti/tls/server_hello.h"
#include "eti/tls/ssl2_hello.h"

#include <array>
#include <cstdint>
#include <span>

namespace eti::tls {

// SessionVisitor receives what a Session finds, in stream order. Borrowed data is valid inside
// the call only.
class SessionVisitor {
  public:
    virtual ~SessionVisitor() = default;
    // The first ClientHello; one that answers a HelloRetryRequest or HelloVerifyRequest is not
    // reported.
    virtual void client_hello(const ClientHello& hello) = 0;
    // A HelloRetryRequest, marked so, and then the ServerHello.
    virtual void server_hello(const ServerHello& hello) = 0;
    // The server's Certificate message (RFC 5246 section 7.4.2), streamed entry by entry: begin,
    // data as it arrives, end on the entry's last byte. number counts from 0, the leaf. Nothing of
    // a message that holds a raw key, an OpenPGP certificate or a hash instead of a list.
    virtual void certificate_begin(unsigned number, uint32_t length) = 0;
    virtual void certificate_data(unsigned number, std::span<const uint8_t> bytes) = 0;
    virtual void certificate_end(unsigned number) = 0;
    virtual void alert(Direction direction, uint8_t level, uint8_t description) = 0;
    // Called when a record's header is complete: for the first one, before the session is
    // recognised.
    virtual void record(Direction direction, ContentType type, uint16_t length) = 0;
};

enum class SessionState : uint8_t {
    Detecting,    // fewer bytes than it takes to tell
    NotTls,       // the first bytes of a direction are no TLS
    Handshaking,  // clear handshake messages may still come
    Finished,     // the server's side is no longer in clear: nothing more to learn but records
    Broken,       // framing lost or malformed beyond what endpoints accept; see error()
    OverBudget,   // no assembly memory, or a message above kMaxMessageBytes
};

// ClientHello and ServerHello name a hello that could not be parsed: the visitor did not get it,
// but the session is read on, because a certificate may follow that the peer accepts all the same.
// The others end the reading.
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
    // Gives assembly memory back for good: what was learnt stays, feed must not be called again.
    void release(AssemblyPool& pool);

    // feed takes the next in-order bytes of one direction and calls the visitor. After Broken,
    // NotTls or OverBudget it does nothing. It keeps reporting records after Finished.
    void feed(Direction direction, std::span<const uint8_t> bytes, AssemblyPool& pool,
              SessionVisitor& visitor);

    SessionState state() const { return state_; }
    SessionError error() const { return error_; }
    // A hello has passed, well-formed or not.
    bool client_hello_seen() const { return client_hello_seen_; }
    bool server_hello_seen() const { return server_hello_seen_; }
    bool certificate_complete() const { return certificate_complete_; }
    // A ChangeCipherSpec or TLS 1.3 ServerHello ended the clear part of the direction.
    bool encrypted(Direction direction) const { return sides_[index(direction)].encrypted; }
    // The negotiated version is TLS 1.3 (0x0304 or a draft).
    bool tls13() const { return tls13_; }

  private:
    class Steering;

    struct Side {
        RecordReader records;
        uint16_t idle_records = 0;  // empty or of unknown type, in a row
        uint8_t alert_level = 0;    // the first byte of an alert whose second is to come
        bool alert_started = false;
        bool spoken = false;  // a TLS record header has been seen
        bool encrypted = false;
    };

    // First what is read and written after the handshake: less than a cache line.
    std::array<Side, 2> sides_;
    SessionState state_ = SessionState::Detecting;
    SessionError error_ = SessionError::None;
    bool client_hello_seen_ = false;
    bool retry_requested_ = false;
    bool early_change_ = false;  // the server sent a ChangeCipherSpec before its hello
    bool server_hello_seen_ = false;
    bool certificate_started_ = false;
    bool certificate_complete_ = false;
    bool tls13_ = false;
    std::array<HandshakeReader, 2> handshakes_;
    CertificateListReader certificates_;
    Offer offer_;
    CertificateForm certificate_form_ = CertificateForm::X509;
    Ssl2HelloReader ssl2_hello_;
};

}  // namespace eti::tls
