// The ETI allowlist (eta_custom_whitelist): servers that are never inspected nor blocked.
#pragma once

#include "eti/base/digest_types.h"
#include "eti/intel/range_index.h"
#include "eti/net/ip_address.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::intel {

enum class AllowlistKind : uint8_t { Address, Hostname, CertificateSha1, CertificateSha256 };

struct AllowlistEntry {
    AllowlistKind kind = AllowlistKind::Address;
    net::IpRange range;     // Address
    std::string hostname;   // Hostname: a name, or ".suffix" for all names below it; lower case
    Sha1Digest sha1{};      // CertificateSha1
    Sha256Digest sha256{};  // CertificateSha256
    std::string feed = "eta_custom_whitelist";

    bool operator==(const AllowlistEntry&) const = default;
};

// Allowlist never changes after construction; all lookups are allocation-free, any thread.
class Allowlist {
  public:
    Allowlist() = default;
    explicit Allowlist(std::vector<AllowlistEntry> entries);

    bool contains_address(const net::IpAddress& ip) const;
    bool contains_hostname(std::string_view name) const;  // any case, trailing dot ignored
    bool contains_certificate(const Sha1Digest& sha1) const;
    bool contains_certificate(const Sha256Digest& sha256) const;
    bool has_sha256() const { return !sha256s_.empty(); }
    std::span<const AllowlistEntry> entries() const { return entries_; }
    bool empty() const { return entries_.empty(); }

  private:
    std::vector<AllowlistEntry> entries_;
    RangeIndex<uint32_t> v4_ranges_;
    RangeIndex<net::IpAddress> v6_ranges_;
    std::vector<std::string> hostnames_;  // ordered, for binary search per label
    std::vector<Sha1Digest> sha1s_;       // ordered
    std::vector<Sha256Digest> sha256s_;   // ordered
};

}  // namespace eti::intel
