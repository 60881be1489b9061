#include "eti/store/rollups.h"

#include "store/rollup_codec.h"
#include "store/server_rows.h"

#include <algorithm>
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

struct PairSum {
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t level = 0;
    int64_t last_us = 0;
    bool any = false;
};

void add_to(PairSum& sum, const RollupChange& change) {
    const Contribution& facts = change.contribution;
    sum.attempts += change.sign;
    sum.blocked += facts.blocked ? change.sign : 0;
    sum.level = std::max<int64_t>(sum.level, facts.level);
    sum.last_us = std::max(sum.last_us, facts.last_us);
    sum.any = true;
}

void put_pair(Database& database, const RollupChange& change, const PairSum& sum) {
    const Contribution& facts = change.contribution;
    database.run(
        "INSERT INTO server_hosts(realm, day, server, host, attempts, blocked, level, last_seen)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(realm, day, server, host)"
        " DO UPDATE SET attempts = attempts + ?5, blocked = blocked + ?6, level = max(level, ?7),"
        " last_seen = max(last_seen, ?8)",
        change.realm, day_of_change(change), ip_key(facts.server), ip_key(facts.client),
        sum.attempts, sum.blocked, sum.level, sum.last_us);
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

void put_realm_days(Database& database, const std::vector<const RollupChange*>& changes) {
    RealmDay sum;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RollupChange& change = *changes[i];
        const Contribution& facts = change.contribution;
        const int64_t blocked = facts.blocked ? change.sign : 0;
        sum.attempts += change.sign;
        sum.blocked += blocked;
        sum.visibility[facts.visibility] += change.sign;
        merge(sum.hours, {hour_of(facts.start_us), false, change.sign, blocked, facts.level});
        if (i + 1 == changes.size() || changes[i + 1]->realm != change.realm ||
            day_of_change(*changes[i + 1]) != day_of_change(change)) {
            put_realm_day(database, change, sum);
            sum = {};
        }
    }
}

void put_host_counts(Database& database, const RollupChange& change, const PairSum& sum,
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
    Ordered changes;
    for (const RollupChange& change : pending_) {
        if (change.contribution.counted) {
            changes.push_back(&change);
        }
    }
    const auto run_key = [](const RollupChange* change) {
        return std::make_tuple(change->realm, day_of_change(*change), change->contribution.server);
    };
    std::stable_sort(changes.begin(), changes.end(), [&](const auto* a, const auto* b) {
        const auto first = run_key(a);
        const auto second = run_key(b);
        return first != second ? first < second : a->contribution.client < b->contribution.client;
    });
    put_realm_days(database_, changes);
    for (auto first = changes.begin(); first != changes.end();) {
        const auto last = std::find_if(first, changes.end(), [&](const RollupChange* each) {
            return run_key(each) != run_key(*first);
        });
        changed.push_back(apply_run({first, last}));
        first = last;
    }
}

// The changes of one server on one day.
ServerState Rollups::apply_run(const Ordered& changes) {
    const RollupChange& head = *changes.front();
    const net::IpAddress& ip = head.contribution.server;
    const int64_t day_number = day_of_change(head);
    auto stored = server_state(database_, head.realm, ip);
    const bool known = stored.has_value();
    ServerState state = stored ? std::move(*stored) : ServerState{};
    if (!known) {
        state.realm = head.realm;
        state.ip = ip;
        state.first_us = head.contribution.start_us;
        state.country = country_of_ ? country_of_(ip) : std::string();
    }
    ServerDay day = server_day(database_, head.realm, day_number, ip);
    History history = unpack_history(state.history);
    PairSum pair;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RollupChange& change = *changes[i];
        count_for_server(state, history, day, change);
        add_to(pair, change);
        if (change.sign > 0) {
            database_.run("INSERT OR IGNORE INTO server_sessions VALUES(?, ?, ?, ?)", change.realm,
                          day_number, ip_key(ip), change.session);
        }
        if (i + 1 == changes.size() ||
            changes[i + 1]->contribution.client != change.contribution.client) {
            put_pair(database_, change, pair);
            pair = {};
        }
    }
    put_server_day(database_, head.realm, day_number, ip, day);
    const int64_t newest = history.back().hour;
    fold(history, newest - kHourlyHours, newest - kHistoryDays * 24);
    state.history = pack(history);
    put_server(database_, state, known);
    return state;
}

void Rollups::apply_hosts() {
    Ordered changes;
    for (const RollupChange& change : pending_) {
        if (change.contribution.internal) {
            changes.push_back(&change);
        }
    }
    std::stable_sort(changes.begin(), changes.end(), [](const auto* a, const auto* b) {
        return std::make_tuple(a->realm, day_of_change(*a), a->contribution.client) <
               std::make_tuple(b->realm, day_of_change(*b), b->contribution.client);
    });
    PairSum sum;
    int64_t first_us = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RollupChange& change = *changes[i];
        const Contribution& facts = change.contribution;
        first_us = sum.any ? std::min(first_us, facts.start_us) : facts.start_us;
        add_to(sum, change);
        if (change.sign > 0) {
            database_.run("INSERT OR IGNORE INTO host_sessions VALUES(?, ?, ?, ?)", change.realm,
                          day_of_change(change), ip_key(facts.client), change.session);
        }
        if (i + 1 == changes.size() || changes[i + 1]->realm != change.realm ||
            changes[i + 1]->contribution.client != facts.client) {
            put_host_counts(database_, change, sum, first_us);
            sum = {};
        }
    }
}

}  // namespace eti::analysis
