// One feed() of a DTLS session; dtls_hellos.cpp has what a client says, dtls_session.cpp the rest.
#pragma once

#include "eti/tls/dtls_session.h"
#include "tls/dtls_datagram.h"

namespace eti::tls {

// Steering is one feed(): the session with the direction being read and the caller's pool and
// visitor.
class DtlsSession::Steering {
  public:
    Steering(DtlsSession& session, Direction direction, AssemblyPool& pool, SessionVisitor& visitor)
        : session_(session), direction_(direction), pool_(pool), visitor_(visitor) {}

    void run(wire::Reader datagram);

  private:
    using Added = DtlsMessage::Added;

    bool inbound() const { return direction_ == Direction::In; }
    bool stopped() const {
        return session_.state_ == SessionState::NotTls ||
               session_.state_ == SessionState::OverBudget;
    }
    void stop(SessionState state, SessionError error);
    void foreign();
    void recognised();

    void record(const DtlsRecord& record);
    void alert(wire::Reader body);
    void encrypted();
    void update_finished();

    void fragment(const DtlsFragment& fragment);
    Added add(Slot slot, const DtlsFragment& fragment);

    void client_hello(const DtlsFragment& fragment);
    void client_answers(uint16_t sequence);
    void first_hello_whole();
    void later_hello(const DtlsFragment& fragment);
    void later_hello_whole();
    void read_client_hello(std::span<const uint8_t> body);
    void start_over();

    void contradiction(DtlsMessage& message);
    bool yields(Slot slot, const DtlsFragment& fragment);
    void verify_request(const DtlsFragment& fragment);
    void server_hello(const DtlsFragment& fragment);
    bool takes_number(const DtlsFragment& fragment);
    void server_differs(const DtlsFragment& fragment);
    void read_server_hello();
    void supplemental_data(const DtlsFragment& fragment);
    int32_t certificate_number() const {
        return session_.server_sequence_ + session_.certificate_offset_;
    }
    void certificate(const DtlsFragment& fragment);
    void certificate_differs(const DtlsFragment& fragment);
    void certificate_whole();
    void read_certificate();

    DtlsSession& session_;
    Direction direction_;
    AssemblyPool& pool_;
    SessionVisitor& visitor_;
};

}  // namespace eti::tls
