// One DTLS 1.0 to 1.2 connection as a passive observer reads it (RFC 6347), and as much of
// DTLS 1.3 as is in clear (RFC 9147): datagrams in, in any order, until both sides encrypt.
#pragma once

#include "eti/base/direction.h"
#include "eti/tls/dtls_message.h"
#include "eti/tls/offer.h"
#include "eti/tls/session.h"

#include <array>
#include <cstdint>
#include <span>

namespace eti::tls {

// may_be_dtls is a cheap first look at a datagram: its first record is whole, in clear, and fits.
bool may_be_dtls(std::span<const uint8_t> datagram);
// may_lead_to_dtls: DTLS may follow in the flow; STUN, with which it shares ports (RFC 7983).
bool may_lead_to_dtls(std::span<const uint8_t> datagram);

// DtlsSession tells a SessionVisitor what a Session tells of TLS. Differences:
// - client_hello is the first complete one, cookie or not; the one that answers a
//   HelloVerifyRequest says the same again. A client that starts over, with another random on the
//   same ports, is reported again, and so is what its server answers. Late copies of the handshake
//   before do not keep that from being read.
// - Messages are whole when they are reported: a leaf ends in the datagram that completes the
//   Certificate message, or the ServerHello before it if that comes later.
// - Datagrams and records that are no DTLS are skipped, as endpoints do. Detecting ends in NotTls
//   after a bounded number of them.
class DtlsSession {
  public:
    // Starts over; gives assembly memory back first.
    void reset(AssemblyPool& pool);
    // Gives assembly memory back for good: what was learnt stays, feed must not be called again.
    void release(AssemblyPool& pool);

    // feed takes a datagram's payload and calls the visitor. After NotTls or OverBudget it does
    // nothing. Never Broken: error() tells of a Certificate that cannot be read.
    void feed(Direction direction, std::span<const uint8_t> datagram, AssemblyPool& pool,
              SessionVisitor& visitor);

    SessionState state() const { return state_; }
    SessionError error() const { return error_; }
    bool client_hello_seen() const { return messages_[kClientHello].is_done(); }
    bool server_hello_seen() const { return server_hello_seen_; }
    bool certificate_complete() const { return messages_[kCertificate].is_done(); }
    bool encrypted(Direction direction) const { return encrypted_[index(direction)]; }
    bool tls13() const { return tls13_; }
    // In the last datagram a fragment of the server's hello or certificate differed from the bytes
    // seen first, which were kept, or has a number in which another message is expected. A datagram
    // that is dropped for it is sent again. What else it brought was reported all the same.
    bool contradicted() const { return contradicted_; }

  private:
    class Steering;
    enum Slot : uint8_t { kClientHello, kLaterHello, kServerHello, kCertificate, kSlots };
    static constexpr int32_t kNoNumber = -1;

    std::array<DtlsMessage, kSlots> messages_;
    uint32_t client_random_ = 0;   // a part of it
    uint32_t earlier_random_ = 0;  // of the handshake before
    // The message number of that handshake's Certificate: it may go on, if the client did not
    // really start over.
    int32_t earlier_certificate_ = kNoNumber;
    uint16_t foreign_datagrams_ = 0;   // before the first one of DTLS
    uint16_t server_sequence_ = 0;     // the message number of the ServerHello
    uint16_t certificate_offset_ = 1;  // from there to the Certificate
    std::array<bool, 2> encrypted_{};
    std::array<bool, 2> spoken_{};
    Offer offer_;
    CertificateForm certificate_form_ = CertificateForm::X509;
    SessionState state_ = SessionState::Detecting;
    SessionError error_ = SessionError::None;
    bool sequence_known_ = false;  // of the ServerHello, before it comes
    bool server_hello_seen_ = false;
    bool tls13_ = false;
    bool contradicted_ = false;
};

}  // namespace eti::tls
