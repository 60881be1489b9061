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

std::string check_parsed(const HeldFeed& feed, const intel::FeedReport& report, uint64_t objects) {
    return report.error.empty() ? check_count(feed.entry, objects, report.rejected_count)
                                : report.error;
}

BlocklistUpdate blocklist_update(const HeldFeed& feed, uint64_t objects, std::size_t rejected_lines,
                                 intel::CertificateTable table) {
    return {info_of(feed, objects, rejected_lines),
            std::make_shared<const intel::CertificateTable>(std::move(table))};
}

// read_lines returns false unless each of the lines is an entry.
bool read_lines(std::string_view columns, const std::vector<std::string>& lines,
                intel::CertificateFeed& feed) {
    if (!lines.empty()) {
        std::string text(columns);
        for (const std::string& line : lines) {
            text.append("\n").append(line);
        }
        feed = intel::parse_certificate_feed(text);
    }
    return feed.error.empty() && feed.entries.size() + feed.sha256_entries.size() == lines.size();
}

// read_change returns false when the delta's lines are not entries one to one.
bool read_change(std::string_view columns, const intel::FeedDelta& delta,
                 intel::CertificateChange& change) {
    intel::CertificateFeed removed;
    intel::CertificateFeed added;
    if (!read_lines(columns, delta.removed, removed) || !read_lines(columns, delta.added, added)) {
        return false;
    }
    for (const intel::CertificateEntry& entry : removed.entries) {
        change.removed.push_back(entry.sha1);
    }
    for (const intel::Sha256Entry& entry : removed.sha256_entries) {
        change.removed_sha256.push_back(entry.sha256);
    }
    change.added = std::move(added.entries);
    change.added_sha256 = std::move(added.sha256_entries);
    return true;
}

// one_to_one tells whether each line of the list is one entry with a digest of its own.
bool one_to_one(const BlocklistUpdate& update) {
    return update.info.rejected_lines == 0 && update.info.objects == update.table->size();
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

std::string check_digest(const HeldFeed& feed) {
    const std::string sha256 = sha256_hex(feed.body);
    return sha256 == feed.entry.sha256
               ? ""
               : "the body's SHA-256 is " + sha256 + ", the manifest says " + feed.entry.sha256 +
                     "; it was cut or changed on the way";
}

std::string check_body(const HeldFeed& feed, FeedUpdate& update) {
    std::string problem = check_digest(feed);
    if (!problem.empty()) {
        return problem;
    }
    if (feed.entry.name == kCertificateFeed) {
        intel::CertificateTableFeed parsed = intel::parse_certificate_table(feed.body);
        problem = check_parsed(feed, parsed, parsed.entries);
        if (problem.empty()) {
            update = blocklist_update(feed, parsed.entries, parsed.rejected_count,
                                      std::move(parsed.table));
        }
        return problem;
    }
    if (feed.body.empty() && feed.entry.entries == 0) {  // nothing allowlisted, signed as such
        update = AllowlistUpdate{info_of(feed, 0, 0), {}};
        return {};
    }
    intel::AllowlistFeed parsed = intel::parse_allowlist_feed(feed.body);
    problem = check_parsed(feed, parsed, parsed.entries.size());
    if (problem.empty()) {
        update = AllowlistUpdate{info_of(feed, parsed.entries.size(), parsed.rejected_count),
                                 std::move(parsed.entries)};
    }
    return problem;
}

std::string check_change(const HeldFeed& feed, const BlocklistUpdate& before,
                         const intel::FeedDelta& delta, FeedUpdate& update) {
    const std::string_view columns = std::string_view(feed.body).substr(0, feed.body.find('\n'));
    const uint64_t entries = before.info.objects - delta.removed.size() + delta.added.size();
    const intel::FeedLimits limits;
    intel::CertificateChange change;
    if (!one_to_one(before) || entries == 0 || entries != feed.entry.entries ||
        entries > limits.max_entries || feed.body.size() > limits.max_bytes ||
        !read_change(columns, delta, change)) {
        return check_body(feed, update);
    }
    intel::CertificateTable table = before.table->with(std::move(change));
    if (table.size() != entries) {
        return check_body(feed, update);
    }
    std::string problem = check_digest(feed);
    if (problem.empty()) {
        update = blocklist_update(feed, entries, 0, std::move(table));
    }
    return problem;
}

}  // namespace eti::uplink
