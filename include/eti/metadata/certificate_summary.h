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
    uint32_t size = 0;         // bytes of DER
    uint8_t version = 0;       // X.509 v1 to v3; 0: not read
    uint16_t extensions = 0;
    bool ca_issuers = false;  // names where its issuer's certificate is (RFC 5280 section 4.2.2.1)
    // What the roots say of the chain it came with; from and until are seconds since 1970.
    bool chain_judged = false;
    bool issuer_known = false;
    int64_t chain_from = 0;  // every certificate of the chain is valid from here
    int64_t chain_until = -1;
    bool parsed = false;  // false: only the digests are set
};

}  // namespace eti::metadata
