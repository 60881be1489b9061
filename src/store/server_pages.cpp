#include "eti/store/server_pages.h"

#include "eti/store/facts.h"
#include "store/server_columns.h"
#include "store/server_rows.h"

#include <algorithm>
#include <map>
#include <set>

namespace eti::analysis {
namespace {

constexpr std::size_t kMaxDetailRows = 1000;

std::optional<std::vector<net::IpAddress>> servers_of_clients(Database& database, Realm realm,
                                                              const net::IpRange& clients,
                                                              std::size_t max) {
    std::vector<net::IpAddress> servers;
    Query row = database.query(
        "SELECT DISTINCT server FROM server_hosts INDEXED BY server_hosts_host"
        " WHERE realm = ? AND host >= ? AND host <= ? LIMIT ?",
        realm, ip_key(clients.first), ip_key(clients.last), static_cast<int64_t>(max) + 1);
    while (row.next()) {
        servers.push_back(ip_from(row.text(0)));
    }
    return servers.size() > max ? std::nullopt : std::optional(std::move(servers));
}

void resolve(Database& database, Realm realm, const Filter& filter, ServerSets& sets) {
    if (filter.kind == Filter::Kind::Term && is_set_field(filter.term.field)) {
        const FilterTerm& term = filter.term;
        std::optional<std::vector<net::IpAddress>> found;
        if (term.field == FilterField::Client) {
            found = servers_of_clients(database, realm, term.range, kMaxSet);
        } else {
            static constexpr std::array<std::string_view, 4> kKinds{"sha1", "sha256", "ja3", "ja4"};
            const auto kind =
                static_cast<std::size_t>(term.field) - static_cast<std::size_t>(FilterField::Sha1);
            found = servers_with(database, realm, kKinds[kind], term.pattern.text,
                                 term.pattern.open_end, kMaxSet);
        }
        if (!found) {
            throw FilterError(1, "a condition matches more than " + std::to_string(kMaxSet) +
                                     " servers: narrow it");
        }
        sets.push_back(std::move(*found));
    }
    for (const Filter& part : filter.parts) {
        resolve(database, realm, part, sets);
    }
}

// The days of the range on which the server was met, the newest first.
std::set<int64_t, std::greater<>> active_days(const ServerState& state, const TimeRange& range) {
    std::set<int64_t, std::greater<>> days;
    for (const HistoryPoint& point : unpack_history(state.history)) {
        const int64_t start = point.hour * kHourUs;
        const int64_t end = start + (point.whole_day ? kDayUs : kHourUs);
        if (end > range.from_us && start < range.to_us && point.attempts > 0) {
            days.insert(day_of_us(start));
        }
    }
    return days;
}

int64_t count_hosts(Database& database, const ServerState& state,
                    const std::set<int64_t, std::greater<>>& days) {
    IpSet hosts;
    for (const int64_t day : days) {
        Query row = database.query(
            "SELECT host FROM server_hosts WHERE realm = ? AND day = ? AND server = ?"
            " AND attempts > 0 LIMIT ?",
            state.realm, day, ip_key(state.ip), static_cast<int64_t>(kMaxHostsCounted));
        while (row.next() && hosts.size() < kMaxHostsCounted) {
            hosts.insert(ip_from(row.text(0)));
        }
    }
    return static_cast<int64_t>(hosts.size());
}

void add_to_spark(Spark& spark, const HistoryPoint& point, const TimeRange& range) {
    const int64_t start = point.hour * kHourUs;
    const auto parts = static_cast<int64_t>(spark.size());
    const int64_t span = std::max<int64_t>(range.to_us - range.from_us, parts);
    if (start >= range.from_us && start < range.to_us) {
        const int64_t part = (start - range.from_us) / ((span + parts - 1) / parts);
        spark[static_cast<std::size_t>(std::min(part, parts - 1))] +=
            std::max<int64_t>(point.attempts, 0);
    }
}

Spark spark_of(Database& database, const ServerState& state, const TimeRange& range,
               const std::set<int64_t, std::greater<>>& days) {
    Spark spark{};
    const History history = unpack_history(state.history);
    // The row itself knows the hours of two days; beyond a week a day is no longer than a part.
    const bool hours_needed = range.to_us - range.from_us <= 8 * kDayUs;
    for (const HistoryPoint& point : history) {
        if (!point.whole_day || !hours_needed) {
            add_to_spark(spark, point, range);
        } else if (days.contains(day_of_us(point.hour * kHourUs))) {
            const int64_t day = day_of_us(point.hour * kHourUs);
            for (const HistoryPoint& hour :
                 server_day(database, state.realm, day, state.ip).hours) {
                add_to_spark(spark, hour, range);
            }
        }
    }
    return spark;
}

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

ServerSets resolve_sets(Database& database, Realm realm, const Filter& filter) {
    ServerSets sets;
    resolve(database, realm, filter, sets);
    return sets;
}

std::optional<ServerRow> server_row(Database& database, Realm realm, const ServerHit& hit,
                                    const TimeRange& range) {
    auto state = server_state(database, realm, hit.ip);
    if (!state) {
        return std::nullopt;
    }
    ServerRow row;
    row.hit = hit;
    const auto days = active_days(*state, range);
    row.hosts = count_hosts(database, *state, days);
    row.spark = spark_of(database, *state, range, days);
    row.state = std::move(*state);
    return row;
}

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
