// Turns what the TLS parser finds into facts of the record, and hashes certificates as they pass.
#pragma once

#include "certificate_relay.h"
#include "eti/base/clock.h"
#include "eti/digest/hasher.h"
#include "eti/inspect/counters.h"
#include "eti/quic/connection.h"
#include "eti/tls/session.h"
#include "session_pool.h"

#include <optional>
#include <span>

namespace eti::inspect {

// Hashing is what the observer needs of the worker.
struct Hashing {
    digest::Hasher hasher;
    digest::Sha1Pool states;
    CertificateRelay relay;
    Counters& counters;
    bool sha256 = false;  // a list in force holds SHA-256
};

// TlsObserver lives on the stack for the bytes of one packet.
class TlsObserver final : public tls::SessionVisitor, public quic::ConnectionVisitor {
  public:
    TlsObserver(SessionState& session, Hashing& hashing, Timestamp now)
        : session_(session), hashing_(hashing), now_(now) {}

    void client_hello(const tls::ClientHello& hello) override;
    void server_hello(const tls::ServerHello& hello) override;
    void certificate_begin(unsigned number, uint32_t length) override;
    void certificate_data(unsigned number, std::span<const uint8_t> bytes) override;
    void certificate_end(unsigned number) override;
    void alert(Direction direction, uint8_t level, uint8_t description) override;
    void record(Direction direction, tls::ContentType type, uint16_t length) override;
    void close(Direction direction, uint64_t code) override;
    void packet(Direction direction, quic::PacketType type, std::size_t length) override;

    // What this packet brought.
    bool hello_completed() const { return hello_completed_; }
    bool leaf_completed() const { return leaf_completed_; }

  private:
    void certificate_known(unsigned number, const Sha1Digest& sha1,
                           const std::optional<Sha256Digest>& sha256);
    bool begin_hash(unsigned number);
    bool beyond_chain(unsigned number) const;

    SessionState& session_;
    Hashing& hashing_;
    Timestamp now_;
    bool hello_completed_ = false;
    bool leaf_completed_ = false;
    bool whole_ = false;  // the certificate came in one piece and is hashed already
};

// abandon_certificate gives back what an unfinished certificate holds.
void abandon_certificate(CertificateInProgress& certificate, Hashing& hashing);

}  // namespace eti::inspect
