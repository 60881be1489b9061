// What of the engine's state comes from feeds.
#include "eti/engine/engine.h"
#include "eti/ingest/encoding.h"

#include <algorithm>

namespace eti::analysis {

void Engine::reload_blocklist() {
    const auto feed = stores_.feeds->feed(kCertificateFeed);
    // Parsing a large list again for every refused request would let callers buy time cheaply.
    if (!feed) {
        blocklist_ = CertificateList();
    } else if (feed->version != blocklist_.version()) {
        blocklist_ = CertificateList(stores_.feeds->body(kCertificateFeed), feed->version);
    }
}

void Engine::use_sources(std::vector<SourceOptions> sources, Timestamp now) {
    feeds_.configure(std::move(sources), now);
    reload_blocklist();
}

FeedPublisher::Taken Engine::take_source(const SourceOptions& source, const SourceReading& reading,
                                         Timestamp now) {
    FeedPublisher::Taken taken = feeds_.take(source, reading, now);
    reload_blocklist();
    return taken;
}

void Engine::publish_allowlist(const FeedCause& cause, Timestamp now) {
    const std::vector<AllowlistRow> rows = allowlist_rows(database_);
    std::vector<std::string> lines;
    for (const AllowlistRow& row : rows) {
        lines.push_back(row.kind + "," + row.value);
    }
    feeds_.publish(kAllowlistFeed, std::move(lines), cause, now);
    reload();
}

// The feed follows the entries, so the entries are what goes back.
void Engine::restore_allowlist(const std::string& version, Timestamp now) {
    const auto body = stores_.feeds->body_at(kAllowlistFeed, version);
    if (!body) {
        return;
    }
    std::vector<std::string_view> wanted = intel::feed_lines(*body);
    for (const AllowlistRow& row : allowlist_rows(database_)) {
        const std::string line = row.kind + "," + row.value;
        const auto found = std::find(wanted.begin(), wanted.end(), line);
        if (found == wanted.end()) {
            remove_allowlist_row(database_, row.id);
        } else {
            wanted.erase(found);
        }
    }
    for (const std::string_view line : wanted) {
        AllowlistRow row;
        row.kind = line.substr(0, line.find(','));
        row.value = line.substr(line.find(',') + 1);
        row.comment = "from version " + version;
        row.created_us = to_micros(now);
        add_allowlist_row(database_, row);
    }
}

void Engine::roll_back_feed(Realm realm, std::string_view feed, const std::string& version,
                            const AuditEntry& by, Timestamp now) {
    const FeedId id = feed_seen_by(realm, feed);
    const auto current = stores_.feeds->feed(id);
    const auto body = current ? stores_.feeds->body_at(id, version) : std::nullopt;
    if (!body) {
        throw RequestError(404, "feed '" + std::string(feed) + "' keeps no version '" + version +
                                    "'; GET /v1/feeds/" + std::string(feed) +
                                    "/versions lists those it keeps");
    }
    if (feed == kInfectedFeed) {
        throw RequestError(422,
                           "infected hosts follow the hosts' scores and cannot be rolled back; "
                           "change the host's status or policy instead");
    }
    if (sha256_hex(*body) == current->sha256) {
        throw RequestError(422, "version '" + current->version +
                                    "', which is in force, has the content of '" + version + "'");
    }
    add_audit(database_, realm, by, now);
    const FeedCause cause{"rollback to " + by.detail, by.actor};
    if (feed == kAllowlistFeed) {
        restore_allowlist(version, now);
        publish_allowlist(cause, now);
    } else {
        feeds_.roll_back(feed, version, cause, now);
        reload_blocklist();
    }
}

}  // namespace eti::analysis
