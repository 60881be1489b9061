#include "tls_observer.h"

#include "eti/base/check.h"
#include "eti/tls/fingerprint.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace eti::inspect {
namespace {

constexpr std::size_t kFingerprintBytes = 8192;

template <std::size_t N>
void copy_u16s(wire::Reader list, BoundedList<uint16_t, N>& out) {
    uint16_t value = 0;
    while (list.u16(value)) {
        out.push(value);
    }
}

// copy_extension_types lists the types of an extension block in the order sent.
template <std::size_t N>
void copy_extension_types(wire::Reader block, BoundedList<uint16_t, N>& out) {
    uint16_t type = 0;
    wire::Reader body;
    while (block.u16(type) && block.u16_prefixed(body)) {
        out.push(type);
    }
}

std::span<const uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// append_hash writes the first 12 hex digits of the text's SHA-256, as JA4 does.
void append_hash(digest::Hasher& hasher, std::string_view text, std::span<char> out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    if (text.empty()) {
        std::fill(out.begin(), out.end(), '0');
        return;
    }
    const Sha256Digest digest = hasher.sha256(bytes_of(text));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const unsigned byte = digest[i / 2];
        out[i] = kHex[i % 2 == 0 ? byte >> 4 : byte & 0x0f];
    }
}

// The letter JA4 has for what carries the hello.
char transport_of(metadata::Protocol protocol) {
    return protocol == metadata::Protocol::Quic   ? 'q'
           : protocol == metadata::Protocol::Dtls ? 'd'
                                                  : 't';
}

void fingerprint(const tls::ClientHello& hello, char transport, digest::Hasher& hasher,
                 metadata::ClientHelloFacts& facts) {
    std::array<char, kFingerprintBytes> buffer;
    if (const auto ja3 = tls::ja3_text(hello, buffer); !ja3.empty()) {
        facts.ja3 = hasher.md5(bytes_of(ja3));
    }
    tls::Ja4Texts texts;
    if (tls::ja4_texts(hello, transport, buffer, texts)) {
        std::array<char, 36> ja4;
        const std::size_t prefix = std::min<std::size_t>(texts.prefix.size(), 10);
        std::copy_n(texts.prefix.begin(), prefix, ja4.begin());
        char* at = ja4.data() + prefix;
        *at++ = '_';
        append_hash(hasher, texts.ciphers, {at, 12});
        at += 12;
        *at++ = '_';
        append_hash(hasher, texts.extensions, {at, 12});
        facts.ja4.assign({ja4.data(), prefix + 26});
    }
}

}  // namespace

void TlsObserver::client_hello(const tls::ClientHello& hello) {
    auto& facts = session_.record.client_hello;
    facts = {};  // over DTLS a client may start over on the same ports
    facts.seen = true;
    facts.version = hello.version;
    copy_u16s(hello.cipher_suites, facts.ciphers);
    copy_extension_types(hello.extensions, facts.extensions);
    copy_u16s(hello.supported_groups, facts.groups);
    copy_u16s(hello.signature_algorithms, facts.signature_algorithms);
    copy_u16s(hello.supported_versions, facts.versions);
    facts.sni.assign(hello.server_name);
    wire::Reader names = hello.alpn;
    wire::Reader name;
    while (names.u8_prefixed(name)) {
        facts.alpn.push(BoundedText<31>(name.text()));
    }
    facts.ech = hello.encrypted_client_hello ? metadata::EncryptedClientHello::GreaseOrOffered
                                             : metadata::EncryptedClientHello::None;
    fingerprint(hello, transport_of(session_.record.protocol), hashing_.hasher, facts);
    hello_completed_ = true;
}

void TlsObserver::server_hello(const tls::ServerHello& hello) {
    if (hello.hello_retry_request) {
        return;
    }
    auto& facts = session_.record.server_hello;
    facts = {};
    facts.seen = true;
    facts.version = hello.version;
    facts.negotiated_version = hello.negotiated_version;
    facts.cipher = hello.cipher_suite;
    copy_extension_types(hello.extensions, facts.extensions);
    facts.alpn.assign(hello.alpn);
    facts.resumed = hello.pre_shared_key;
    std::array<char, kFingerprintBytes> buffer;
    if (const auto ja3s = tls::ja3s_text(hello, buffer); !ja3s.empty()) {
        facts.ja3s = hashing_.hasher.md5(bytes_of(ja3s));
    }
    hello_completed_ = true;
}

void TlsObserver::certificate_begin(unsigned number, uint32_t length) {
    abandon_certificate(session_.certificate, hashing_);
    session_.certificate.length = length;
    whole_ = false;
    if (number == 0) {
        session_.record.certificate = {};
        session_.leaf_sha256.reset();
    }
    // A chain of thousands costs no more than the longest one that is recorded.
    if (beyond_chain(number)) {
        session_.record.certificate.chain.mark_truncated();
    }
}

