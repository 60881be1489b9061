// Many sources become few lists: each thing once, the strongest and latest word for it.
#pragma once

#include "eti/base/clock.h"
#include "eti/feeds/indicator.h"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

inline constexpr std::string_view kCertificateFeed = "cc_cert_sha1";
inline constexpr std::string_view kServerFeed = "cc_ip";
inline constexpr std::string_view kServer6Feed = "cc_ipv6";
inline constexpr std::string_view kAllowlistFeed = "eta_custom_whitelist";
inline constexpr std::string_view kInfectedFeed = "infected_hosts";

// The comment line each published feed begins with.
std::string_view feed_columns(std::string_view feed);

struct SourceIndicators {
    std::string source;
    std::chrono::seconds max_age{0};  // since the listing date; 0: entries never expire
    std::vector<Indicator> indicators;
};

struct MergedIndicator {
    Indicator indicator;
    std::vector<std::string> sources;  // all that list it, in their order
};

// merge_indicators keeps one of each kind, value and port: the highest level, then the latest
// listing date, then the first source. What is older than its source's age is left out.
std::vector<MergedIndicator> merge_indicators(std::span<const SourceIndicators> sources,
                                              Timestamp now);

struct MergedLists {
    std::vector<std::string> certificates;  // lines of cc_cert_sha1
    std::vector<std::string> servers;       // of cc_ip
    std::vector<std::string> servers6;      // of cc_ipv6
};
MergedLists published_lines(std::span<const MergedIndicator> merged);

// FeedEntry is a line of a published feed, read back.
struct FeedEntry {
    std::string value;  // digest, address, or the allowlist's "kind,value"
    uint16_t port = 0;
    intel::ThreatLevel level = intel::kMaxThreatLevel;
    std::string reason;
    int64_t listed_s = 0;   // 0: unknown
    int64_t expires_s = 0;  // of an infected host; 0: never

    // key names the entry through its changes: the value, with the port if it has one.
    std::string key() const { return port == 0 ? value : value + ":" + std::to_string(port); }
};
FeedEntry read_feed_entry(std::string_view feed, std::string_view line);

// One indicator a line, for the store.
std::string render_indicators(std::span<const Indicator> indicators);
std::vector<Indicator> read_indicators(std::string_view text);

}  // namespace eti::analysis
