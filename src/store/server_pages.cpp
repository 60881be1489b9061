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

}  // namespace

std::vector<TimeStep> server_series(Database& database, Realm realm, const net::IpAddress& ip,
                                    const TimeRange& range) {
    return series_of(range,
                     [&](int64_t day) { return server_day(database, realm, day, ip).hours; });
}

std::vector<TimeStep> realm_series(Database& database, Realm realm, const TimeRange& range) {
    return series_of(range, [&](int64_t day) { return realm_day(database, realm, day).hours; });
}

std::vector<ServerHostRow> server_hosts(Database& database, Realm realm, const net::IpAddress& ip,
                                        const TimeRange& range) {
    std::map<net::IpAddress, ServerHostRow> hosts;
    for (int64_t day = day_of_us(range.to_us - 1); (day + 1) * kDayUs > range.from_us; --day) {
        Query row = database.query(
            "SELECT host, level, attempts, blocked, last_seen FROM server_hosts"
            " WHERE realm = ? AND day = ? AND server = ? LIMIT ?",
            realm, day, ip_key(ip), static_cast<int64_t>(kMaxDetailRows));
        while (row.next()) {
            const net::IpAddress host = ip_from(row.text(0));
            if (!hosts.contains(host) && hosts.size() == kMaxDetailRows) {
                continue;
            }
            ServerHostRow& sum = hosts[host];
            sum.host = host;
            sum.level = std::max(sum.level, row.integer(1));
            sum.attempts += row.integer(2);
            sum.blocked += row.integer(3);
            sum.last_us = std::max(sum.last_us, row.integer(4));
        }
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
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.level != b.level ? a.level > b.level : a.last_us > b.last_us;
    });
    return rows;
}

std::vector<HostServerRow> host_servers(Database& database, Realm realm,
                                        const net::IpAddress& host) {
    std::vector<HostServerRow> rows;
    Query row = database.query(
        "SELECT h.server, s.name, s.category, max(h.level), sum(h.attempts), sum(h.blocked),"
        " max(h.last_seen) FROM server_hosts h INDEXED BY server_hosts_host"
        " JOIN servers s ON s.realm = h.realm AND s.server = h.server"
        " WHERE h.realm = ? AND h.host = ? GROUP BY h.server"
        " ORDER BY max(h.level) DESC, max(h.last_seen) DESC LIMIT ?",
        realm, ip_key(host), static_cast<int64_t>(kMaxDetailRows));
    while (row.next()) {
        rows.push_back({ip_from(row.text(0)), row.text(1), row.text(2), row.integer(3),
                        row.integer(4), row.integer(5), row.integer(6)});
    }
    return rows;
}

}  // namespace eti::analysis
