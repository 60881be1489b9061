#include "eti/feeds/certificate_list.h"

#include "eti/metadata/record_json.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace eti::analysis {
namespace {

using Dates = std::unordered_map<std::string, std::string>;

bool looks_like_date(std::string_view field) {
    constexpr std::string_view kShape = "0000-00-00 00:00:00";
    if (field.size() != 10 && field.size() != kShape.size()) {
        return false;
    }
    for (std::size_t i = 0; i < field.size(); ++i) {
        const bool digit = field[i] >= '0' && field[i] <= '9';
        const bool separator = field[i] == kShape[i] || (i == 10 && field[i] == 'T');
        if (kShape[i] == '0' ? !digit : !separator) {
            return false;
        }
    }
    return true;
}

std::string_view trimmed(std::string_view field) {
    constexpr std::string_view kEdge = " \t\r\"";
    const std::size_t first = field.find_first_not_of(kEdge);
    if (first == std::string_view::npos) {
        return {};
    }
    return field.substr(first, field.find_last_not_of(kEdge) - first + 1);
}

// The parsed form has no dates: they matter to people only, so they are picked up from the text.
void note_date(std::string_view line, Dates& dates) {
    std::string_view date;
    std::string digest;
    while (!line.empty()) {
        const std::size_t comma = std::min(line.find(','), line.size());
        const std::string_view field = trimmed(line.substr(0, comma));
        line.remove_prefix(std::min(comma + 1, line.size()));
        Sha1Digest sha1{};
        if (looks_like_date(field)) {
            date = field;
        } else if (digest.empty() && field.size() >= 40 && metadata::from_hex(field, sha1)) {
            digest = metadata::to_hex(sha1);
        }
    }
    if (!date.empty() && !digest.empty()) {
        dates.emplace(std::move(digest), date);
    }
}

Dates listing_dates(std::string_view text) {
    Dates dates;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        note_date(text.substr(0, end), dates);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return dates;
}

std::string plain_reason(std::string reason) {
    std::replace_if(
        reason.begin(), reason.end(),
        [](char c) { return c == ',' || c == '"' || static_cast<unsigned char>(c) < 0x20; }, ' ');
    return reason;
}

void append_row(RenderedFeed& feed, const Dates& dates, std::span<const uint8_t> digest,
                const std::string& reason) {
    const std::string hex = metadata::to_hex(digest);
    const auto date = dates.find(hex);
    feed.body += (date == dates.end() ? std::string() : date->second) + "," + hex + "," +
                 plain_reason(reason) + "\n";
    ++feed.entries;
}

}  // namespace

RenderedFeed render_certificate_feed(std::string_view text) {
    RenderedFeed feed;
    const intel::CertificateFeed parsed = intel::parse_certificate_feed(text);
    feed.error = parsed.error;
    if (parsed.rejected_count > 0 && !parsed.rejected.empty()) {
        feed.notice =
            std::to_string(parsed.rejected_count) + " lines left out, the first is line " +
            std::to_string(parsed.rejected.front().line) + ": " + parsed.rejected.front().why;
    }
    if (!feed.error.empty()) {
        return feed;
    }
    const Dates dates = listing_dates(text);
    feed.body = "# Listingdate,SHA1,Listingreason\n";
    for (const auto& entry : parsed.entries) {
        append_row(feed, dates, entry.sha1, entry.reason);
    }
    for (const auto& entry : parsed.sha256_entries) {
        append_row(feed, dates, entry.sha256, entry.reason);
    }
    feed.body += "# END (" + std::to_string(feed.entries) + ") entries\n";
    return feed;
}

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
