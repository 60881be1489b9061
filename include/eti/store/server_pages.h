// What the page shows of servers beside the columns they sort by. Any connection.
#pragma once

#include "eti/store/rollups.h"
#include "eti/store/server_index.h"

#include <array>
#include <string>
#include <vector>

namespace eti::analysis {

inline constexpr std::size_t kMaxSet = 100'000;  // servers that one condition of a filter may match

using Spark = std::array<int64_t, 24>;

struct ServerRow {
    ServerHit hit;
    ServerState state;
    int64_t hosts = 0;  // in the range, at most kMaxHostsCounted
    Spark spark{};
};
inline constexpr std::size_t kMaxHostsCounted = 1000;

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

struct SessionCursor {
    int64_t day = INT64_MAX;
    int64_t row = INT64_MAX;
};
// Sessions are listed newest first: of a server, of a host, of both or of all.
struct SessionQuery {
    Realm realm = kDefaultRealm;
    std::optional<net::IpAddress> server;
    std::optional<net::IpAddress> host;
    TimeRange range;
    SessionCursor before;
    std::size_t limit = 100;
};

}  // namespace eti::analysis
