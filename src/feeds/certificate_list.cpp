#include "eti/feeds/certificate_list.h"

#include "eti/metadata/record_json.h"

#include <utility>
#include <vector>

namespace eti::analysis {

CertificateList::CertificateList(std::string_view body, std::string version)
    : version_(std::move(version)) {
    intel::CertificateFeed parsed = intel::parse_certificate_feed(body);
    for (const auto& entry : parsed.sha256_entries) {
        sha256_reasons_.emplace(metadata::to_hex(entry.sha256), entry.reason);
    }
    const std::vector<intel::Sha1Blocklist::Source> sources{
        {"cc_cert_sha1", std::move(parsed.entries)}};
    sha1s_ = intel::Sha1Blocklist(sources);
}

std::optional<CertificateList::Hit> CertificateList::find(std::string_view sha1,
                                                          std::string_view sha256) const {
    Sha1Digest digest{};
    intel::Sha1Blocklist::Hit hit{};
    if (!sha1.empty() && metadata::from_hex(sha1, digest) && sha1s_.find(digest, hit)) {
        return Hit{std::string(hit.reason)};
    }
    const auto listed = sha256_reasons_.find(sha256);
    if (!sha256.empty() && listed != sha256_reasons_.end()) {
        return Hit{listed->second};
    }
    return std::nullopt;
}

}  // namespace eti::analysis
