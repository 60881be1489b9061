// Numbers of the TLS registries this project reads (IANA "TLS Parameters"), and GREASE.
#pragma once

#include <cstdint>

namespace eti::tls {

enum class HandshakeType : uint8_t {
    HelloRequest = 0,
    ClientHello = 1,
    ServerHello = 2,
    HelloVerifyRequest = 3,  // DTLS
    Certificate = 11,
    SupplementalData = 23,
};

namespace version {
inline constexpr uint16_t kSsl3 = 0x0300;
inline constexpr uint16_t kTls10 = 0x0301;
inline constexpr uint16_t kTls11 = 0x0302;
inline constexpr uint16_t kTls12 = 0x0303;
inline constexpr uint16_t kTls13 = 0x0304;
inline constexpr uint16_t kDtls10 = 0xfeff;
inline constexpr uint16_t kDtls12 = 0xfefd;
inline constexpr uint16_t kDtls13 = 0xfefc;
// Drafts of TLS 1.3 carry their number in the low byte; 0xfb is the high byte of those that
// facebook's fizz spoke with its own clients.
constexpr bool is_tls13_draft(uint16_t value) {
    return (value >> 8) == 0x7f || (value >> 8) == 0xfb;
}
constexpr bool is_tls13(uint16_t value) {
    return value == kTls13 || value == kDtls13 || is_tls13_draft(value);
}
}  // namespace version

namespace extension {
inline constexpr uint16_t kServerName = 0;
inline constexpr uint16_t kCertificateType = 9;  // RFC 6091
inline constexpr uint16_t kSupportedGroups = 10;
inline constexpr uint16_t kPointFormats = 11;
inline constexpr uint16_t kSignatureAlgorithms = 13;
inline constexpr uint16_t kAlpn = 16;
inline constexpr uint16_t kServerCertificateType = 20;  // RFC 7250
inline constexpr uint16_t kCachedInformation = 25;      // RFC 7924
inline constexpr uint16_t kSessionTicket = 35;
inline constexpr uint16_t kPreSharedKey = 41;
inline constexpr uint16_t kSupportedVersions = 43;
inline constexpr uint16_t kEncryptedClientHello = 0xfe0d;
}  // namespace extension

// What a Certificate message holds. Only the first form is a list of certificates.
enum class CertificateForm : uint8_t {
    X509 = 0,
    OpenPgp = 1,
    RawPublicKey = 2,
    CachedHash = 3,  // no registered value: agreed on by an extension of its own
};

// GREASE values (RFC 8701): 0x0a0a, 0x1a1a ... 0xfafa. Clients mix them in at random.
constexpr bool is_grease(uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff);
}

}  // namespace eti::tls
