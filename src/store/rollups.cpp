#include "eti/store/rollups.h"

#include "store/rollup_codec.h"
#include "store/server_rows.h"
#include "store/session_lists.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

namespace eti::analysis {
namespace {

int64_t day_of_change(const RollupChange& change) {
    return day_of_us(change.contribution.start_us);
}

// A change as the server's row and its day see it.
void count_for_server(ServerState& state, History& history, ServerDay& day,
                      const RollupChange& change) {
    const Contribution& facts = change.contribution;
    const int64_t blocked = facts.blocked ? change.sign : 0;
    HistoryPoint point{hour_of(facts.start_us), false, change.sign, blocked, facts.level};
    for (auto* counted : {&state.visibility, &day.visibility}) {
        (*counted)[facts.visibility] += change.sign;
    }
    for (auto* ports : {&state.ports, &day.ports}) {
        count_port(*ports, facts, change.sign);
    }
    state.attempts += change.sign;
    state.blocked += blocked;
    day.attempts += change.sign;
    day.blocked += blocked;
    day.level = std::max<int64_t>(day.level, facts.level);
    merge(day.hours, point);
    merge(history, point);
    state.level = std::max<int64_t>(state.level, facts.level);
    state.first_us = std::min(state.first_us, facts.start_us);
    state.last_us = std::max(state.last_us, facts.last_us);
    if (!change.category.empty() && facts.level >= state.category_level) {
        state.category = change.category;
        state.category_level = facts.level;
    }
    if (!change.name.empty() && change.name_source >= state.name_source) {
        state.name = change.name;
        state.name_source = change.name_source;
    }
}

// What changes are sorted by, with them: sorting then looks at no change.
struct Place {
    using Number = std::array<uint64_t, 2>;
    Realm realm = 0;
    int64_t day = 0;
    Number first{};
    Number second{};
    const RollupChange* change = nullptr;  // in the order they came

    auto run() const { return std::tie(realm, day, first); }
    friend bool operator<(const Place& a, const Place& b) {
        return std::tie(a.realm, a.day, a.first, a.second, a.change) <
               std::tie(b.realm, b.day, b.first, b.second, b.change);
    }
};
using Places = std::span<const Place>;

Place::Number number_of(const net::IpAddress& ip) {
    Place::Number number{};
    for (std::size_t i = 0; i < 16; ++i) {
        number[i / 8] = number[i / 8] << 8U | ip.bytes()[i];
    }
    return number;
}

// each_run calls use with the neighbours whose realm, day and first address are the same.
template <typename Use>
void each_run(Places places, Use use) {
    while (!places.empty()) {
        std::size_t size = 1;
        while (size < places.size() && places[size].run() == places.front().run()) {
            ++size;
        }
        use(places.first(size));
        places = places.subspan(size);
    }
}

void add_to(HostDay& sum, const RollupChange& change) {
    const Contribution& facts = change.contribution;
    sum.attempts += change.sign;
    sum.blocked += facts.blocked ? change.sign : 0;
    sum.level = std::max<int64_t>(sum.level, facts.level);
    sum.last_us = std::max(sum.last_us, facts.last_us);
}

// hosts_of sums the changes of one server and day by their hosts, which they are sorted by.
HostDays hosts_of(Places changes) {
    HostDays hosts;
    for (const Place& place : changes) {
        const net::IpAddress& client = place.change->contribution.client;
        if (hosts.empty() || hosts.back().host != client) {
            hosts.push_back({client, 0, 0, 0, 0});
        }
        add_to(hosts.back(), *place.change);
    }
    return hosts;
}

// merge_hosts adds to held and returns the hosts that were not there.
std::vector<net::IpAddress> merge_hosts(HostDays& held, const HostDays& added) {
    std::vector<net::IpAddress> fresh;
    HostDays merged;
    merged.reserve(held.size() + added.size());
    auto old = held.begin();
    for (const HostDay& each : added) {
        while (old != held.end() && old->host < each.host) {
            merged.push_back(*old++);
        }
        if (old == held.end() || old->host != each.host) {
            merged.push_back(each);
            fresh.push_back(each.host);
            continue;
        }
        merged.push_back(*old++);
        HostDay& sum = merged.back();
        sum.attempts += each.attempts;
        sum.blocked += each.blocked;
        sum.level = std::max(sum.level, each.level);
        sum.last_us = std::max(sum.last_us, each.last_us);
    }
    merged.insert(merged.end(), old, held.end());
    held = std::move(merged);
    return fresh;
}

void put_realm_day(Database& database, const RollupChange& head, const RealmDay& added) {
    RealmDay day = realm_day(database, head.realm, day_of_change(head));
    day.attempts += added.attempts;
    day.blocked += added.blocked;
    for (std::size_t i = 0; i < day.visibility.size(); ++i) {
        day.visibility[i] += added.visibility[i];
    }
    for (const HistoryPoint& point : added.hours) {
        merge(day.hours, point);
    }
    const std::string visibility = pack_visibility(day.visibility);
    const std::string hours = pack(day.hours);
    database.run("INSERT OR REPLACE INTO realm_days VALUES(?, ?, ?, ?, ?, ?)", head.realm,
                 day_of_change(head), day.attempts, day.blocked, Blob{visibility}, Blob{hours});
}

void put_realm_days(Database& database, Places changes) {
    RealmDay sum;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RollupChange& change = *changes[i].change;
        const Contribution& facts = change.contribution;
        const int64_t blocked = facts.blocked ? change.sign : 0;
        sum.attempts += change.sign;
        sum.blocked += blocked;
        sum.visibility[facts.visibility] += change.sign;
        merge(sum.hours, {hour_of(facts.start_us), false, change.sign, blocked, facts.level});
        if (i + 1 == changes.size() || changes[i + 1].realm != changes[i].realm ||
            changes[i + 1].day != changes[i].day) {
            put_realm_day(database, change, sum);
            sum = {};
        }
    }
}

// Sessions that count for the list's owner.
std::vector<int64_t> sessions_of(Places changes) {
    std::vector<int64_t> rows;
    for (const Place& place : changes) {
        if (place.change->sign > 0) {
            rows.push_back(place.change->session);
        }
    }
    return rows;
}

// What is kept by server: one visit for the changes of a server on a day.
class ServerChanges {
  public:
    ServerChanges(Database& database, const CountryOf& country_of)
        : database_(database), country_of_(country_of) {}

