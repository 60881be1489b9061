// Roll-ups by external server, by hour and by host, kept as sessions arrive. Changes are logged in
// the transaction of the sessions they come from and applied together a little later, in the order
// of the tables: one visit of a page for many sessions instead of one for each.
#pragma once

#include "eti/store/recent.h"
#include "eti/store/sessions.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace eti::analysis {

struct RollupChange {
    Realm realm = kDefaultRealm;
    int64_t session = 0;
    int sign = 1;  // -1: taken back, because a later phase replaces it
    Contribution contribution;
    std::string name;  // of the server
    NameSource name_source = NameSource::None;
    std::string category;  // what the level's evidence says
};

struct PortCount {
    uint16_t port = 0;
    uint8_t protocol = 0;  // index into kProtocolNames
    int64_t count = 0;
};
using Ports = std::vector<PortCount>;
using VisibilityCounts = std::array<int64_t, kVisibilityNames.size()>;
inline constexpr std::size_t kMaxPorts = 32;  // of a server that are told apart

// A row of the table "servers".
struct ServerState {
    Realm realm = kDefaultRealm;
    net::IpAddress ip;
    std::string name;
    NameSource name_source = NameSource::None;
    int64_t level = 0;
    std::string category;
    int64_t category_level = 0;
    std::string country;  // ISO 3166 code; empty when unknown
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t first_us = 0;
    int64_t last_us = 0;
    VisibilityCounts visibility{};
    Ports ports;
    std::string history;  // packed, see recent.h
};

std::optional<ServerState> server_state(Database& database, Realm realm,
                                        const net::IpAddress& ip);  // any connection
// each_server reads all rows in the order of their addresses. Any connection.
void each_server(Database& database, const std::function<void(const ServerState&)>& use);
Ports unpack_ports(std::string_view bytes);
VisibilityCounts unpack_visibility(std::string_view bytes);

// A realm's day: what the chart and the shares of visibility are made of.
struct RealmDay {
    int64_t attempts = 0;
    int64_t blocked = 0;
    VisibilityCounts visibility{};
    History hours;
};
RealmDay realm_day(Database& database, Realm realm, int64_t day);  // any connection

using CountryOf = std::function<std::string(const net::IpAddress&)>;

class Rollups {
  public:
    Rollups(Database& database, CountryOf country_of);

    void add(RollupChange change);
    // A job that fails takes back what it added: truncate to the size before it.
    std::size_t size() const { return pending_.size(); }
    void truncate(std::size_t size) { pending_.resize(size); }
    // log makes what was added since the last call durable with the transaction.
    void log();
    // apply brings every table up to date, empties the log and returns the servers that changed,
    // one of several days more than once, the last one as it is now.
    std::vector<ServerState> apply();
    // reload forgets what is in memory and reads the log: after a rollback, and at the start.
    void reload();

  private:
    void apply_servers(std::vector<ServerState>& changed);
    void apply_hosts();

    Database& database_;
    CountryOf country_of_;
    std::vector<RollupChange> pending_;
    std::size_t logged_ = 0;  // of pending_, from its start
};

}  // namespace eti::analysis
