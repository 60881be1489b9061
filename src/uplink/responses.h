// The service's JSON answers, as plain structs. Pure functions over bounded, untrusted text; a
// wrong answer gives an error sentence and nothing else. Format: docs/cloud-link.md.
#pragma once

#include "eti/base/clock.h"
#include "eti/intel/infected_hosts.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eti::uplink {

inline constexpr std::size_t kMostFeeds = 64;
inline constexpr std::size_t kMostInfectedHosts = 100'000;
inline constexpr std::size_t kMostReasonBytes = 512;  // longer reasons are cut

struct RecordsAnswer {  // POST /v1/records
    uint64_t accepted = 0;
    std::vector<uint64_t> rejected_lines;  // from 1
    bool duplicate = false;
    std::string error;
};
RecordsAnswer parse_records_answer(std::string_view json);

struct ManifestEntry {
    std::string name;
    std::string version;
    uint64_t serial = 0;
    uint64_t entries = 0;
    std::string sha256;              // 64 lower-case digits
    std::vector<uint8_t> signature;  // decoded
    std::string signature_text;      // as sent
    std::string created_text;        // as signed
    std::string expires_text;
    Timestamp created{};
    Timestamp expires{};
    std::chrono::seconds update_interval{0};
};
struct Manifest {  // GET /v1/feeds
    std::string realm;
    std::string key_id;
    std::vector<ManifestEntry> feeds;
    std::string error;
};
Manifest parse_manifest(std::string_view json);
// signed_bytes are what the signature covers.
std::string signed_bytes(const ManifestEntry& entry);

struct InfectedHostsAnswer {  // GET /v1/infected-hosts
    uint64_t version = 0;
    bool full = false;
    std::vector<intel::InfectedHost> entries;
    std::vector<net::IpAddress> removed;
    std::string error;
    std::string store = {};  // identity of the service's store; empty: an older service
};
InfectedHostsAnswer parse_infected_hosts(std::string_view json);

// problem_detail is the "detail" or "title" of an RFC 9457 body, short and printable; else empty.
std::string problem_detail(std::string_view json);

}  // namespace eti::uplink
