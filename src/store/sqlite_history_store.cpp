#include "eti/base/check.h"
#include "eti/store/audit.h"
#include "eti/store/facts.h"
#include "store/server_columns.h"
#include "store/server_rows.h"
#include "store/session_table.h"
#include "store/sqlite_stores.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <set>

namespace eti::analysis {
namespace {

std::optional<std::vector<net::IpAddress>> servers_of_clients(Database& database, Realm realm,
                                                              const net::IpRange& clients,
                                                              std::size_t max) {
    IpSet servers;
    each_met(database, realm, clients, [&](int64_t, const net::IpAddress& server) {
        servers.insert(server);
        return servers.size() <= max;
    });
    return servers.size() > max ? std::nullopt
                                : std::optional(std::vector(servers.begin(), servers.end()));
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

// HostSet counts addresses up to kMaxHostsCounted: a busy server's month is looked at for each row
// of a page, and a set that allocates takes several times as long.
class HostSet {
  public:
    void insert(const net::IpAddress& ip) {
        for (std::size_t i = IpHash()(ip) % kSlots;; i = (i + 1) % kSlots) {
            if (!taken_[i]) {
                taken_[i] = true;
                slots_[i] = ip;
                ++size_;
                return;
            }
            if (slots_[i] == ip) {
                return;
            }
        }
    }
    bool full() const { return size_ >= kMaxHostsCounted; }
    std::size_t size() const { return size_; }

  private:
    static constexpr std::size_t kSlots = 4096;
    static_assert(kSlots > 2 * kMaxHostsCounted);

    std::bitset<kSlots> taken_;
    std::array<net::IpAddress, kSlots> slots_;
    std::size_t size_ = 0;
};

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
    HostSet hosts;
    for (auto day = days.begin(); day != days.end() && !hosts.full(); ++day) {
        each_host(hosts_of_day(database, state.realm, *day, state.ip), *day,
                  [&](const HostDay& host) {
                      if (host.attempts > 0) {
                          hosts.insert(host.host);
                      }
                      return !hosts.full();
                  });
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
                 server_day(database, state.realm, day, state.ip, WithHosts::No).hours) {
                add_to_spark(spark, hour, range);
            }
        }
    }
    return spark;
}

ServerRow row_of(Database& database, const ServerHit& hit, ServerState state,
                 const TimeRange& range) {
    ServerRow row;
    row.hit = hit;
    const auto days = active_days(state, range);
    row.hosts = count_hosts(database, state, days);
    row.spark = spark_of(database, state, range, days);
    row.state = std::move(state);
    return row;
}

ServerHit hit_of(const ServerState& state, const TimeRange& range, bool false_positive) {
    const HistorySum sum =
        sum_history(state.history, range.from_us / kHourUs, (range.to_us + kHourUs - 1) / kHourUs);
    return {state.ip, false_positive ? 0 : sum.level, std::max<int64_t>(sum.attempts, 0),
            std::max<int64_t>(sum.blocked, 0), false_positive};
}

// What a session counts as only grows, so that the highest and the last of the roll-ups stay true.
Contribution over(const Contribution& old, Contribution facts) {
    facts.server = old.server;
    facts.client = old.client;
    facts.start_us = old.start_us;
    facts.last_us = std::max(facts.last_us, old.last_us);
    facts.level = std::max(facts.level, old.level);
    facts.counted = facts.counted || old.counted;
    facts.internal = facts.internal || old.internal;
    return facts;
}

}  // namespace

std::optional<StoredSession> SqliteHistoryStore::find(int64_t sensor, std::string_view id) const {
    return find_session(database_, sensor, id);
}

StoredSession SqliteHistoryStore::insert(const HistorySession& session,
                                         const std::optional<StoredSession>& before) {
    const SessionRecord& record = session.record;
    if (before && is_older(*before, record)) {
        return *before;
    }
    StoredSession stored{0, record.phase, session.contribution};
    if (before) {
        stored.contribution = over(before->contribution, session.contribution);
        RollupChange taken_back;
        taken_back.realm = session.place.realm;
        taken_back.session = before->row;
        taken_back.sign = -1;
        taken_back.contribution = before->contribution;
        rollups_.add(std::move(taken_back));
    }
    stored.row = put_session(database_, session.place, record, stored.contribution, before);
    RollupChange change;
    change.realm = session.place.realm;
    change.session = stored.row;
    change.contribution = stored.contribution;
    change.name = record.server_name;
    change.name_source = record.name_source;
    change.category = session.category;
    rollups_.add(std::move(change));
    return stored;
}

void SqliteHistoryStore::raise(Realm realm, const StoredSession& session, uint8_t level,
                               const std::string& category) {
    if (level <= session.contribution.level) {
        return;
    }
    RollupChange change;
    change.realm = realm;
    change.session = session.row;
    change.sign = -1;
    change.contribution = session.contribution;
    rollups_.add(change);
    change.sign = 1;
    change.contribution.level = level;
    change.category = category;
    rollups_.add(std::move(change));
    database_.run("UPDATE sessions SET level = ? WHERE row = ?", int64_t{level}, session.row);
}

ServersPage SqliteHistoryStore::servers(ServerQuery query) const {
    ETI_CHECK(index_ != nullptr);
    // One read transaction for thousands of statements: each of its own takes and drops locks.
    std::optional<ReadSnapshot> snapshot;
    if (!database_.in_transaction()) {
        snapshot.emplace(database_);
    }
    query.sets.clear();
    resolve(database_, query.realm, query.filter, query.sets);
    ServerPage found = index_->page(query);
    ServersPage page{{}, std::move(found.next), found.total, found.range};
    for (const ServerHit& hit : found.hits) {
        // It may have been removed meanwhile.
        if (auto state = server_state(database_, query.realm, hit.ip)) {
            page.rows.push_back(row_of(database_, hit, std::move(*state), page.range));
        }
    }
    return page;
}

std::optional<ServerRow> SqliteHistoryStore::server(Realm realm, const net::IpAddress& ip,
                                                    const TimeRange& range) const {
    auto state = server_state(database_, realm, ip);
    if (!state) {
        return std::nullopt;
    }
    const bool reported = false_positive(database_, realm, ip).has_value();
    const ServerHit hit = hit_of(*state, range, reported);
    return row_of(database_, hit, std::move(*state), range);
}

SessionsPage SqliteHistoryStore::sessions(const SessionQuery& query) const {
    const SessionRows found = session_rows(database_, query);
    return {read_sessions(database_, query.realm, found.rows), found.next};
}

std::vector<SessionRow> SqliteHistoryStore::named(Realm realm, std::string_view id) const {
    return read_sessions(database_, realm, sessions_named(database_, realm, id));
}

}  // namespace eti::analysis
