// Rows of "servers" and "server_days", read and written whole.
#pragma once

#include "eti/store/rollups.h"

namespace eti::analysis {

// A row of the table "server_days".
struct ServerDay {
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t level = 0;
    History hours;
    VisibilityCounts visibility{};
    Ports ports;
    bool stored = false;
};
ServerDay server_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip);
void put_server_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip,
                    const ServerDay& row);
void put_server(Database& database, const ServerState& state, bool stored);

}  // namespace eti::analysis
