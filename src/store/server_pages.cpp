#include "eti/store/server_pages.h"

#include "store/server_rows.h"

#include <algorithm>
#include <map>

namespace eti::analysis {
namespace {

constexpr std::size_t kMaxDetailRows = 1000;

// The steps of a range; hours_of(day) is a day's history.
template <typename HoursOf>
std::vector<TimeStep> series_of(const TimeRange& range, HoursOf hours_of) {
    const int64_t hours = std::max<int64_t>((range.to_us - range.from_us) / kHourUs, 1);
    const int64_t step_us = (hours + kMaxSteps - 1) / kMaxSteps * kHourUs;
    std::vector<TimeStep> steps;
    for (int64_t start = range.from_us; start < range.to_us; start += step_us) {
        steps.push_back({start, 0, 0});
    }
    for (int64_t day = day_of_us(range.from_us); day * kDayUs < range.to_us; ++day) {
        for (const HistoryPoint& point : hours_of(day)) {
            const int64_t place = (point.hour * kHourUs - range.from_us) / step_us;
            if (point.hour * kHourUs >= range.from_us &&
                place < static_cast<int64_t>(steps.size())) {
                steps[static_cast<std::size_t>(place)].attempts += point.attempts;
                steps[static_cast<std::size_t>(place)].blocked += point.blocked;
            }
        }
    }
    return steps;
}

// Sum is a row of a server's hosts or of a host's servers.
template <typename Sum>
void add_to(Sum& sum, const HostDay& day) {
    sum.level = std::max(sum.level, day.level);
    sum.attempts += day.attempts;
    sum.blocked += day.blocked;
    sum.last_us = std::max(sum.last_us, day.last_us);
}

template <typename Row>
bool by_level_and_time(const Row& a, const Row& b) {
    return a.level != b.level ? a.level > b.level : a.last_us > b.last_us;
}

}  // namespace

std::vector<TimeStep> server_series(Database& database, Realm realm, const net::IpAddress& ip,
                                    const TimeRange& range) {
    return series_of(range, [&](int64_t day) {
        return server_day(database, realm, day, ip, WithHosts::No).hours;
    });
}

std::vector<TimeStep> realm_series(Database& database, Realm realm, const TimeRange& range) {
    return series_of(range, [&](int64_t day) { return realm_day(database, realm, day).hours; });
}

std::vector<ServerHostRow> server_hosts(Database& database, Realm realm, const net::IpAddress& ip,
                                        const TimeRange& range) {
    std::map<net::IpAddress, ServerHostRow> hosts;
    for (int64_t day = day_of_us(range.to_us - 1); (day + 1) * kDayUs > range.from_us; --day) {
        each_host(hosts_of_day(database, realm, day, ip), day, [&](const HostDay& each) {
            if (hosts.size() < kMaxDetailRows || hosts.contains(each.host)) {
                ServerHostRow& sum = hosts[each.host];
                sum.host = each.host;
                add_to(sum, each);
            }
            return true;
        });
    }
    std::vector<ServerHostRow> rows;
    for (auto& [host, sum] : hosts) {
        Query row = database.query("SELECT status FROM hosts WHERE realm = ? AND host = ?", realm,
                                   ip_key(host));
        sum.status = row.next() ? row.text(0) : "open";
        if (sum.attempts > 0) {
            rows.push_back(std::move(sum));
        }
    }
    std::stable_sort(rows.begin(), rows.end(), by_level_and_time<ServerHostRow>);
    return rows;
}

std::vector<HostServerRow> host_servers(Database& database, Realm realm,
                                        const net::IpAddress& host) {
    std::map<net::IpAddress, HostServerRow> servers;
    each_met(database, realm, {host, host}, [&](int64_t day, const net::IpAddress& server) {
        HostServerRow& sum = servers[server];
        sum.server = server;
        each_host(hosts_of_day(database, realm, day, server), day, [&](const HostDay& each) {
            if (each.host == host) {
                add_to(sum, each);
            }
            return each.host < host;
        });
        return true;
    });
    std::vector<HostServerRow> rows;
    for (auto& [server, sum] : servers) {
        Query row = database.query(
            "SELECT name, category FROM servers WHERE realm = ?"
            " AND server = ?",
            realm, ip_key(server));
        if (row.next()) {
            sum.name = row.text(0);
            sum.category = row.text(1);
            rows.push_back(std::move(sum));
        }
    }
    std::stable_sort(rows.begin(), rows.end(), by_level_and_time<HostServerRow>);
    rows.resize(std::min(rows.size(), kMaxDetailRows));
    return rows;
}

}  // namespace eti::analysis
