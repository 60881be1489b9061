// What a certificate says about itself, as the record shows it. Filled by x509 on cold threads.
#pragma once

#include "eti/base/digest_types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace eti::metadata {

struct CertificateSummary {
    Sha1Digest sha1{};
    Sha256Digest sha256{};
    std::string subject;     // RFC 2253 text, UTF-8, control characters escaped
    std::string issuer;      // same
    std::string serial;      // lower-case hex without leading zeros
    std::string not_before;  // RFC 3339 UTC, empty when unreadable
    std::string not_after;   // same
    std::string key;         // RSA, EC, ED25519, DSA, ...
    uint32_t bits = 0;
    std::string signature;         // OpenSSL long name, e.g. sha256WithRSAEncryption
    std::vector<std::string> san;  // DNS names and IP addresses, at most 100
    bool san_truncated = false;
    bool self_signed = false;  // subject equals issuer and the key verifies the signature
    bool parsed = false;       // false: only the digests are set
};

}  // namespace eti::metadata
