// Builds TLS bytes for tests: hellos, certificate messages, and records cut as a test likes. All
// functions return plain bytes, so that a test may join, cut and damage them at will:
//
//   const Bytes flight = records(ContentType::Handshake,
//                                join({server_hello({}), certificate({leaf, issuer})}), 100);
#pragma once

#include "eti/tls/record.h"
#include "eti/tls/registry.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace eti::test {

using Bytes = std::vector<uint8_t>;

inline Bytes text(std::string_view characters) {
    return {characters.begin(), characters.end()};
}

inline Bytes join(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

// number is a big-endian integer of that many bytes.
inline Bytes number(std::size_t value, unsigned bytes) {
    Bytes out;
    for (unsigned left = bytes; left > 0; --left) {
        out.push_back(static_cast<uint8_t>(value >> (8 * (left - 1))));
    }
    return out;
}

// prefixed puts the length of the content, in that many bytes, before it.
inline Bytes prefixed(unsigned length_bytes, const Bytes& content) {
    return join({number(content.size(), length_bytes), content});
}

inline Bytes u16_values(const std::vector<uint16_t>& values) {
    Bytes out;
    for (const uint16_t value : values) {
        out.push_back(static_cast<uint8_t>(value >> 8));
        out.push_back(static_cast<uint8_t>(value));
    }
    return out;
}

// Extensions, as a client offers them unless the name says otherwise.
inline Bytes extension(uint16_t type, const Bytes& body = {}) {
    return join({number(type, 2), prefixed(2, body)});
}
inline Bytes server_name(std::string_view name) {
    return extension(tls::extension::kServerName,
                     prefixed(2, join({number(0, 1), prefixed(2, text(name))})));
}
inline Bytes alpn(std::initializer_list<std::string_view> names) {
    Bytes list;
    for (const std::string_view name : names) {
        list = join({list, prefixed(1, text(name))});
    }
    return extension(tls::extension::kAlpn, prefixed(2, list));
}
inline Bytes supported_groups(const std::vector<uint16_t>& groups) {
    return extension(tls::extension::kSupportedGroups, prefixed(2, u16_values(groups)));
}
inline Bytes point_formats(const Bytes& formats) {
    return extension(tls::extension::kPointFormats, prefixed(1, formats));
}
inline Bytes signature_algorithms(const std::vector<uint16_t>& algorithms) {
    return extension(tls::extension::kSignatureAlgorithms, prefixed(2, u16_values(algorithms)));
}
inline Bytes supported_versions(const std::vector<uint16_t>& versions) {
    return extension(tls::extension::kSupportedVersions, prefixed(1, u16_values(versions)));
}
inline Bytes selected_version(uint16_t version) {
    return extension(tls::extension::kSupportedVersions, number(version, 2));
}

// handshake puts the message header before a body.
inline Bytes handshake(uint8_t type, const Bytes& body) {
    return join({number(type, 1), prefixed(3, body)});
}
inline Bytes handshake(tls::HandshakeType type, const Bytes& body) {
    return handshake(static_cast<uint8_t>(type), body);
}
inline Bytes hello_request() {
    return handshake(tls::HandshakeType::HelloRequest, {});
}

struct ClientHelloSpec {
    uint16_t version = tls::version::kTls12;
    Bytes session_id = {};
    std::vector<uint16_t> cipher_suites = {0xc02f, 0xc030, 0x009c};
    Bytes extensions = server_name("www.example.com");
    bool extension_block = true;  // false: the hello ends after the compression methods
};
inline Bytes client_hello_body(const ClientHelloSpec& spec) {
    return join({number(spec.version, 2), Bytes(32, 0x11), prefixed(1, spec.session_id),
                 prefixed(2, u16_values(spec.cipher_suites)), prefixed(1, {0}),
                 spec.extension_block ? prefixed(2, spec.extensions) : Bytes{}});
}
inline Bytes client_hello(const ClientHelloSpec& spec = {}) {
    return handshake(tls::HandshakeType::ClientHello, client_hello_body(spec));
}

// ssl2_client_hello is the hello of old clients, in no record (RFC 5246 appendix E.2).
inline Bytes ssl2_client_hello(uint16_t version = tls::version::kTls10) {
    Bytes body = join({number(1, 1),
                       number(version, 2),
                       number(6, 2),
                       number(0, 2),
                       number(16, 2),
                       {0, 0, 0x2f, 0, 0, 0x35},
                       Bytes(16, 0x33)});
    Bytes message = prefixed(2, body);
    message[0] |= 0x80;
    return message;
}

// The random that makes a ServerHello a HelloRetryRequest (RFC 8446 section 4.1.3).
inline Bytes retry_random() {
    return {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
            0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
            0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
}

struct ServerHelloSpec {
    uint16_t version = tls::version::kTls12;
    Bytes random = Bytes(32, 0x22);
    Bytes session_id = {};
    uint16_t cipher_suite = 0xc02f;
    Bytes extensions = {};
    bool extension_block = true;
};
inline Bytes server_hello_body(const ServerHelloSpec& spec) {
    return join({number(spec.version, 2), spec.random, prefixed(1, spec.session_id),
                 number(spec.cipher_suite, 2), number(0, 1),
                 spec.extension_block ? prefixed(2, spec.extensions) : Bytes{}});
}
inline Bytes server_hello(const ServerHelloSpec& spec = {}) {
    return handshake(tls::HandshakeType::ServerHello, server_hello_body(spec));
}
// What a TLS 1.3 server answers.
inline Bytes server_hello13(uint16_t version = tls::version::kTls13) {
    return server_hello({.cipher_suite = 0x1301, .extensions = selected_version(version)});
}
inline Bytes hello_retry_request() {
    return server_hello({.random = retry_random(),
                         .cipher_suite = 0x1301,
                         .extensions = selected_version(tls::version::kTls13)});
}

inline Bytes certificate_body(const std::vector<Bytes>& entries) {
    Bytes list;
    for (const Bytes& entry : entries) {
        list = join({list, prefixed(3, entry)});
    }
    return prefixed(3, list);
}
// certificate is the message of TLS 1.0 to 1.2; the entries may be any bytes.
inline Bytes certificate(const std::vector<Bytes>& entries) {
    return handshake(tls::HandshakeType::Certificate, certificate_body(entries));
}
inline Bytes server_hello_done() {
    return handshake(14, {});
}

inline Bytes record(tls::ContentType type, const Bytes& fragment,
                    uint16_t version = tls::version::kTls12) {
    return join({number(static_cast<uint8_t>(type), 1), number(version, 2), prefixed(2, fragment)});
}
// records cuts the payload into records of at most fragment_bytes.
inline Bytes records(tls::ContentType type, const Bytes& payload,
                     std::size_t fragment_bytes = 1 << 14,
                     uint16_t version = tls::version::kTls12) {
    Bytes all;
    for (std::size_t at = 0; at < payload.size(); at += fragment_bytes) {
        const std::size_t size = std::min(fragment_bytes, payload.size() - at);
        const auto from = payload.begin() + static_cast<std::ptrdiff_t>(at);
        all = join(
            {all, record(type, Bytes(from, from + static_cast<std::ptrdiff_t>(size)), version)});
    }
    return all;
}
inline Bytes change_cipher_spec() {
    return record(tls::ContentType::ChangeCipherSpec, {1});
}
inline Bytes alert(uint8_t level, uint8_t description) {
    return record(tls::ContentType::Alert, {level, description});
}

}  // namespace eti::test
