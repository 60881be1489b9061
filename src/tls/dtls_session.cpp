#include "eti/tls/dtls_session.h"

#include "tls/certificate_events.h"
#include "tls/dtls_datagram.h"
#include "tls/dtls_steering.h"

namespace eti::tls {
namespace {

// Connectivity checks before a call's handshake come in dozens.
constexpr uint16_t kMaxForeignDatagrams = 64;
// Beyond what endpoints take as a Certificate message: they drop it, we pass over it.
constexpr uint32_t kMaxEndpointBytes = 262'144;

bool is(uint8_t type, HandshakeType wanted) {
    return type == static_cast<uint8_t>(wanted);
}

}  // namespace
void DtlsSession::reset(AssemblyPool& pool) {
    release(pool);
    *this = {};
}

void DtlsSession::release(AssemblyPool& pool) {
    for (DtlsMessage& message : messages_) {
        message.release(pool);
    }
}

void DtlsSession::feed(Direction direction, std::span<const uint8_t> datagram, AssemblyPool& pool,
                       SessionVisitor& visitor) {
    Steering(*this, direction, pool, visitor).run(wire::Reader(datagram));
}

void DtlsSession::Steering::run(wire::Reader datagram) {
    session_.contradicted_ = false;
    if (stopped()) {
        return;
    }
    wire::Reader rest = unwrap(datagram);
    DtlsRecord next;
    bool found = false;
    while (!stopped() && next_record(rest, next)) {
        found = true;
        record(next);
    }
    if (!found && session_.state_ != SessionState::Detecting && has_unified_header(rest)) {
        encrypted();
    } else if (session_.state_ == SessionState::Detecting) {
        foreign();
    }
}

void DtlsSession::Steering::stop(SessionState state, SessionError error) {
    session_.state_ = state;
    session_.error_ = error;
    session_.release(pool_);
}

void DtlsSession::Steering::foreign() {
    if (++session_.foreign_datagrams_ > kMaxForeignDatagrams) {
        stop(SessionState::NotTls, SessionError::NotTls);
    }
}

void DtlsSession::Steering::recognised() {
    if (session_.state_ == SessionState::Detecting) {
        session_.state_ = SessionState::Handshaking;
    }
}

void DtlsSession::Steering::record(const DtlsRecord& record) {
    const auto type = static_cast<ContentType>(record.type);
    session_.spoken_[index(direction_)] = true;
    visitor_.record(direction_, type, static_cast<uint16_t>(record.fragment.remaining()));
    if (record.epoch > 0 || (type == ContentType::ChangeCipherSpec && !record.fragment.empty())) {
        encrypted();
    } else if (type == ContentType::Alert) {
        alert(record.fragment);
    } else if (type == ContentType::Handshake) {
        wire::Reader rest = record.fragment;
        DtlsFragment next;
        while (!stopped() && next_fragment(rest, next)) {
            fragment(next);
        }
    }
}

void DtlsSession::Steering::alert(wire::Reader body) {
    uint8_t level = 0;
    uint8_t description = 0;
    if (body.u8(level) && body.u8(description)) {
        visitor_.alert(direction_, level, description);
    }
}

// What is in clear is still read after that: datagrams overtake each other, and an endpoint skips
// a ChangeCipherSpec that comes too early.
void DtlsSession::Steering::encrypted() {
    if (session_.state_ == SessionState::Detecting) {
        return;
    }
    session_.encrypted_[index(direction_)] = true;
    const DtlsMessage& certificate = session_.messages_[kCertificate];
    if (certificate.is_whole() && !session_.server_hello_seen_) {
        read_certificate();  // its ServerHello was missed
    }
    update_finished();
}

// With one side seen, that side must do.
void DtlsSession::Steering::update_finished() {
    const bool out_ends = session_.encrypted_[0] || !session_.spoken_[0];
    if (!stopped() && (session_.tls13_ || (out_ends && session_.encrypted_[1]))) {
        session_.state_ = SessionState::Finished;
    }
}

void DtlsSession::Steering::fragment(const DtlsFragment& fragment) {
    if (!inbound()) {
        if (is(fragment.type, HandshakeType::ClientHello)) {
            client_hello(fragment);
        }
    } else if (is(fragment.type, HandshakeType::HelloVerifyRequest)) {
        verify_request(fragment);
    } else if (is(fragment.type, HandshakeType::ServerHello)) {
        server_hello(fragment);
    } else if (is(fragment.type, HandshakeType::Certificate)) {
        certificate(fragment);
    } else if (is(fragment.type, HandshakeType::SupplementalData)) {
        supplemental_data(fragment);
    }
}

DtlsMessage::Added DtlsSession::Steering::add(Slot slot, const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[slot];
    const Added added = message.add(fragment.sequence, fragment.length, fragment.offset,
                                    fragment.bytes.bytes(), pool_);
    if (added == Added::NoMemory) {
        stop(SessionState::OverBudget, SessionError::AssemblyFull);
    } else if (added == Added::TooLong && fragment.length <= kMaxEndpointBytes) {
        stop(SessionState::OverBudget, SessionError::MessageTooLong);
    } else if (added != Added::TooLong) {
        recognised();
    }
    return added;
}

void DtlsSession::Steering::verify_request(const DtlsFragment& fragment) {
    recognised();
    if (session_.server_hello_seen_ ||
        (session_.sequence_known_ && fragment.sequence != session_.server_sequence_)) {
        return;
    }
    session_.server_sequence_ = static_cast<uint16_t>(fragment.sequence + 1);
    session_.sequence_known_ = true;
}

// takes_number: the client takes a ServerHello with this number only. Others must not reach it, or
// what is expected here would decide what is read; copies of what came before do no harm.
bool DtlsSession::Steering::takes_number(const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[kServerHello];
    const bool other_started = message.started() && fragment.sequence != message.sequence();
    if (session_.sequence_known_ ? fragment.sequence != session_.server_sequence_ : other_started) {
        session_.contradicted_ =
            session_.contradicted_ || !message.is_past(fragment.bytes.bytes(), pool_);
        return false;
    }
    if (other_started) {
        message.reset(pool_);
    }
    return true;
}

void DtlsSession::Steering::server_hello(const DtlsFragment& fragment) {
    if (!takes_number(fragment)) {
        return;
    }
    switch (add(kServerHello, fragment)) {
        case Added::Whole:
            read_server_hello();
            break;
        case Added::Contradicted:
            server_differs(fragment);
            break;
        default:
            break;
    }
}

// Where the client is not seen, it may have started over. Where it has, the first hello may have
// been a late copy.
void DtlsSession::Steering::server_differs(const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[kServerHello];
    const bool whole = message.is_done() && !message.message().empty();
    if (whole && (message.is_late() || !session_.spoken_[index(Direction::Out)])) {
        start_over();
        read_server_hello();
    } else if (!yields(kServerHello, fragment)) {
        contradiction(message);
    }
}

// What was read before is what counts, and later copies are compared with it.
void DtlsSession::Steering::contradiction(DtlsMessage& message) {
    session_.contradicted_ = true;
    if (message.is_done()) {
        message.release(pool_);
    }
}

// yields: a late copy from the handshake before was read then, and gives way to the first piece of
// another message.
bool DtlsSession::Steering::yields(Slot slot, const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[slot];
    if (!message.is_late()) {
        return false;
    }
    message.retire(pool_);
    return add(slot, fragment) == Added::More || stopped();
}

void DtlsSession::Steering::read_server_hello() {
    DtlsMessage& message = session_.messages_[kServerHello];
    session_.server_sequence_ = message.sequence();
    session_.sequence_known_ = true;
    ServerHello hello;
    const bool parsed =
        parse_server_hello(wire::Reader(message.message()), hello) == ParseError::None;
    if (parsed) {
        visitor_.server_hello(hello);
    } else {
        session_.error_ = SessionError::ServerHello;
    }
    if (parsed && hello.hello_retry_request) {
        ++session_.server_sequence_;
        message.done(pool_);
        message.retire(pool_);
        return;
    }
    session_.server_hello_seen_ = true;
    if (parsed) {
        session_.tls13_ = session_.offer_.tls13_agreed(hello);
        session_.certificate_form_ = session_.offer_.form_agreed(hello);
    }
    message.done(pool_);
    certificate_whole();
    update_finished();
}

// RFC 4680 section 2: it comes before the Certificate. Of two messages with one number the client
// takes one only.
void DtlsSession::Steering::supplemental_data(const DtlsFragment& fragment) {
    const DtlsMessage& message = session_.messages_[kCertificate];
    if (!session_.server_hello_seen_ || fragment.sequence != session_.server_sequence_ + 1) {
        return;
    }
    if (message.started() && message.sequence() == fragment.sequence) {
        session_.contradicted_ = true;
    } else {
        session_.certificate_offset_ = 2;
    }
}

// A Certificate that overtakes its ServerHello waits for it: its number tells then whether the
// client will take it.
void DtlsSession::Steering::certificate(const DtlsFragment& fragment) {
    const DtlsMessage& message = session_.messages_[kCertificate];
    if (session_.tls13_) {
        return;
    }
    if (session_.server_hello_seen_ && fragment.sequence != certificate_number()) {
        // In the place of supplemental data: one of them is not what the client sees.
        session_.contradicted_ =
            session_.contradicted_ || (session_.certificate_offset_ == 2 &&
                                       fragment.sequence == session_.server_sequence_ + 1);
        return;
    }
    if (message.started() && fragment.sequence != message.sequence()) {
        session_.contradicted_ = true;  // nobody knows yet which of them the client will take
        return;
    }
    switch (add(kCertificate, fragment)) {
        case Added::Whole:
            certificate_whole();
            break;
        case Added::Contradicted:
            certificate_differs(fragment);
            break;
        default:
            break;
    }
}

void DtlsSession::Steering::certificate_differs(const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[kCertificate];
    if (message.is_late() && !message.message().empty()) {
        read_certificate();
    } else if (!yields(kCertificate, fragment)) {
        contradiction(message);
    }
}

void DtlsSession::Steering::certificate_whole() {
    DtlsMessage& message = session_.messages_[kCertificate];
    const bool missed_hello = session_.encrypted_[0] || session_.encrypted_[1];
    const bool of_earlier = message.sequence() == session_.earlier_certificate_;
    if (!session_.server_hello_seen_ && (missed_hello || of_earlier)) {
        read_certificate();
    } else if (!session_.server_hello_seen_) {
        if (!message.keep(pool_)) {
            stop(SessionState::OverBudget, SessionError::AssemblyFull);
        }
    } else if (session_.tls13_ || message.sequence() != certificate_number()) {
        message.reset(pool_);
    } else if (message.is_whole()) {
        read_certificate();
    }
}

// A list that cannot be read may not have reached the client: another one contradicts it.
void DtlsSession::Steering::read_certificate() {
    DtlsMessage& message = session_.messages_[kCertificate];
    CertificateListReader list;
    list.start(static_cast<uint32_t>(message.message().size()));
    const bool good = session_.certificate_form_ != CertificateForm::X509 ||
                      report_entries(list, message.message(), visitor_);
    message.done(pool_);
    if (!good) {
        session_.error_ = SessionError::Certificate;
    }
}

bool may_be_dtls(std::span<const uint8_t> datagram) {
    wire::Reader rest = unwrap(wire::Reader(datagram));
    DtlsRecord record;
    if (!next_record(rest, record) || record.epoch != 0) {
        return false;
    }
    const auto type = static_cast<ContentType>(record.type);
    if (type != ContentType::Handshake) {
        return (type == ContentType::Alert && record.fragment.remaining() == 2) ||
               (type == ContentType::ChangeCipherSpec && record.fragment.remaining() == 1);
    }
    DtlsFragment fragment;
    return next_fragment(record.fragment, fragment) && fragment.length <= kMaxMessageBytes &&
           (is(fragment.type, HandshakeType::ClientHello) ||
            is(fragment.type, HandshakeType::ServerHello) ||
            is(fragment.type, HandshakeType::HelloVerifyRequest));
}

bool may_lead_to_dtls(std::span<const uint8_t> datagram) {
    return is_stun(wire::Reader(datagram));
}

}  // namespace eti::tls
