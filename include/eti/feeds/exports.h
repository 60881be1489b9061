// The published lists in the forms other enforcers read. Pure functions.
#pragma once

#include "eti/feeds/merge.h"
#include "eti/net/ip_address.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

// render_addresses writes one address a line, ordered, each once: SRX dynamic-address.
std::string render_addresses(std::span<const FeedEntry> entries);
// render_edl is the same with a comment line on top that says what it is and how long.
std::string render_edl(std::span<const FeedEntry> entries, std::string_view feed,
                       std::string_view version);

enum class SuricataSet : uint8_t { CertificateSha1, CertificateSha256, Address };
// render_suricata writes the lines of a dataset: a SHA-1 as base64 of its lower-case form with
// colons (type string), a SHA-256 as plain hex (type sha256), an address as it is (type ip).
std::string render_suricata(std::span<const FeedEntry> entries, SuricataSet set);

struct StixIndicator {
    std::string_view feed;
    FeedEntry entry;
    int64_t created_us = 0;
    int64_t modified_us = 0;
    int64_t valid_until_us = 0;
    bool revoked = false;
};
// render_stix writes a STIX 2.1 bundle. Identifiers follow from producer and entry, so the same
// entry has the same one in every bundle; producer is the store's identity.
std::string render_stix(std::string_view producer, int64_t producer_created_us,
                        std::span<const StixIndicator> indicators);

// tar_gz packs one file; the same content and time give the same bytes. Throws std::runtime_error.
std::string tar_gz(const std::string& file_name, std::string_view content, int64_t modified_s);

}  // namespace eti::analysis