bool TlsObserver::beyond_chain(unsigned number) const {
    return number >= session_.record.certificate.chain.capacity();
}

bool TlsObserver::begin_hash(unsigned number) {
    auto& certificate = session_.certificate;
    if (certificate.received > 0 || certificate.hash_state != digest::Sha1Pool::kNone) {
        return certificate.hash_state != digest::Sha1Pool::kNone;
    }
    certificate.hash_state = hashing_.states.begin(hashing_.sha256 && number == 0);
    if (certificate.hash_state == digest::Sha1Pool::kNone) {
        hashing_.counters.add(Counter::HashStatesFull);
        return false;
    }
    if (certificate.length <= metadata::CertificateBytes::kMaxBytes) {
        certificate.copy = hashing_.relay.acquire_buffer();
    } else {
        hashing_.counters.add(Counter::CertificateTooLong);
    }
    return true;
}

void TlsObserver::certificate_data(unsigned number, std::span<const uint8_t> bytes) {
    auto& certificate = session_.certificate;
    if (beyond_chain(number)) {
        return;
    }
    if (certificate.received == 0 && bytes.size() == certificate.length) {
        const Sha1Digest sha1 = hashing_.hasher.sha1(bytes);
        hashing_.relay.offer(sha1, bytes);
        std::optional<Sha256Digest> sha256;
        if (hashing_.sha256 && number == 0) {
            sha256 = hashing_.hasher.sha256(bytes);
        }
        certificate_known(number, sha1, sha256);
        whole_ = true;
        return;
    }
    if (begin_hash(number)) {
        hashing_.states.update(certificate.hash_state, bytes);
    }
    if (certificate.copy != CertificateRelay::kNone) {
        const auto buffer = hashing_.relay.buffer(certificate.copy);
        ETI_ASSERT(certificate.received + bytes.size() <= certificate.length);
        std::copy(bytes.begin(), bytes.end(), buffer.data() + certificate.received);
    }
    certificate.received += static_cast<uint32_t>(bytes.size());
}

void TlsObserver::certificate_end(unsigned number) {
    auto& certificate = session_.certificate;
    if (whole_ || beyond_chain(number)) {
        return;
    }
    if (certificate.length == 0) {
        certificate_known(number, hashing_.hasher.sha1({}), std::nullopt);
        return;
    }
    if (certificate.hash_state == digest::Sha1Pool::kNone) {
        session_.over_budget = session_.over_budget || number == 0;
        return;
    }
    const std::optional<Sha256Digest> sha256 = hashing_.states.sha256(certificate.hash_state);
    const Sha1Digest sha1 = hashing_.states.finish(certificate.hash_state);
    certificate.hash_state = digest::Sha1Pool::kNone;
    if (certificate.copy != CertificateRelay::kNone) {
        hashing_.relay.offer(sha1,
                             hashing_.relay.buffer(certificate.copy).first(certificate.length));
    }
    abandon_certificate(certificate, hashing_);
    certificate_known(number, sha1, sha256);
}

void TlsObserver::certificate_known(unsigned number, const Sha1Digest& sha1,
                                    const std::optional<Sha256Digest>& sha256) {
    auto& facts = session_.record.certificate;
    if (number == 0) {
        facts.seen = true;
        facts.sha1 = sha1;
        session_.leaf_sha256 = sha256;
        leaf_completed_ = true;
    }
    facts.chain.push(sha1);
}

void TlsObserver::alert(Direction direction, uint8_t level, uint8_t description) {
    session_.record.alerts.push({direction, level, description});
}

// close: a QUIC connection ended in its handshake; TLS alerts are codes of their own (RFC 9001
// section 4.8).
void TlsObserver::close(Direction direction, uint64_t code) {
    constexpr uint64_t kCryptoError = 0x100;
    constexpr uint8_t kFatal = 2;
    if (code >= kCryptoError && code < kCryptoError + 0x100) {
        alert(direction, kFatal, static_cast<uint8_t>(code - kCryptoError));
    }
}

void TlsObserver::packet(Direction, quic::PacketType, std::size_t) {}

void TlsObserver::record(Direction direction, tls::ContentType type, uint16_t length) {
    metadata::RecordSample sample;
    sample.type = static_cast<uint8_t>(type);
    sample.record_bytes = direction == Direction::Out ? length : -static_cast<int32_t>(length);
    sample.delta_us =
        session_.last_tls_record == Timestamp{} ? 0 : microseconds(now_ - session_.last_tls_record);
    session_.last_tls_record = now_;
    add_sample(session_.record.traffic.records, session_.counts->record_samples, sample);
}

void abandon_certificate(CertificateInProgress& certificate, Hashing& hashing) {
    if (certificate.hash_state != digest::Sha1Pool::kNone) {
        hashing.states.abandon(certificate.hash_state);
    }
    if (certificate.copy != CertificateRelay::kNone) {
        hashing.relay.release_buffer(certificate.copy);
    }
    certificate = {};
}

}  // namespace eti::inspect
