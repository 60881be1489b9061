#include "eti/intel/allowlist.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <utility>

namespace eti::intel {
namespace {

constexpr std::size_t kMaxName = 255;  // RFC 1035 section 2.3.4

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::vector<net::IpRange> merged(std::vector<net::IpRange> ranges) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<net::IpRange> result;
    for (const net::IpRange& range : ranges) {
        if (!result.empty() && range.first <= result.back().last) {
            result.back().last = std::max(result.back().last, range.last);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

template <typename T>
void sort_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Allowlist::Allowlist(std::vector<AllowlistEntry> entries) : entries_(std::move(entries)) {
    for (const AllowlistEntry& entry : entries_) {
        switch (entry.kind) {
            case AllowlistKind::Address:
                ranges_.push_back(entry.range);
                break;
            case AllowlistKind::Hostname:
                hostnames_.push_back(entry.hostname);
                break;
            case AllowlistKind::CertificateSha1:
                sha1s_.push_back(entry.sha1);
                break;
            case AllowlistKind::CertificateSha256:
                sha256s_.push_back(entry.sha256);
                break;
        }
    }
    ranges_ = merged(std::move(ranges_));
    sort_unique(hostnames_);
    sort_unique(sha1s_);
    sort_unique(sha256s_);
}

bool Allowlist::contains_address(const net::IpAddress& ip) const {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), ip,
                         [](const auto& value, const auto& range) { return value < range.first; });
    return after != ranges_.begin() && std::prev(after)->contains(ip);
}

bool Allowlist::contains_hostname(std::string_view name) const {
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    if (hostnames_.empty() || name.empty() || name.size() > kMaxName) {
        return false;
    }
    // A dot in front makes the name itself the longest of its suffixes.
    std::array<char, kMaxName + 1> buffer{'.'};
    std::transform(name.begin(), name.end(), buffer.begin() + 1, lower);
    std::string_view suffix(buffer.data(), name.size() + 1);
    const auto listed = [this](std::string_view text) {
        return std::binary_search(hostnames_.begin(), hostnames_.end(), text, std::less<>());
    };
    if (listed(suffix.substr(1))) {
        return true;
    }
    while (!listed(suffix)) {
        const auto next = suffix.find('.', 1);
        if (next == std::string_view::npos) {
            return false;
        }
        suffix.remove_prefix(next);
    }
    return true;
}

bool Allowlist::contains_certificate(const Sha1Digest& sha1) const {
    return std::binary_search(sha1s_.begin(), sha1s_.end(), sha1);
}

bool Allowlist::contains_certificate(const Sha256Digest& sha256) const {
    return std::binary_search(sha256s_.begin(), sha256s_.end(), sha256);
}

}  // namespace eti::intel
