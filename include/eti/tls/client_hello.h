// ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2).
#pragma once

#include "eti/tls/registry.h"
#include "eti/wire/reader.h"

#include <cstdint>
#include <string_view>

namespace eti::tls {

enum class ParseError : uint8_t { None, BadLength, BadValue };

// ClientHello borrows from the message. Lists are raw wire bytes in offered order, GREASE
// included; empty when the extension is absent.
struct ClientHello {
    uint16_t version = 0;  // legacy_version
    wire::Reader session_id;
    wire::Reader cookie;                // DTLS
    wire::Reader cipher_suites;         // u16 each
    wire::Reader extensions;            // the whole extension block: (type, u16-prefixed body)*
    bool has_server_name = false;       // the extension is there, whatever it holds
    std::string_view server_name;       // host_name, empty when absent
    wire::Reader alpn;                  // u8-prefixed names
    wire::Reader supported_versions;    // u16 each
    wire::Reader supported_groups;      // u16 each
    wire::Reader point_formats;         // u8 each
    wire::Reader signature_algorithms;  // u16 each
    bool has_signature_algorithms = false;
    bool encrypted_client_hello = false;  // real or GREASE: they look alike
    bool session_ticket = false;          // a non-empty ticket was offered
    bool pre_shared_key = false;
    bool ssl2_form = false;         // in the form of SSL 2: it has no extensions and no fingerprint
    uint8_t certificate_forms = 0;  // bit of each form beside X.509 that the server may choose

    bool offers_tls13() const;  // or a draft of it, or DTLS 1.3
    bool offers(CertificateForm form) const {
        return (certificate_forms >> static_cast<unsigned>(form) & 1U) != 0;
    }
};

// parse_client_hello reads a whole message body (without the 4-byte handshake header). An error
// in one extension's body leaves that extension empty; only broken framing is an error.
ParseError parse_client_hello(wire::Reader body, ClientHello& out);
// parse_dtls_client_hello: the same with a cookie behind the session id (RFC 6347 section 4.2.1).
ParseError parse_dtls_client_hello(wire::Reader body, ClientHello& out);

}  // namespace eti::tls