    ServerState apply(Places changes) {
        const RollupChange& head = *changes.front().change;
        const net::IpAddress& ip = head.contribution.server;
        const int64_t day_number = changes.front().day;
        auto stored = server_state(database_, head.realm, ip);
        ServerState state = stored ? std::move(*stored) : new_state(head);
        ServerDay day = server_day(database_, head.realm, day_number, ip, WithHosts::Yes);
        History history = unpack_history(state.history);
        for (const Place& place : changes) {
            count_for_server(state, history, day, *place.change);
        }
        for (const net::IpAddress& host : merge_hosts(day.hosts, hosts_of(changes))) {
            met_.push_back({head.realm, day_number, number_of(host), number_of(ip), &head});
        }
        put_server_day(database_, head.realm, day_number, ip, day);
        std::vector<int64_t> rows = sessions_of(changes);
        add_to_list(database_, ListOf::Server, head.realm, day_number, ip, rows);
        const int64_t newest = history.back().hour;
        fold(history, newest - kHourlyHours, newest - kHistoryDays * 24);
        state.history = pack(history);
        put_server(database_, state, stored.has_value());
        return state;
    }

    // put_met notes by host which servers it met first.
    void put_met() {
        std::sort(met_.begin(), met_.end());
        each_run(met_, [this](Places pairs) {
            std::string servers;
            for (const Place& pair : pairs) {
                put_ip(servers, pair.change->contribution.server);
            }
            add_met(database_, pairs.front().realm, pairs.front().day, ip_of(pairs.front().first),
                    pairs.front().change->session / kSessionsInPart, servers);
        });
    }

  private:
    ServerState new_state(const RollupChange& head) const {
        ServerState state;
        state.realm = head.realm;
        state.ip = head.contribution.server;
        state.first_us = head.contribution.start_us;
        state.country = country_of_ ? country_of_(state.ip) : std::string();
        return state;
    }
    static net::IpAddress ip_of(const Place::Number& number) {
        std::array<uint8_t, 16> bytes{};
        for (std::size_t i = 0; i < 16; ++i) {
            bytes[i] = static_cast<uint8_t>(number[i / 8] >> (56 - 8 * (i % 8)));
        }
        return net::IpAddress(bytes);
    }

