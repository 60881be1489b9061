#include "api/page_query.h"
#include "eti/api/manifest.h"

namespace eti::analysis {
namespace {

using nlohmann::json;

int64_t count_of(Database& database, const char* sql, Realm realm) {
    Query row = database.query(sql, realm);
    return row.next() ? row.integer(0) : 0;
}

int64_t stored_bytes(Database& database) {
    Query row = database.query(
        "SELECT (p.page_count - f.freelist_count) * s.page_size FROM"
        " pragma_page_count p, pragma_freelist_count f, pragma_page_size s");
    return row.next() ? row.integer(0) : 0;
}

json limit(const char* name, double value, json used, const char* unit) {
    return {{"name", name}, {"value", value}, {"used", std::move(used)}, {"unit", unit}};
}

VisibilityCounts visibility_of_month(Database& database, Realm realm, Timestamp now) {
    VisibilityCounts sum{};
    const int64_t today = day_of_us(to_micros(now));
    for (int64_t day = today - 29; day <= today; ++day) {
        const RealmDay counts = realm_day(database, realm, day);
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += counts.visibility[i];
        }
    }
    return sum;
}

}  // namespace

json totals_json(ApiContext& context, Database& database, Realm realm) {
    return {{"servers", context.index.size(realm)},
            {"hosts", count_of(database, "SELECT count(*) FROM hosts WHERE realm = ?", realm)},
            // Rows are numbered without gaps but for what was pruned from the start.
            {"sessions", count_of(database,
                                  "SELECT coalesce(max(row) - min(row) + 1, 0) FROM sessions"
                                  " WHERE ?1 = ?1",
                                  realm)},
            {"infected_hosts",
             count_of(database, "SELECT count(*) FROM infected WHERE realm = ? AND removed = 0",
                      realm)},
            {"sensors", count_of(database, "SELECT count(*) FROM sensors WHERE realm = ?", realm)}};
}

Response get_sensors(ApiContext&, Stores& stores, const Request& request) {
    json sensors = json::array();
    Query row = stores.database.query(
        "SELECT name, first_seen, last_seen, records FROM sensors WHERE realm = ?"
        " ORDER BY name",
        request.realm);
    while (row.next()) {
        sensors.push_back({{"name", row.text(0)},
                           {"first_seen", time_text(row.integer(1))},
                           {"last_seen", time_text(row.integer(2))},
                           {"records", row.integer(3)},
                           {"version", nullptr},
                           {"clock_skew_ms", nullptr}});
    }
    return json_answer({{"sensors", std::move(sensors)}});
}

Response get_audit(ApiContext&, Stores& stores, const Request& request) {
    const int64_t limit_rows = number_parameter(request, "limit", 100, 1, 1000);
    const auto fields = open_cursor(request.parameter("cursor"));
    const int64_t before = fields ? cursor_number(fields->front()) : INT64_MAX;
    const auto rows = audit_page(stores.database, request.realm, request.parameter("object"),
                                 before, limit_rows + 1);
    json entries = json::array();
    json next;
    for (const AuditRow& row : rows) {
        if (static_cast<int64_t>(entries.size()) == limit_rows) {
            next = seal_cursor({entries.back()["id"].get<std::string>()});
            break;
        }
        const AuditEntry& entry = row.entry;
        entries.push_back({{"id", std::to_string(row.row)},
                           {"time", time_text(row.time_us)},
                           {"actor", entry.actor.empty() ? json() : json(entry.actor)},
                           {"action", entry.action},
                           {"object", entry.object},
                           {"detail", entry.detail}});
    }
    return json_answer({{"entries", std::move(entries)}, {"next", std::move(next)}});
}

Response get_status(ApiContext& context, Stores& stores, const Request& request) {
    Database& database = stores.database;
    json feeds = json::object();
    for (const FeedRow& feed : feeds_seen_by(request.realm, *stores.feeds)) {
        feeds[feed.name] = feed.version;
    }
    Query newest = database.query(
        "SELECT max(start) FROM (SELECT start FROM sessions WHERE realm = ? ORDER BY row DESC"
        " LIMIT 100)",
        request.realm);
    const bool any = newest.next() && !newest.is_null(0);
    const BodyLimits& bodies = context.limits;
    return json_answer(
        {{"now", time_text(to_micros(context.now()))},
         {"last_session", any ? json(time_text(newest.integer(0))) : json()},
         {"visibility",
          visibility_json(visibility_of_month(database, request.realm, context.now()))},
         {"totals", totals_json(context, database, request.realm)},
         {"limits",
          {limit("store", static_cast<double>(context.max_store_bytes), stored_bytes(database),
                 "bytes"),
           limit("body of records", static_cast<double>(bodies.max_body_bytes), nullptr, "bytes"),
           limit("records, decompressed", static_cast<double>(bodies.max_records_bytes), nullptr,
                 "bytes"),
           limit("sensors", static_cast<double>(kMaxSensors),
                 count_of(database, "SELECT count(*) FROM sensors WHERE realm = ?", request.realm),
                 "sensors")}},
         {"versions",
          {{"service", context.version},
           {"rules", context.version},
           {"model", nullptr},
           {"feeds", std::move(feeds)}}},
         {"threshold", context.hosts.threshold}});
}

Response get_ready(ApiContext& context, const Stores& stores) {
    json checks = json::array();
    bool ready = true;
    const auto check = [&](const char* name, bool pass, const std::string& why) {
        json entry{{"name", name}, {"status", pass ? "pass" : "fail"}};
        if (!pass) {
            entry["why"] = why;
            ready = false;
        }
        checks.push_back(std::move(entry));
    };
    check("migrations", stores.verdicts->version() > 0, "the store has no schema yet");
    const int64_t used = stored_bytes(stores.database);
    check("store", static_cast<uint64_t>(used) < context.max_store_bytes,
          "the store is at its limit: raise --max-store-bytes");
    check("writer", !context.writer.full(), "the queue of batches is full");
    std::string expired;
    for (const FeedRow& feed : stores.feeds->feeds()) {
        if (feed.expires_us <= to_micros(context.now())) {
            expired += (expired.empty() ? "" : ", ") + feed.name;
        }
    }
    check("feeds", expired.empty(), expired + " expired: see the source's log lines");
    Response response = json_answer(
        {{"status", ready ? "ready" : "fail"}, {"checks", std::move(checks)}}, ready ? 200 : 503);
    return response;
}

}  // namespace eti::analysis
