// Published feeds with their last versions, and the sources they are made from. Writer thread
// unless a function says "any connection"; every function throws StorageError.
#pragma once

#include "eti/feeds/source.h"
#include "eti/intel/feed.h"
#include "eti/intel/feed_delta.h"
#include "eti/store/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

// A feed is one for all realms, or of one realm: the infected hosts are.
inline constexpr Realm kEveryRealm = 0;
struct FeedId {
    FeedId(std::string_view feed, Realm of = kEveryRealm) : realm(of), name(feed) {}
    Realm realm;
    std::string_view name;  // borrowed
};
// feed_seen_by is the feed of that name as a realm sees it.
FeedId feed_seen_by(Realm realm, std::string_view name);

struct FeedRow {
    Realm realm = kEveryRealm;
    std::string name;
    int64_t serial = 0;   // grows with every change
    std::string version;  // YYYYMMDD.n
    int64_t entries = 0;
    std::string sha256;  // of the body
    int64_t created_us = 0;
    int64_t expires_us = 0;
};
inline constexpr std::chrono::hours kFeedLifetime{40 * 24};
inline constexpr int64_t kKeptVersions = 50;                // of each feed
inline constexpr int64_t kKeptDeltaBytes = 64 * (1 << 20);  // of all versions of a feed

std::vector<FeedRow> feed_rows(Database& database);                // any connection
std::vector<FeedRow> feed_rows(Database& database, Realm realm);   // those it sees; any
std::optional<FeedRow> feed_row(Database& database, FeedId feed);  // any connection
std::string feed_body(Database& database, FeedId feed);            // any connection

struct FeedCause {
    std::string why;    // "source sslbl", "rollback to 20261124.2"
    std::string actor;  // empty: the service itself
};
// publish_feed stores a body as the feed's next version. An unchanged body only becomes a new
// version when half its lifetime has passed, so that sensors never see it expire.
bool publish_feed(Database& database, FeedId feed, std::string_view body, std::size_t entries,
                  const FeedCause& cause, Timestamp now);

struct FeedVersion {
    FeedRow row;
    int64_t added = 0;  // against the version before
    int64_t removed = 0;
    FeedCause cause;
};
// feed_versions is newest first. Any connection.
std::vector<FeedVersion> feed_versions(Database& database, FeedId feed);
// feed_way leads from one kept version to another; nullopt when one of them is not kept. Any
// connection.
std::optional<intel::FeedDelta> feed_way(Database& database, FeedId feed, const std::string& from,
                                         const std::string& to);
// feed_body_at is the body of a kept version. Any connection.
std::optional<std::string> feed_body_at(Database& database, FeedId feed,
                                        const std::string& version);

// FeedObject is what became of one entry over all versions: the identity others know it by.
struct FeedObject {
    std::string feed;
    std::string line;  // the last one it had
    int64_t created_us = 0;
    int64_t modified_us = 0;
    bool withdrawn = false;
};
// feed_objects has every entry a feed has or had, ordered by entry. Any connection.
std::vector<FeedObject> feed_objects(Database& database, FeedId feed);

struct SourceRow {
    std::string name;
    std::string location;
    std::optional<int64_t> fetched_us;  // when it was last asked
    std::string result = "never";       // ok unchanged refused failed never
    std::string why;
    int64_t entries = 0;
    int64_t rejected_count = 0;
    std::vector<intel::RejectedLine> rejected;  // at most kMaxStoredRejected
    std::string etag;
    std::string last_modified;
};
inline constexpr std::size_t kMaxStoredRejected = 100;
std::vector<SourceRow> source_rows(Database& database);  // any connection; ordered by name
void save_source(Database& database, const SourceRow& source);
// keep_sources forgets every source that is not named; true: some have gone.
bool keep_sources(Database& database, const std::vector<std::string>& names);

std::vector<SourcePart> source_parts(Database& database, std::string_view source);  // any
void save_source_part(Database& database, std::string_view source, const SourcePart& part);
void remove_source_part(Database& database, std::string_view source, std::string_view part);

// merged_digest is of what the sources last gave for a feed; a rollback leaves it as it was.
std::string merged_digest(Database& database, std::string_view feed);
void save_merged_digest(Database& database, std::string_view feed, std::string_view sha256);

// store_identity is random and made with the file: a store that was lost and made anew has
// another. Any connection.
std::string store_identity(Database& database);
int64_t store_created_us(Database& database);  // any connection

}  // namespace eti::analysis
