#include "eti/intel/allowlist.h"

#include "intel/v4.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace eti::intel {
namespace {

constexpr std::size_t kMaxName = 255;  // RFC 1035 section 2.3.4

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// v4_part returns false when no IPv4 address is in range, which may be wider than all of them.
bool v4_part(const net::IpRange& range, std::pair<uint32_t, uint32_t>& part) {
    const net::IpAddress first = std::max(range.first, net::IpAddress::v4(0, 0, 0, 0));
    const net::IpAddress last = std::min(range.last, net::IpAddress::v4(255, 255, 255, 255));
    part = {v4_of(first), v4_of(last)};
    return first <= last;
}

template <typename T>
void sort_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Allowlist::Allowlist(std::vector<AllowlistEntry> entries) : entries_(std::move(entries)) {
    std::vector<std::pair<uint32_t, uint32_t>> v4_ranges;
    std::vector<std::pair<net::IpAddress, net::IpAddress>> v6_ranges;
    std::pair<uint32_t, uint32_t> v4;
    for (const AllowlistEntry& entry : entries_) {
        switch (entry.kind) {
            case AllowlistKind::Address:
                if (v4_part(entry.range, v4)) {
                    v4_ranges.push_back(v4);
                }
                if (!entry.range.first.is_v4() || !entry.range.last.is_v4()) {
                    v6_ranges.emplace_back(entry.range.first, entry.range.last);
                }
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
    v4_ranges_ = RangeIndex(std::move(v4_ranges));
    v6_ranges_ = RangeIndex(std::move(v6_ranges));
    sort_unique(hostnames_);
    sort_unique(sha1s_);
    sort_unique(sha256s_);
}

bool Allowlist::contains_address(const net::IpAddress& ip) const {
    return ip.is_v4() ? v4_ranges_.contains(v4_of(ip)) : v6_ranges_.contains(ip);
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
