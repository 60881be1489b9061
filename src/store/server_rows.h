// Rows of "servers" and "server_days", read and written whole.
#pragma once

#include "eti/store/packed.h"
#include "eti/store/rollups.h"

#include <functional>

namespace eti::analysis {

// What a server and a host had to do with each other on a day.
struct HostDay {
    net::IpAddress host;
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t level = 0;
    int64_t last_us = 0;
};
using HostDays = std::vector<HostDay>;  // in the order of the addresses
std::string pack_hosts(const HostDays& hosts, int64_t day);
// A row of the table "server_days".
struct ServerDay {
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t level = 0;
    History hours;
    VisibilityCounts visibility{};
    Ports ports;
    HostDays hosts;
    bool stored = false;
};
// The list of hosts may be long: it is read where it is needed.
enum class WithHosts : uint8_t { No, Yes };
ServerDay server_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip,
                     WithHosts hosts);
// hosts_of_day is the packed list alone.
std::string hosts_of_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip);
void put_server_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip,
                    const ServerDay& row);
void put_server(Database& database, const ServerState& state, bool stored);

// IPv4 in four bytes.
void put_ip(std::string& out, const net::IpAddress& ip);
inline bool take_ip(std::string_view& in, net::IpAddress& ip) {
    const std::size_t size = in.empty() ? 0 : static_cast<unsigned char>(in[0]);
    if ((size != 4 && size != 16) || size >= in.size()) {
        return false;
    }
    const auto byte = [&](std::size_t i) { return static_cast<uint8_t>(in[i]); };
    ip = size == 4 ? net::IpAddress::v4(byte(1), byte(2), byte(3), byte(4))
                   : ip_from(in.substr(1, size));
    in.remove_prefix(1 + size);
    return true;
}
// each_host calls use with every host of a day's packed list until it returns false.
template <typename Use>
void each_host(std::string_view bytes, int64_t day, Use use) {
    HostDay host;
    while (take_ip(bytes, host.host) && take_signed(bytes, host.attempts) &&
           take_signed(bytes, host.blocked) && take_signed(bytes, host.level) &&
           take_signed(bytes, host.last_us)) {
        host.last_us += day * kDayUs;
        if (!use(host)) {
            return;
        }
    }
}
// add_met notes packed addresses of servers the host met for the first time on the day. A part is
// as in session_lists.h, so that no row grows without bound.
void add_met(Database& database, Realm realm, int64_t day, const net::IpAddress& host, int64_t part,
             std::string_view servers);
// each_met calls use with the servers these hosts met, day by day, until it returns false.
void each_met(Database& database, Realm realm, const net::IpRange& hosts,
              const std::function<bool(int64_t day, const net::IpAddress& server)>& use);

}  // namespace eti::analysis
