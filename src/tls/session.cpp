#include "eti/tls/session.h"

#include "tls/certificate_events.h"

namespace eti::tls {
namespace {

// OpenSSL gives up after 32 empty records in a row; others are more patient.
constexpr uint16_t kMaxIdleRecords = 1024;
// Messages nobody here reads pass without memory. This is beyond what any endpoint accepts of
// them: OpenSSL takes 100 KiB of CA names or key exchange.
constexpr uint32_t kMaxPassingBytes = 262'144;

}  // namespace

// Steering is one feed(): the session with the direction being read and the caller's pool and
// visitor.
class Session::Steering {
  public:
    Steering(Session& session, Direction direction, AssemblyPool& pool, SessionVisitor& visitor)
        : session_(session),
          side_(session.sides_[index(direction)]),
          handshake_(session.handshakes_[index(direction)]),
          direction_(direction),
          pool_(pool),
          visitor_(visitor) {}

    void run(std::span<const uint8_t> bytes);

  private:
    bool stopped() const {
        return session_.state_ == SessionState::NotTls || session_.state_ == SessionState::Broken ||
               session_.state_ == SessionState::OverBudget;
    }
    bool detecting() const { return session_.state_ == SessionState::Detecting; }
    bool inbound() const { return direction_ == Direction::In; }

    void stop(SessionState state, SessionError error);
    void lose_framing(SessionError error);
    bool may_begin_with(ContentType type) const;
    void detect(HandshakeType type);

    bool opens_with_ssl2(uint8_t byte) const;
    void ssl2_hello(std::span<const uint8_t>& bytes);
    void ssl2_facts();

    void record_header();
    void fragment(std::span<const uint8_t> piece);
    void change_cipher_spec();
    void alerts(std::span<const uint8_t> piece);

    void messages(std::span<const uint8_t> piece);
    bool hello_escaped(uint8_t type) const;
    void message_header();
    void passing(std::span<const uint8_t> piece);
    void whole_message(wire::Reader body);
    void client_hello(wire::Reader body);
    void server_hello(wire::Reader body);
    void end_clear_part(Direction direction);

