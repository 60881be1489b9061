#include "eti/tls/client_hello.h"

#include "eti/tls/registry.h"
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
        case extension::kEncryptedClientHello:
            out.encrypted_client_hello = true;
            break;
        default:
            break;
    }
}

}  // namespace

ParseError parse_client_hello(wire::Reader body, ClientHello& out) {
    out = {};
    wire::Reader compression_methods;
    if (!body.u16(out.version) || !body.skip(kRandomBytes) || !body.u8_prefixed(out.session_id) ||
        !body.u16_prefixed(out.cipher_suites) || !body.u8_prefixed(compression_methods)) {
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

}  // namespace eti::tls
