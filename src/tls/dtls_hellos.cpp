// ClientHellos: the first, the one with a cookie, and that of a client that starts over.
#include "tls/dtls_steering.h"

namespace eti::tls {
namespace {

// A number of a ClientHello that any server would still answer.
constexpr uint16_t kMaxHellos = 8;

uint32_t part_of_random(std::span<const uint8_t> body) {
    constexpr std::size_t kVersionAndTime = 6;
    wire::Reader reader(body);
    uint32_t part = 0;
    return reader.skip(kVersionAndTime) && reader.u32(part) ? part : 0;
}

}  // namespace

void DtlsSession::Steering::client_hello(const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[kClientHello];
    if (fragment.sequence > kMaxHellos) {
        return;
    }
    if (message.is_done()) {
        later_hello(fragment);
        return;
    }
    if (message.started() && fragment.sequence != message.sequence()) {
        if (fragment.sequence < message.sequence()) {
            return;
        }
        client_answers(fragment.sequence);
        message.reset(pool_);
    }
    switch (add(kClientHello, fragment)) {
        case Added::Whole:
            first_hello_whole();
            break;
        case Added::Contradicted:
            message.reset(pool_);
            client_hello(fragment);
            break;
        default:
            break;
    }
}

// Each side counts its messages, and each ClientHello answers one message of the server. So the
// ServerHello has the number of the last ClientHello.
void DtlsSession::Steering::client_answers(uint16_t sequence) {
    if (!session_.server_hello_seen_ &&
        (!session_.sequence_known_ || sequence > session_.server_sequence_)) {
        session_.server_sequence_ = sequence;
        session_.sequence_known_ = true;
    }
}

// A ServerHello with another number, from before the client asked, is none the client will take.
void DtlsSession::Steering::first_hello_whole() {
    DtlsMessage& message = session_.messages_[kClientHello];
    if (session_.server_hello_seen_ && session_.server_sequence_ != message.sequence()) {
        session_.messages_[kServerHello].retire(pool_);
        start_over();
    }
    client_answers(message.sequence());
    read_client_hello(message.message());
    message.done(pool_);
}

// Behind the first hello comes the one with the cookie, or that of a client that starts over. What
// is no whole hello undoes nothing, and cannot keep a whole one from being read.
void DtlsSession::Steering::later_hello(const DtlsFragment& fragment) {
    DtlsMessage& message = session_.messages_[kLaterHello];
    if (message.started() && fragment.sequence != message.sequence()) {
        message.reset(pool_);
    }
    const auto take = [&] {
        return message.add(fragment.sequence, fragment.length, fragment.offset,
                           fragment.bytes.bytes(), pool_);
    };
    Added added = take();
    if (added == Added::Contradicted) {
        message.reset(pool_);
        added = take();
    }
    if (added == Added::Whole) {
        later_hello_whole();
    } else if (added == Added::NoMemory) {
        client_answers(fragment.sequence);
    }
    if (added != Added::More && added != Added::Known) {
        message.reset(pool_);
    }
}

// The random tells a handshake from the one before it, of which copies may come late (RFC 6347
// section 4.2.8).
void DtlsSession::Steering::later_hello_whole() {
    const DtlsMessage& message = session_.messages_[kLaterHello];
    const uint32_t random = part_of_random(message.message());
    if (random == session_.client_random_) {
        client_answers(message.sequence());
    } else if (random != session_.earlier_random_) {
        session_.earlier_random_ = session_.client_random_;
        session_.messages_[kServerHello].retire(pool_);
        start_over();
        session_.offer_ = {};
        client_answers(message.sequence());
        read_client_hello(message.message());
    }
}

// What has come of the server's messages stays: whoever forges a hello must not undo it.
void DtlsSession::Steering::start_over() {
    if (session_.server_hello_seen_) {
        const bool readable =
            !session_.tls13_ && session_.certificate_form_ == CertificateForm::X509;
        session_.earlier_certificate_ = readable ? certificate_number() : kNoNumber;
    }
    session_.messages_[kCertificate].retire(pool_);
    session_.state_ = SessionState::Handshaking;
    session_.error_ = SessionError::None;
    session_.encrypted_ = {};
    session_.certificate_form_ = CertificateForm::X509;
    session_.server_sequence_ = 0;
    session_.certificate_offset_ = 1;
    session_.sequence_known_ = false;
    session_.server_hello_seen_ = false;
    session_.tls13_ = false;
}

void DtlsSession::Steering::read_client_hello(std::span<const uint8_t> body) {
    session_.client_random_ = part_of_random(body);
    ClientHello hello;
    if (parse_dtls_client_hello(wire::Reader(body), hello) == ParseError::None) {
        session_.offer_.read(hello);
        visitor_.client_hello(hello);
    } else {
        session_.error_ = SessionError::ClientHello;
    }
}

}  // namespace eti::tls
