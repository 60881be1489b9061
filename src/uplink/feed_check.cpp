#include "uplink/feed_check.h"

#include "eti/intel/feed.h"

#include <algorithm>

namespace eti::uplink {
namespace {

FeedInfo info_of(const HeldFeed& feed, uint64_t objects, std::size_t rejected_lines) {
    FeedInfo info;
    info.name = feed.entry.name;
    info.version = feed.entry.version;
    info.objects = objects;
    info.rejected_lines = rejected_lines;
    info.created = feed.entry.created;
    info.updated = feed.updated;
    info.expires = feed.entry.expires;
    info.update_interval = feed.entry.update_interval;
    info.status = "Store succeeded";
    info.loaded = true;
    return info;
}

// check_count takes rejected lines as present: the box leaves them out, the service counted them.
std::string check_count(const ManifestEntry& entry, uint64_t objects, std::size_t rejected_lines) {
    if (entry.entries == objects || entry.entries == objects + rejected_lines) {
        return {};
    }
    return "the manifest promises " + std::to_string(entry.entries) + " entries, the body has " +
           std::to_string(objects) + " and " + std::to_string(rejected_lines) +
           " rejected lines; it was cut on the way or the service is inconsistent";
}

// A list of so few entries may grow as it likes: operators add their first feeds one by one.
constexpr uint64_t kAlwaysTaken = 10'000;

std::string changed_too_much(const ManifestEntry& entry, const ManifestEntry& before,
                             const char* how, const char* setting) {
    return std::string("it ") + how + " from " + std::to_string(before.entries) + " to " +
           std::to_string(entry.entries) + " entries, more than '" + setting +
           "' allows; if that is right, raise it under 'set services openeti feed' and commit";
}

template <typename Update, typename Parsed>
std::string build(const HeldFeed& feed, Parsed parsed, uint64_t objects, FeedUpdate& update) {
    if (!parsed.error.empty()) {
        return parsed.error;
    }
    const std::string problem = check_count(feed.entry, objects, parsed.rejected_count);
    if (problem.empty()) {
        update = Update{info_of(feed, objects, parsed.rejected_count), std::move(parsed.entries)};
    }
    return problem;
}

}  // namespace

std::string check_signature(const FeedKey& key, const std::string& key_id,
                            const ManifestEntry& entry) {
    if (key.verifies(signed_bytes(entry), entry.signature)) {
        return {};
    }
    const std::string mine =
        "signature does not verify with " + key.path() + " (key id " + key.id() + ")";
    return key_id == key.id() ? mine + "; the feed was changed after signing"
                              : mine + ", the service signs with key id " + key_id +
                                    "; if that key is right, copy its feed.pub to that file";
}

std::string check_progress(const ManifestEntry& entry, const ManifestEntry* held, Timestamp now) {
    if (entry.expires <= now) {
        return "it expired on " + entry.expires_text +
               "; the service must publish a newer one, or this box's clock is wrong";
    }
    if (held == nullptr) {
        return {};
    }
    if (entry.serial < held->serial) {
        return "serial " + std::to_string(entry.serial) + " is older than " +
               std::to_string(held->serial) +
               " in force; the service went back to an old state: restore its data folder, or "
               "stop the daemon, remove the stored feed and start it again";
    }
    if (entry.serial == held->serial && entry.sha256 != held->sha256) {
        return "serial " + std::to_string(entry.serial) +
               " came before with another content; the service must raise the serial";
    }
    return {};
}

std::string check_size(const ManifestEntry& entry, const ManifestEntry* before,
                       const SizeLimits& limits) {
    if (before == nullptr) {
        return {};
    }
    // Operators empty an allowlist on purpose; a blocklist that shrinks so is a broken one.
    const uint64_t least = before->entries - before->entries * limits.most_shrink_percent / 100;
    if (entry.name == kCertificateFeed && entry.entries < least) {
        return changed_too_much(entry, *before, "shrank", "shrink-limit");
    }
    const uint64_t most = before->entries + before->entries * limits.most_growth_percent / 100;
    if (entry.entries > std::max(most, kAlwaysTaken)) {
        return changed_too_much(entry, *before, "grew", "growth-limit");
    }
    return {};
}

std::string check_body(const HeldFeed& feed, FeedUpdate& update) {
    const ManifestEntry& entry = feed.entry;
    const std::string sha256 = sha256_hex(feed.body);
    if (sha256 != entry.sha256) {
        return "the body's SHA-256 is " + sha256 + ", the manifest says " + entry.sha256 +
               "; it was cut or changed on the way";
    }
    if (entry.name == kCertificateFeed) {
        intel::CertificateFeed parsed = intel::parse_certificate_feed(feed.body);
        const uint64_t objects = parsed.entries.size() + parsed.sha256_entries.size();
        auto longer = std::move(parsed.sha256_entries);
        std::string problem = build<BlocklistUpdate>(feed, std::move(parsed), objects, update);
        if (problem.empty()) {
            std::get<BlocklistUpdate>(update).sha256_entries = std::move(longer);
        }
        return problem;
    }
    if (feed.body.empty() && entry.entries == 0) {  // nothing allowlisted, signed as such
        update = AllowlistUpdate{info_of(feed, 0, 0), {}};
        return {};
    }
    intel::AllowlistFeed parsed = intel::parse_allowlist_feed(feed.body);
    const uint64_t objects = parsed.entries.size();
    return build<AllowlistUpdate>(feed, std::move(parsed), objects, update);
}

}  // namespace eti::uplink
