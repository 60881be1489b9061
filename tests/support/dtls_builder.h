// Builds DTLS datagrams for tests on top of tls_builder.h:
//
//   const Bytes datagram = dtls_record(handshake_type, dtls_message(server_hello(...), 1));
#pragma once

#include "tests/support/tls_builder.h"

#include <algorithm>
#include <vector>

namespace eti::test {

inline Bytes dtls_record(tls::ContentType type, const Bytes& fragment, uint16_t epoch = 0,
                         uint16_t version = tls::version::kDtls12) {
    return join({number(static_cast<uint8_t>(type), 1), number(version, 2), number(epoch, 2),
                 number(1, 6), prefixed(2, fragment)});
}
inline Bytes dtls_handshake(const Bytes& fragments, uint16_t version = tls::version::kDtls12) {
    return dtls_record(tls::ContentType::Handshake, fragments, 0, version);
}

// dtls_piece is the handshake fragment that holds size bytes from the offset on of a message as
// TLS writes it (type, length, body).
inline Bytes dtls_piece(const Bytes& message, uint16_t sequence, std::size_t offset,
                        std::size_t size) {
    const auto from = message.begin() + 4 + static_cast<std::ptrdiff_t>(offset);
    return join({Bytes(message.begin(), message.begin() + 4), number(sequence, 2),
                 number(offset, 3), number(size, 3),
                 Bytes(from, from + static_cast<std::ptrdiff_t>(size))});
}
inline Bytes dtls_message(const Bytes& message, uint16_t sequence) {
    return dtls_piece(message, sequence, 0, message.size() - 4);
}
// dtls_pieces cuts a message into datagrams of one fragment each.
inline std::vector<Bytes> dtls_pieces(const Bytes& message, uint16_t sequence, std::size_t size) {
    std::vector<Bytes> datagrams;
    const std::size_t body = message.size() - 4;
    for (std::size_t at = 0; at < body; at += size) {
        datagrams.push_back(
            dtls_handshake(dtls_piece(message, sequence, at, std::min(size, body - at))));
    }
    return datagrams;
}

struct DtlsClientHelloSpec {
    uint16_t version = tls::version::kDtls12;
    Bytes random = Bytes(32, 0x11);
    Bytes cookie = {};
    std::vector<uint16_t> cipher_suites = {0xc02f, 0xc030, 0x009c};
    Bytes extensions = server_name("www.example.com");
};
inline Bytes dtls_client_hello_body(const DtlsClientHelloSpec& spec) {
    return join({number(spec.version, 2), spec.random, prefixed(1, {}), prefixed(1, spec.cookie),
                 prefixed(2, u16_values(spec.cipher_suites)), prefixed(1, {0}),
                 prefixed(2, spec.extensions)});
}
inline Bytes dtls_client_hello(const DtlsClientHelloSpec& spec = {}) {
    return handshake(tls::HandshakeType::ClientHello, dtls_client_hello_body(spec));
}
inline Bytes hello_verify_request(const Bytes& cookie) {
    return handshake(tls::HandshakeType::HelloVerifyRequest,
                     join({number(tls::version::kDtls10, 2), prefixed(1, cookie)}));
}
inline Bytes dtls_server_hello(const Bytes& extensions = {},
                               const Bytes& random = Bytes(32, 0x22)) {
    return server_hello(
        {.version = tls::version::kDtls12, .random = random, .extensions = extensions});
}

// A STUN message (RFC 8489) of that type with these attributes.
inline Bytes stun(uint16_t type, const Bytes& attributes = {}) {
    return join({number(type, 2), number(attributes.size(), 2), number(0x2112a442, 4),
                 Bytes(12, 0x77), attributes});
}

}  // namespace eti::test
