// Whether a feed may be used: signature, serial, expiry, body. Pure; the order is the caller's.
#pragma once

#include "eti/intel/feed_delta.h"
#include "eti/uplink/messages.h"
#include "uplink/responses.h"
#include "uplink/signature.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace eti::uplink {

inline constexpr std::string_view kCertificateFeed = "cc_cert_sha1";
inline constexpr std::string_view kAllowlistFeed = "eta_custom_whitelist";

// HeldFeed is what this box has of a feed.
struct HeldFeed {
    ManifestEntry entry;
    std::string etag;
    Timestamp updated{};
    std::string body;
};

// check_signature and check_progress return an empty text, or why the entry is refused.
std::string check_signature(const FeedKey& key, const std::string& key_id,
                            const ManifestEntry& entry);
// check_progress refuses an expired entry and one that is older than the one held (null: none).
std::string check_progress(const ManifestEntry& entry, const ManifestEntry* held, Timestamp now);

// check_size refuses a blocklist that shrank, and any list that grew, by more than the limits;
// before (null: none) is the entry in force.
struct SizeLimits {
    uint32_t most_shrink_percent = 50;
    uint32_t most_growth_percent = 900;
};
std::string check_size(const ManifestEntry& entry, const ManifestEntry* before,
                       const SizeLimits& limits);

using FeedUpdate = std::variant<BlocklistUpdate, AllowlistUpdate>;
// check_digest compares the body with its entry; check_body does, parses it and builds the event
// for control. On refusal the text says why.
std::string check_digest(const HeldFeed& feed);
std::string check_body(const HeldFeed& feed, FeedUpdate& update);

// check_change does the same for the body that delta makes of before's, and makes the table of
// before's table. Where lines are not entries one to one it reads the whole body instead.
std::string check_change(const HeldFeed& feed, const BlocklistUpdate& before,
                         const intel::FeedDelta& delta, FeedUpdate& update);

}  // namespace eti::uplink
