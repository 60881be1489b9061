#include "eti/feeds/exports.h"

#include "eti/ingest/encoding.h"

#include <algorithm>

namespace eti::analysis {
namespace {

std::vector<net::IpAddress> addresses_of(std::span<const FeedEntry> entries) {
    std::vector<net::IpAddress> addresses;
    for (const FeedEntry& entry : entries) {
        if (const auto ip = net::parse_ip(entry.value)) {
            addresses.push_back(*ip);
        }
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    return addresses;
}

std::string lines_of(const std::vector<net::IpAddress>& addresses) {
    std::string text;
    for (const net::IpAddress& ip : addresses) {
        text += net::to_string(ip) + "\n";
    }
    return text;
}

std::string with_colons(std::string_view hex) {
    std::string text;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        text += i > 0 && i % 2 == 0 ? ":" : "";
        text += hex[i];
    }
    return text;
}

constexpr std::size_t kSha1Digits = 40;
constexpr std::size_t kSha256Digits = 64;

}  // namespace

std::string render_addresses(std::span<const FeedEntry> entries) {
    return lines_of(addresses_of(entries));
}

std::string render_edl(std::span<const FeedEntry> entries, std::string_view feed,
                       std::string_view version) {
    const auto addresses = addresses_of(entries);
    return "# openeti " + std::string(feed) + " version " + std::string(version) + ", " +
           std::to_string(addresses.size()) + " addresses\n" + lines_of(addresses);
}

std::string render_suricata(std::span<const FeedEntry> entries, SuricataSet set) {
    if (set == SuricataSet::Address) {
        return render_addresses(entries);
    }
    const bool sha1 = set == SuricataSet::CertificateSha1;
    std::vector<std::string> lines;
    for (const FeedEntry& entry : entries) {
        if (entry.value.size() == (sha1 ? kSha1Digits : kSha256Digits)) {
            lines.push_back(sha1 ? base64_encode(with_colons(entry.value)) : entry.value);
        }
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

}  // namespace eti::analysis
