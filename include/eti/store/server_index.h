// The servers' page in memory: what its seven columns sort by and its filter looks at, in columns,
// so that any sort with any filter is one pass over a few bytes a server. The store's table
// "servers" is the truth; this is loaded from it and follows every commit.
#pragma once

#include "eti/store/filter.h"
#include "eti/store/rollups.h"

#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

namespace eti::analysis {

enum class Window : uint8_t { Day, Week, Month };  // 24 hours; 7 and 30 days UTC, today included
inline constexpr std::size_t kWindows = 3;

enum class ServerSort : uint8_t { Ip, Hostname, Level, Count, Country, LastSeen, Category };

// from is inside, to is not. Whole hours in the last two days, whole days before.
struct TimeRange {
    int64_t from_us = 0;
    int64_t to_us = 0;
};

// Where a page ended: the last row's place in the order.
struct ServerCursor {
    int64_t number = 0;
    std::string text;
    int64_t last_us = 0;
    net::IpAddress ip;
};

// The servers a condition on certificates, fingerprints or clients resolves to, in the order of
// such conditions in the filter.
using ServerSets = std::vector<std::vector<net::IpAddress>>;

struct ServerQuery {
    Realm realm = kDefaultRealm;
    std::optional<Window> window = Window::Day;  // none: range
    TimeRange range;
    ServerSort sort = ServerSort::Level;
    bool descending = true;
    Filter filter;
    ServerSets sets;
    std::optional<ServerCursor> after;
    std::size_t limit = 100;
};

struct ServerHit {
    net::IpAddress ip;
    int64_t level = 0;  // in the range; 0 when reported as a false positive
    int64_t attempts = 0;
    int64_t blocked = 0;
    bool false_positive = false;
};
struct ServerPage {
    std::vector<ServerHit> hits;
    std::optional<ServerCursor> next;
    int64_t total = 0;  // that match
    TimeRange range;
};

// ServerMark: the server was reported as a false positive, or is no longer.
struct ServerMark {
    Realm realm = kDefaultRealm;
    net::IpAddress ip;
    bool false_positive = false;
};

class ServerIndex {
  public:
    ServerIndex();
    ~ServerIndex();
    ServerIndex(const ServerIndex&) = delete;
    ServerIndex& operator=(const ServerIndex&) = delete;

    // load reads everything. Before any other thread uses the index.
    void load(Database& database, Timestamp now);
    // update and remove follow the store. Writer thread, after its commit.
    void update(const std::vector<ServerState>& changed, const std::vector<ServerMark>& marked);
    void remove(const std::vector<std::pair<Realm, net::IpAddress>>& servers);
    // advance moves the windows to now; cheap within the same hour. Any thread.
    void advance(Timestamp now);

    // Any thread.
    ServerPage page(const ServerQuery& query) const;
    TimeRange range_of(Window window) const;
    std::size_t size(Realm realm) const;
    std::size_t size() const;  // of all realms

    struct Columns;

  private:
    Columns& realm_columns(Realm realm);
    void put(const ServerState& state);

    mutable std::shared_mutex mutex_;
    std::vector<std::pair<Realm, std::unique_ptr<Columns>>> realms_;
    int64_t now_hour_ = 0;
};

// snap rounds a range outwards to what is kept: hours, or days where only days are left.
TimeRange snap(const TimeRange& range, Timestamp now);

}  // namespace eti::analysis
