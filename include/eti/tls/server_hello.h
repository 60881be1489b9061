// ServerHello (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3).
#pragma once

#include "eti/tls/client_hello.h"

namespace eti::tls {

struct ServerHello {
    uint16_t version = 0;             // legacy_version
    uint16_t negotiated_version = 0;  // supported_versions when present, else legacy_version
    uint16_t cipher_suite = 0;
    wire::Reader session_id;
    wire::Reader extensions;
    std::string_view alpn;             // the selected protocol, empty when absent
    bool hello_retry_request = false;  // RFC 8446: the special random
    bool pre_shared_key = false;       // TLS 1.3 resumption
    bool session_ticket = false;       // the extension is present
    CertificateForm certificate_form = CertificateForm::X509;  // of the Certificate to come
    bool tls13() const;                                        // 0x0304, a draft of it, or DTLS 1.3
};

ParseError parse_server_hello(wire::Reader body, ServerHello& out);

}  // namespace eti::tls
