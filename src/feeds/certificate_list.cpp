#include "eti/feeds/certificate_list.h"

#include "eti/base/hex.h"
#include "eti/intel/feed.h"

#include <utility>

namespace eti::analysis {

CertificateList::CertificateList(std::string_view body, std::string version)
    : table_(intel::parse_certificate_table(body).table), version_(std::move(version)) {}

std::optional<CertificateList::Hit> CertificateList::find(std::string_view sha1,
                                                          std::string_view sha256) const {
    Sha1Digest digest{};
    Sha256Digest longer{};
    intel::CertificateTable::Found found{};
    const bool listed = (from_hex(sha1, digest) && table_.find(digest, found)) ||
                        (from_hex(sha256, longer) && table_.find(longer, found));
    return listed ? std::optional(Hit{std::string(found.reason)}) : std::nullopt;
}

}  // namespace eti::analysis
