#include "eti/tls/client_hello.h"

#include "tls/extensions.h"

namespace eti::tls {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr uint8_t kHostName = 0;

// RFC 6066 section 3: a list of (type, u16-prefixed name). Only host_name was ever defined.
std::string_view host_name(wire::Reader body) {
    wire::Reader list;
    if (!body.u16_prefixed(list)) {
        return {};
    }
    while (!list.empty()) {
        uint8_t type = 0;
        wire::Reader name;
        if (!list.u8(type) || !list.u16_prefixed(name)) {
            return {};
        }
        if (type == kHostName) {
            return name.text();
        }
    }
    return {};
}

// The list in a body that holds nothing else; empty when the lengths disagree.
wire::Reader u8_list(wire::Reader body) {
    wire::Reader list;
    return body.u8_prefixed(list) && body.empty() ? list : wire::Reader{};
}

wire::Reader u16_list(wire::Reader body) {
    wire::Reader list;
    return body.u16_prefixed(list) && body.empty() ? list : wire::Reader{};
}

void offer(ClientHello& out, CertificateForm form) {
    out.certificate_forms =
        static_cast<uint8_t>(out.certificate_forms | 1U << static_cast<unsigned>(form));
}

// RFC 7250 section 3 and RFC 6091 section 3.1: a list of forms.
void read_certificate_types(wire::Reader body, ClientHello& out) {
    wire::Reader types = u8_list(body);
    for (uint8_t type = 0; types.u8(type);) {
        if (type == static_cast<uint8_t>(CertificateForm::OpenPgp) ||
            type == static_cast<uint8_t>(CertificateForm::RawPublicKey)) {
            offer(out, static_cast<CertificateForm>(type));
        }
    }
}

void read_extension(uint16_t type, wire::Reader body, ClientHello& out) {
    switch (type) {
        case extension::kServerName:
            out.has_server_name = true;
            out.server_name = host_name(body);
            break;
        case extension::kSupportedGroups:
            out.supported_groups = u16_list(body);
            break;
        case extension::kPointFormats:
            out.point_formats = u8_list(body);
            break;
        case extension::kSignatureAlgorithms:
            out.has_signature_algorithms = true;
            out.signature_algorithms = u16_list(body);
            break;
        case extension::kAlpn:
            out.alpn = u16_list(body);
            break;
        case extension::kSessionTicket:
            out.session_ticket = !body.empty();
            break;
        case extension::kPreSharedKey:
            out.pre_shared_key = true;
            break;
        case extension::kSupportedVersions:
            out.supported_versions = u8_list(body);
            break;
        case extension::kCertificateType:
        case extension::kServerCertificateType:
            read_certificate_types(body, out);
            break;
        case extension::kCachedInformation:
            offer(out, CertificateForm::CachedHash);
            break;
        case extension::kEncryptedClientHello:
            out.encrypted_client_hello = true;
            break;
        default:
            break;
    }
}

ParseError parse(wire::Reader body, bool with_cookie, ClientHello& out) {
    out = {};
    wire::Reader compression_methods;
    if (!body.u16(out.version) || !body.skip(kRandomBytes) || !body.u8_prefixed(out.session_id) ||
        (with_cookie && !body.u8_prefixed(out.cookie)) || !body.u16_prefixed(out.cipher_suites) ||
        !body.u8_prefixed(compression_methods)) {
        return ParseError::BadLength;
    }
    if (out.cipher_suites.remaining() % 2 != 0 || !read_extension_block(body, out.extensions)) {
        return ParseError::BadLength;
    }
    for_each_extension(out.extensions, [&out](uint16_t type, wire::Reader content) {
        read_extension(type, content, out);
    });
    return ParseError::None;
}

}  // namespace

bool ClientHello::offers_tls13() const {
    wire::Reader versions = supported_versions;
    for (uint16_t value = 0; versions.u16(value);) {
        if (version::is_tls13(value)) {
            return true;
        }
    }
    return false;
}

ParseError parse_client_hello(wire::Reader body, ClientHello& out) {
    return parse(body, false, out);
}

ParseError parse_dtls_client_hello(wire::Reader body, ClientHello& out) {
    return parse(body, true, out);
}

}  // namespace eti::tls
