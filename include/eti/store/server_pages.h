// What the page shows of servers beside the columns they sort by. Any connection.
#pragma once

#include "eti/store/rollups.h"
#include "eti/store/server_index.h"

#include <array>
#include <string>
#include <vector>

namespace eti::analysis {

// resolve_sets asks the store for the filter's conditions on certificates, fingerprints and
// clients. Throws FilterError when one matches more servers than kMaxSet.
ServerSets resolve_sets(Database& database, Realm realm, const Filter& filter);
inline constexpr std::size_t kMaxSet = 100'000;

using Spark = std::array<int64_t, 24>;

struct ServerRow {
    ServerHit hit;
    ServerState state;
    int64_t hosts = 0;  // in the range, at most kMaxHostsCounted
    Spark spark{};
};
inline constexpr std::size_t kMaxHostsCounted = 1000;
// server_row is none when the server was removed meanwhile.
std::optional<ServerRow> server_row(Database& database, Realm realm, const ServerHit& hit,
                                    const TimeRange& range);

struct TimeStep {
    int64_t start_us = 0;
    int64_t attempts = 0;
    int64_t blocked = 0;
};
// A series has one step an hour, or as many hours as keep it within kMaxSteps.
std::vector<TimeStep> server_series(Database& database, Realm realm, const net::IpAddress& ip,
                                    const TimeRange& range);
inline constexpr int64_t kMaxSteps = 400;
std::vector<TimeStep> realm_series(Database& database, Realm realm, const TimeRange& range);

struct ServerHostRow {
    net::IpAddress host;
    int64_t level = 0;
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t last_us = 0;
    std::string status;
};
std::vector<ServerHostRow> server_hosts(Database& database, Realm realm, const net::IpAddress& ip,
                                        const TimeRange& range);
struct HostServerRow {
    net::IpAddress server;
    std::string name;
    std::string category;
    int64_t level = 0;
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t last_us = 0;
};
std::vector<HostServerRow> host_servers(Database& database, Realm realm,
                                        const net::IpAddress& host);

// session_rows lists sessions newest first: of a server, of a host, of both or of all.
struct SessionCursor {
    int64_t day = INT64_MAX;
    int64_t row = INT64_MAX;
};
struct SessionQuery {
    Realm realm = kDefaultRealm;
    std::optional<net::IpAddress> server;
    std::optional<net::IpAddress> host;
    TimeRange range;
    SessionCursor before;
    std::size_t limit = 100;
};
struct SessionRows {
    std::vector<int64_t> rows;
    std::optional<SessionCursor> next;  // before, for the next page
};
SessionRows session_rows(Database& database, const SessionQuery& query);

}  // namespace eti::analysis
