#include "eti/tls/server_hello.h"

#include "eti/tls/registry.h"
#include "tls/extensions.h"

#include <algorithm>
#include <array>

namespace eti::tls {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr uint16_t kFirstDraftWithTls12Shape = 0x7f16;

// RFC 8446 section 4.1.3: SHA-256 of "HelloRetryRequest".
constexpr std::array<uint8_t, kRandomBytes> kRetryRandom = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

// Drafts before 22 name themselves in the version field and have neither session id nor
// compression method.
bool has_early_draft_shape(uint16_t legacy_version) {
    return version::is_tls13_draft(legacy_version) && legacy_version < kFirstDraftWithTls12Shape;
}

bool read_choices(wire::Reader& body, ServerHello& out) {
    if (has_early_draft_shape(out.version)) {
        return body.u16(out.cipher_suite);
    }
    uint8_t compression_method = 0;
    return body.u8_prefixed(out.session_id) && body.u16(out.cipher_suite) &&
           body.u8(compression_method);
}

// RFC 7250 section 3, RFC 6091 section 3.2: the form chosen.
void read_certificate_type(wire::Reader body, ServerHello& out) {
    uint8_t type = 0;
    if (body.u8(type) && body.empty() &&
        (type == static_cast<uint8_t>(CertificateForm::OpenPgp) ||
         type == static_cast<uint8_t>(CertificateForm::RawPublicKey))) {
        out.certificate_form = static_cast<CertificateForm>(type);
    }
}

// RFC 7924 section 3: the kinds of objects of which a hash will be sent.
void read_cached_information(wire::Reader body, ServerHello& out) {
    constexpr uint8_t kCertificate = 1;
    wire::Reader types;
    if (!body.u16_prefixed(types)) {
        return;
    }
    for (uint8_t type = 0; types.u8(type);) {
        if (type == kCertificate) {
            out.certificate_form = CertificateForm::CachedHash;
        }
    }
}

void read_extension(uint16_t type, wire::Reader body, ServerHello& out) {
    wire::Reader names;
    uint16_t version = 0;
    switch (type) {
        case extension::kAlpn:
            out.alpn = body.u16_prefixed(names) ? first_name(names) : std::string_view{};
            break;
        case extension::kSessionTicket:
            out.session_ticket = true;
            break;
        case extension::kPreSharedKey:
            out.pre_shared_key = true;
            break;
        case extension::kCertificateType:
        case extension::kServerCertificateType:
            read_certificate_type(body, out);
            break;
        case extension::kCachedInformation:
            read_cached_information(body, out);
            break;
        case extension::kSupportedVersions:
            if (body.u16(version) && body.empty()) {
                out.negotiated_version = version;
            }
            break;
        default:
            break;
    }
}

}  // namespace

bool ServerHello::tls13() const {
    return version::is_tls13(negotiated_version);
}

ParseError parse_server_hello(wire::Reader body, ServerHello& out) {
    out = {};
    wire::Reader random;
    if (!body.u16(out.version) || !body.take(kRandomBytes, random) || !read_choices(body, out) ||
        !read_extension_block(body, out.extensions)) {
        return ParseError::BadLength;
    }
    out.hello_retry_request = std::ranges::equal(random.bytes(), kRetryRandom);
    out.negotiated_version = out.version;
    for_each_extension(out.extensions, [&out](uint16_t type, wire::Reader content) {
        read_extension(type, content, out);
    });
    return ParseError::None;
}

}  // namespace eti::tls