    Session& session_;
    Side& side_;
    HandshakeReader& handshake_;
    Direction direction_;
    AssemblyPool& pool_;
    SessionVisitor& visitor_;
};

void Session::reset(AssemblyPool& pool) {
    release(pool);
    *this = {};
}

void Session::release(AssemblyPool& pool) {
    for (HandshakeReader& handshake : handshakes_) {
        handshake.reset(pool);
    }
    ssl2_hello_.release(pool);
}

void Session::feed(Direction direction, std::span<const uint8_t> bytes, AssemblyPool& pool,
                   SessionVisitor& visitor) {
    Steering(*this, direction, pool, visitor).run(bytes);
}

void Session::Steering::run(std::span<const uint8_t> bytes) {
    while (!bytes.empty() && !stopped()) {
        if (opens_with_ssl2(bytes[0])) {
            ssl2_hello(bytes);
            continue;
        }
        if (!side_.spoken && side_.records.at_boundary() &&
            !may_begin_with(static_cast<ContentType>(bytes[0]))) {
            stop(SessionState::NotTls, SessionError::NotTls);
            return;
        }
        std::span<const uint8_t> piece;
        switch (side_.records.next(bytes, piece)) {
            case RecordReader::Event::NeedMore:
                break;
            case RecordReader::Event::Header:
                record_header();
                break;
            case RecordReader::Event::Fragment:
                fragment(piece);
                break;
            case RecordReader::Event::BadVersion:
                lose_framing(SessionError::RecordVersion);
                break;
            case RecordReader::Event::BadLength:
                lose_framing(SessionError::RecordLength);
                break;
        }
    }
}

void Session::Steering::stop(SessionState state, SessionError error) {
    session_.state_ = state;
    session_.error_ = error;
    session_.release(pool_);
}

void Session::Steering::lose_framing(SessionError error) {
    if (side_.spoken) {
        stop(SessionState::Broken, error);
    } else {
        stop(SessionState::NotTls, SessionError::NotTls);
    }
}

// A client opens with a ClientHello. A server may send a warning or a HelloRequest before its
// answer, even before it was asked: clients accept that.
bool Session::Steering::may_begin_with(ContentType type) const {
    if (type == ContentType::Handshake) {
        return true;
    }
    return detecting() ? inbound() && type == ContentType::Alert : is_known(type);
}

bool Session::Steering::opens_with_ssl2(uint8_t byte) const {
    if (inbound() || side_.spoken) {
        return false;
    }
    return session_.ssl2_hello_.started() ||
           (side_.records.at_boundary() && Ssl2HelloReader::may_begin_with(byte));
}

void Session::Steering::ssl2_hello(std::span<const uint8_t>& bytes) {
    switch (session_.ssl2_hello_.next(bytes, pool_)) {
        case Ssl2HelloReader::Event::NeedMore:
            break;
        case Ssl2HelloReader::Event::Header:
            if (detecting()) {
                session_.state_ = SessionState::Handshaking;
            }
            break;
        case Ssl2HelloReader::Event::Done:
            side_.spoken = true;
            session_.client_hello_seen_ = true;
            ssl2_facts();
            break;
        case Ssl2HelloReader::Event::NoMemory:
            stop(SessionState::OverBudget, SessionError::AssemblyFull);
            break;
        case Ssl2HelloReader::Event::Bad:
            stop(SessionState::NotTls, SessionError::NotTls);
            break;
    }
}

void Session::Steering::ssl2_facts() {
    const ClientHello hello = session_.ssl2_hello_.hello();
    session_.offer_.read(hello);
    visitor_.client_hello(hello);
    session_.ssl2_hello_.release(pool_);
}

// The first handshake message tells whether this is TLS.
void Session::Steering::detect(HandshakeType type) {
    if (type == (inbound() ? HandshakeType::ServerHello : HandshakeType::ClientHello)) {
        session_.state_ = SessionState::Handshaking;
    } else if (!inbound() || type != HandshakeType::HelloRequest) {
        stop(SessionState::NotTls, SessionError::NotTls);
    }
}

void Session::Steering::record_header() {
    const ContentType type = side_.records.type();
    const uint16_t length = side_.records.length();
    if (detecting() && !may_begin_with(type)) {
        stop(SessionState::NotTls, SessionError::NotTls);
        return;
    }
    side_.spoken = true;
    // RFC 2246 section 6 has receivers ignore unknown types; encrypted, they mean lost framing.
    if (!is_known(type) && side_.encrypted) {
        stop(SessionState::Broken, SessionError::RecordType);
        return;
    }
    if (length != 0 && is_known(type)) {
        side_.idle_records = 0;
    } else if (++side_.idle_records > kMaxIdleRecords) {
        stop(SessionState::Broken,
             is_known(type) ? SessionError::RecordLength : SessionError::RecordType);
        return;
    }
    visitor_.record(direction_, type, length);
    if (type == ContentType::ChangeCipherSpec && length != 0) {
        change_cipher_spec();
    } else if (type == ContentType::ApplicationData && !inbound() && !side_.encrypted) {
        end_clear_part(direction_);
    }
}

void Session::Steering::fragment(std::span<const uint8_t> piece) {
    const ContentType type = side_.records.type();
    if (type == ContentType::Handshake && !side_.encrypted) {
        messages(piece);
    } else if (type == ContentType::Alert) {
        // In TLS 1.3 an encrypted alert looks like application data.
        if (!side_.encrypted || session_.tls13_) {
            alerts(piece);
        }
    }
}

// Around a HelloRetryRequest both sides may send one that means nothing (RFC 8446 appendix D.4).
// A server's without a ServerHello is either such a one, or the hello escaped us.
void Session::Steering::change_cipher_spec() {
    if (session_.server_hello_seen_) {
        end_clear_part(direction_);
    } else if (inbound()) {
        session_.early_change_ = true;
    } else if (!session_.retry_requested_) {
        end_clear_part(direction_);
    }
}

void Session::Steering::end_clear_part(Direction direction) {
    session_.sides_[index(direction)].encrypted = true;
    session_.handshakes_[index(direction)].reset(pool_);
    if (session_.sides_[index(Direction::In)].encrypted) {
        session_.state_ = SessionState::Finished;
    }
}

void Session::Steering::alerts(std::span<const uint8_t> piece) {
    for (const uint8_t byte : piece) {
        if (side_.alert_started) {
            visitor_.alert(direction_, side_.alert_level, byte);
        }
        side_.alert_level = byte;
        side_.alert_started = !side_.alert_started;
    }
}

void Session::Steering::messages(std::span<const uint8_t> piece) {
    while (!stopped() && !side_.encrypted) {
        if (detecting() && handshake_.at_boundary() && !piece.empty()) {
            detect(static_cast<HandshakeType>(piece[0]));
            if (stopped()) {
                return;
            }
        }
        if (inbound() && handshake_.at_boundary() && !piece.empty() && hello_escaped(piece[0])) {
            end_clear_part(direction_);
            return;
        }
        std::span<const uint8_t> bytes;
        switch (handshake_.next(piece, pool_, bytes)) {
            case HandshakeReader::Event::NeedMore:
                return;
            case HandshakeReader::Event::Header:
                message_header();
                break;
            case HandshakeReader::Event::Piece:
                passing(bytes);
                break;
            case HandshakeReader::Event::Message:
                whole_message(wire::Reader(bytes));
                break;
            case HandshakeReader::Event::NoMemory:
                stop(SessionState::OverBudget, SessionError::AssemblyFull);
                return;
        }
    }
}

// After a ChangeCipherSpec only a ServerHello can still be in clear.
bool Session::Steering::hello_escaped(uint8_t type) const {
    return session_.early_change_ && !session_.server_hello_seen_ &&
           static_cast<HandshakeType>(type) != HandshakeType::ServerHello;
}

// Only the hellos are needed as a whole: the client's first, and all of the server's.
void Session::Steering::message_header() {
    const HandshakeType type = handshake_.type();
    const uint32_t length = handshake_.length();
    const bool wanted = inbound()
                            ? type == HandshakeType::ServerHello
                            : type == HandshakeType::ClientHello && !session_.client_hello_seen_;
    if (inbound() && type == HandshakeType::ServerHello && session_.server_hello_seen_) {
        stop(SessionState::Broken, SessionError::MessageOrder);
        return;
    }
    if (type == HandshakeType::Certificate) {
        if (inbound() && session_.certificate_started_) {
            stop(SessionState::Broken, SessionError::MessageOrder);
        } else if (inbound()) {
            session_.certificate_started_ = true;
            session_.certificates_.start(length);
        }
    } else if (length > (wanted ? kMaxMessageBytes : kMaxPassingBytes)) {
        stop(SessionState::OverBudget, SessionError::MessageTooLong);
    } else if (wanted) {
        handshake_.collect();
    }
}

void Session::Steering::passing(std::span<const uint8_t> piece) {
    if (!inbound() || handshake_.type() != HandshakeType::Certificate) {
        return;
    }
    if (session_.certificate_form_ == CertificateForm::X509 &&
        !report_entries(session_.certificates_, piece, visitor_)) {
        stop(SessionState::Broken, SessionError::Certificate);
    } else if (handshake_.at_boundary()) {
        session_.certificate_complete_ = true;
    }
}

void Session::Steering::whole_message(wire::Reader body) {
    if (inbound()) {
        server_hello(body);
    } else {
        client_hello(body);
    }
}

void Session::Steering::client_hello(wire::Reader body) {
    session_.client_hello_seen_ = true;
    ClientHello hello;
    if (parse_client_hello(body, hello) != ParseError::None) {
        session_.error_ = SessionError::ClientHello;
        return;
    }
    session_.offer_.read(hello);
    visitor_.client_hello(hello);
    if (session_.tls13_) {
        end_clear_part(direction_);
    }
}

void Session::Steering::server_hello(wire::Reader body) {
    ServerHello hello;
    if (parse_server_hello(body, hello) != ParseError::None) {
        session_.server_hello_seen_ = true;
        session_.error_ = SessionError::ServerHello;
        return;
    }
    if (hello.hello_retry_request) {
        if (session_.retry_requested_) {
            stop(SessionState::Broken, SessionError::MessageOrder);
            return;
        }
        session_.retry_requested_ = true;
        visitor_.server_hello(hello);
        return;
    }
    session_.server_hello_seen_ = true;
    // Old clients skip extensions they did not ask for, and go on with TLS 1.2 in clear.
    session_.tls13_ = session_.offer_.tls13_agreed(hello);
    session_.certificate_form_ = session_.offer_.form_agreed(hello);
    visitor_.server_hello(hello);
    if (session_.tls13_) {
        // A client's side that was not seen yet may still open with its ClientHello.
        if (session_.client_hello_seen_) {
            end_clear_part(Direction::Out);
        }
        end_clear_part(direction_);
    }
}

}  // namespace eti::tls
