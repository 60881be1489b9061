// What of a certificate does not depend on the session: computed once per certificate.
#pragma once

#include "eti/metadata/certificate_summary.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eti::features {

struct Profile {
    static constexpr std::size_t kMaxNames = 100;

    bool self_signed = false;
    bool self_issued = false;
    bool organization = false;
    bool same_organization = false;
    bool cn_address = false;
    bool cn_plain = false;
    bool weak_signature = false;
    bool ca_issuers = false;
    bool wildcard = false;
    bool free_authority = false;
    float cn_entropy = 0;
    float key_bits = 0;
    float subject_attributes = 0;
    float serial_bytes = 0;
    float alternative_names = 0;
    uint8_t version = 0;  // 0: the record did not say, and neither the four below
    uint16_t extensions = 0;
    uint32_t size = 0;
    int64_t from_s = 0;  // equal: not read
    int64_t until_s = 0;
    std::string issuer;
    std::vector<std::string> names;  // lower case; the common name where there is no other
};

Profile profile_of(const metadata::CertificateSummary& summary);
// matches follows RFC 6125 section 6.4: "*" stands for one whole first label.
bool matches(const Profile& profile, std::string_view server_name);

}  // namespace eti::features