    Database& database_;
    const CountryOf& country_of_;
    std::vector<Place> met_;  // host, then server
};

void put_host_counts(Database& database, const RollupChange& change, const HostDay& sum,
                     int64_t first_us) {
    database.run(
        "INSERT INTO hosts(realm, host, first_seen, last_seen, attempts, blocked)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(realm, host) DO UPDATE SET"
        " first_seen = min(first_seen, ?3), last_seen = max(last_seen, ?4),"
        " attempts = attempts + ?5, blocked = blocked + ?6",
        change.realm, ip_key(change.contribution.client), first_us, sum.last_us, sum.attempts,
        sum.blocked);
}

}  // namespace

RealmDay realm_day(Database& database, Realm realm, int64_t day) {
    Query row = database.query(
        "SELECT attempts, blocked, visibility, hours FROM realm_days WHERE realm = ? AND day = ?",
        realm, day);
    return row.next() ? RealmDay{row.integer(0), row.integer(1), unpack_visibility(row.text(2)),
                                 unpack_history(row.text(3))}
                      : RealmDay{};
}

Rollups::Rollups(Database& database, CountryOf country_of)
    : database_(database), country_of_(std::move(country_of)) {}

void Rollups::add(RollupChange change) {
    if (change.contribution.counted || change.contribution.internal) {
        pending_.push_back(std::move(change));
    }
}

void Rollups::log() {
    if (logged_ == pending_.size()) {
        return;
    }
    std::string bytes;
    for (; logged_ < pending_.size(); ++logged_) {
        put_change(bytes, pending_[logged_]);
    }
    database_.run("INSERT INTO rollup_log(changes) VALUES(?)", Blob{bytes});
}

void Rollups::reload() {
    pending_.clear();
    Query row = database_.query("SELECT changes FROM rollup_log ORDER BY row");
    while (row.next()) {
        const std::string bytes = row.text(0);
        std::string_view rest = bytes;
        RollupChange change;
        while (take_change(rest, change)) {
            pending_.push_back(change);
        }
    }
    logged_ = pending_.size();
}

std::vector<ServerState> Rollups::apply() {
    std::vector<ServerState> changed;
    if (!pending_.empty()) {
        apply_servers(changed);
        apply_hosts();
        pending_.clear();
    }
    if (logged_ > 0) {
        database_.run("DELETE FROM rollup_log");
        logged_ = 0;
    }
    return changed;
}

// In the order of the tables' keys: realm, day, server, host.
void Rollups::apply_servers(std::vector<ServerState>& changed) {
    std::vector<Place> places;
    for (const RollupChange& change : pending_) {
        const Contribution& facts = change.contribution;
        if (facts.counted) {
            places.push_back({change.realm, day_of_change(change), number_of(facts.server),
                              number_of(facts.client), &change});
        }
    }
    std::sort(places.begin(), places.end());
    put_realm_days(database_, places);
    ServerChanges servers(database_, country_of_);
    each_run(places, [&](Places run) { changed.push_back(servers.apply(run)); });
    servers.put_met();
}

void Rollups::apply_hosts() {
    std::vector<Place> places;
    for (const RollupChange& change : pending_) {
        const Contribution& facts = change.contribution;
        if (facts.internal) {
            places.push_back(
                {change.realm, day_of_change(change), number_of(facts.client), {}, &change});
        }
    }
    std::sort(places.begin(), places.end());
    each_run(places, [this](Places run) {
        const RollupChange& head = *run.front().change;
        HostDay sum;
        int64_t first_us = head.contribution.start_us;
        for (const Place& place : run) {
            first_us = std::min(first_us, place.change->contribution.start_us);
            add_to(sum, *place.change);
        }
        std::vector<int64_t> rows = sessions_of(run);
        add_to_list(database_, ListOf::Host, head.realm, run.front().day, head.contribution.client,
                    rows);
        put_host_counts(database_, head, sum, first_us);
    });
}

}  // namespace eti::analysis
