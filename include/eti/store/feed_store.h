// FeedStore: published feeds, each a text with versions.
//
// Guarantees: a feed's serial grows by one with every version, and version texts are never used
// again; a body that is in force already makes no version, but for its renewal when half its
// lifetime has passed; the body of a kept version is, byte for byte, what was published; a version
// that is not kept, or never was, is absent. The newest kKeptVersions are kept, fewer when what
// leads from one to the next exceeds kKeptDeltaBytes; the version in force always is.
//
// publish: writer thread, inside its transaction. All others: any connection. Every function throws
// StorageError.
//
// Embedded, one writer numbers the versions. Where several nodes publish, one that finds another's
// version in force instead of the one it knew compares again and publishes only what still differs.
#pragma once

#include "eti/intel/feed_delta.h"
#include "eti/store/keys.h"

#include <chrono>
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

struct FeedCause {
    std::string why;    // "source sslbl", "rollback to 20261124.2"
    std::string actor;  // empty: the service itself
};
struct FeedVersion {
    FeedRow row;
    int64_t added = 0;  // against the version before
    int64_t removed = 0;
    FeedCause cause;
};
// FeedObject is what became of one entry over all versions: the identity others know it by.
struct FeedObject {
    std::string feed;
    std::string line;  // the last one it had
    int64_t created_us = 0;
    int64_t modified_us = 0;
    bool withdrawn = false;
};

class FeedStore {
  public:
    virtual ~FeedStore() = default;

    // publish stores a body of so many entries, as intel::render_feed_body makes it, as the feed's
    // next version; false: it made none.
    virtual bool publish(FeedId feed, std::string_view body, std::size_t entries,
                         const FeedCause& cause, Timestamp now) = 0;

    // What is in force: of all feeds, by name and realm; of one; its body, empty without one.
    virtual std::vector<FeedRow> feeds() const = 0;
    virtual std::optional<FeedRow> feed(FeedId feed) const = 0;
    virtual std::string body(FeedId feed) const = 0;

    // What is kept: the versions, newest first; the body of one; the way from one to another.
    virtual std::vector<FeedVersion> versions(FeedId feed) const = 0;
    virtual std::optional<std::string> body_at(FeedId feed, const std::string& version) const = 0;
    virtual std::optional<intel::FeedDelta> way(FeedId feed, const std::string& from,
                                                const std::string& to) const = 0;
    // objects has every entry a feed has or had, ordered by entry.
    virtual std::vector<FeedObject> objects(FeedId feed) const = 0;
};

// feeds_seen_by is those of feeds() that the realm sees.
std::vector<FeedRow> feeds_seen_by(Realm realm, const FeedStore& store);

}  // namespace eti::analysis
