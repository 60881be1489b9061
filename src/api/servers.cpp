#include "api/page_query.h"
#include "api/server_exports.h"

#include <algorithm>
#include <array>

namespace eti::analysis {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kSorts{"ip",      "hostname",  "level",   "count",
                                                 "country", "last_seen", "category"};
constexpr int64_t kMaxRows = 100'000;  // of a page: a file of all that passes is one

void read_sort(const Request& request, ServerQuery& query) {
    std::string name = request.parameter("sort");
    query.descending = name.empty() || name.starts_with('-');
    name.erase(0, name.starts_with('-') ? 1 : 0);
    const auto found = std::find(kSorts.begin(), kSorts.end(), name.empty() ? "level" : name);
    if (found == kSorts.end()) {
        throw RequestError(400,
                           "'sort' must be one of ip, hostname, level, count, country, last_seen, "
                           "category, with '-' before it for descending");
    }
    query.sort = static_cast<ServerSort>(found - kSorts.begin());
}

void read_cursor(const Request& request, ServerQuery& query) {
    const auto fields = open_cursor(request.parameter("cursor"));
    if (!fields) {
        return;
    }
    const auto ip = fields->size() == 4 ? net::parse_ip((*fields)[3]) : std::nullopt;
    if (!ip) {
        throw RequestError(400, "'cursor' must be 'next' of an earlier page of the same request");
    }
    query.after =
        ServerCursor{cursor_number((*fields)[0]), (*fields)[1], cursor_number((*fields)[2]), *ip};
}

json sealed(const std::optional<ServerCursor>& cursor) {
    return cursor ? json(seal_cursor({std::to_string(cursor->number), cursor->text,
                                      std::to_string(cursor->last_us), net::to_string(cursor->ip)}))
                  : json();
}

json series_json(const std::vector<TimeStep>& steps) {
    json series = json::array();
    for (const TimeStep& step : steps) {
        series.push_back({{"t", time_text(step.start_us)},
                          {"count", std::max<int64_t>(step.attempts, 0)},
                          {"blocked", std::max<int64_t>(step.blocked, 0)}});
    }
    return series;
}

Response answer_page(ApiContext& context, Stores& stores, const Request& request,
                     const ServerQuery& query) {
    context.index.advance(context.now());
    const ServersPage page = stores.history->servers(query);
    const std::vector<ServerRow>& rows = page.rows;
    const std::string accept = request.header("accept");
    if (accept.find("text/csv") != std::string::npos) {
        return servers_csv(request, rows);
    }
    if (accept.find("application/stix+json") != std::string::npos) {
        return servers_stix(rows);
    }
    json servers = json::array();
    const intel::Allowlist allowlist = stored_allowlist(stores.database);
    for (const ServerRow& row : rows) {
        servers.push_back(server_json(row, allowlist));
    }
    json body{{"servers", std::move(servers)},
              {"next", sealed(page.next)},
              {"total", page.total},
              {"range", range_json(page.range)}};
    if (request.parameter("series") == "true") {
        body["series"] = series_json(realm_series(stores.database, query.realm, page.range));
    }
    Query newest = stores.database.query(
        "SELECT max(start) FROM (SELECT start FROM sessions WHERE realm = ?"
        " ORDER BY row DESC LIMIT 100)",
        query.realm);
    const bool any = newest.next() && !newest.is_null(0);
    body["last_session"] = any ? json(time_text(newest.integer(0))) : json();
    return json_answer(body);
}

json threats_json(Database& database, Realm realm, const net::IpAddress& ip,
                  const TimeRange& range) {
    json threats = json::array();
    Query row = database.query(
        "SELECT reason, max(level), count(*), min(time), max(time), kind FROM evidence"
        " WHERE realm = ? AND server = ? AND time >= ? AND time < ? GROUP BY kind, reason"
        " ORDER BY max(level) DESC LIMIT 100",
        realm, ip_key(ip), range.from_us, range.to_us);
    while (row.next()) {
        threats.push_back({{"category", category_of(row.text(5), row.text(0))},
                           {"level", row.integer(1)},
                           {"count", row.integer(2)},
                           {"first", time_text(row.integer(3))},
                           {"last", time_text(row.integer(4))}});
    }
    return threats;
}

// Of the newest the strongest first: a session may have several, and what only adds is no answer.
json why_json(Database& database, Realm realm, const net::IpAddress& ip) {
    json why = json::array();
    Query row = database.query(
        "SELECT id, time, level, reason, client FROM (SELECT * FROM evidence WHERE realm = ?"
        " AND server = ? ORDER BY received DESC LIMIT 1000) ORDER BY level DESC, received DESC"
        " LIMIT 100",
        realm, ip_key(ip));
    while (row.next()) {
        why.push_back({{"id", row.text(0)},
                       {"time", time_text(row.integer(1))},
                       {"level", row.integer(2)},
                       {"reason", row.text(3)},
                       {"client", net::to_string(ip_from(row.text(4)))}});
    }
    return why;
}

json certificates_json(Database& database, Realm realm, const net::IpAddress& ip,
                       const ServerState& state) {
    json certificates = json::array();
    Query row = database.query(
        "SELECT c.sha1, c.subject, c.issuer, c.not_before, c.not_after, c.self_signed, c.received,"
        // The detail of a list's evidence names the certificate.
        " (SELECT reason FROM evidence e WHERE e.realm = ?1 AND e.server = ?2"
        " AND e.kind = 'certificate-blocklist' AND instr(e.detail, c.sha1) > 0 LIMIT 1)"
        " FROM server_facts s CROSS JOIN facts f ON f.realm = s.realm AND f.id = s.fact"
        " AND f.kind = 'sha1' JOIN certificates c ON c.realm = f.realm AND c.sha1 = f.value"
        " WHERE s.realm = ?1 AND s.server = ?2 LIMIT 50",
        realm, ip_key(ip));
    while (row.next()) {
        certificates.push_back(
            {{"sha1", row.text(0)},
             {"subject", row.text(1)},
             {"issuer", row.text(2)},
             {"not_before", row.text(3).empty() ? json() : json(row.text(3))},
             {"not_after", row.text(4).empty() ? json() : json(row.text(4))},
             {"self_signed", row.integer(5) != 0},
             {"first_seen", time_text(row.integer(6))},
             {"last_seen", time_text(state.last_us)},
             {"listed",
              row.is_null(7) ? json() : json(category_of("certificate-blocklist", row.text(7)))}});
    }
    return certificates;
}

json host_rows_json(Database& database, Realm realm, const net::IpAddress& ip,
                    const TimeRange& range) {
    json rows = json::array();
    for (const ServerHostRow& host : server_hosts(database, realm, ip, range)) {
        rows.push_back({{"ip", net::to_string(host.host)},
                        {"hostname", nullptr},
                        {"level", host.level},
                        {"status", host.status},
                        {"count", host.attempts},
                        {"action", host.blocked == 0               ? "permit"
                                   : host.blocked == host.attempts ? "block"
                                                                   : "mixed"},
                        {"last_seen", time_text(host.last_us)}});
    }
    return rows;
}

json report_json(const net::IpAddress& ip, const FalsePositive& report) {
    return {{"server", net::to_string(ip)},
            {"time", time_text(report.created_us)},
            {"by", report.actor.empty() ? json() : json(report.actor)},
            {"comment", report.comment}};
}

[[noreturn]] void no_server(const net::IpAddress& ip) {
    throw RequestError(
        404, "there is no server '" + net::to_string(ip) + "'; GET /v1/servers lists them");
}

Response answer_detail(Stores& stores, const Request& request, const net::IpAddress& ip,
                       const TimeRange& range) {
    Database& database = stores.database;
    const auto row = stores.history->server(request.realm, ip, range);
    if (!row) {
        no_server(ip);
    }
    json body = server_json(*row, stored_allowlist(database));
    body["range"] = range_json(range);
    body["threats"] = threats_json(database, request.realm, ip, range);
    body["series"] = series_json(server_series(database, request.realm, ip, range));
    body["host_rows"] = host_rows_json(database, request.realm, ip, range);
    body["host_list"] = body["host_rows"];
    body["certificates"] = certificates_json(database, request.realm, ip, row->state);
    body["why"] = why_json(database, request.realm, ip);
    const auto report = false_positive(database, request.realm, ip);
    body["false_positive_report"] = report ? report_json(ip, *report) : json();
    return json_answer(body);
}

}  // namespace

asio::awaitable<Response> get_servers(ApiContext& context, const Request& request) {
    const AskedRange asked = asked_range(context, request, Window::Month);
    ServerQuery query;
    query.realm = request.realm;
    query.window = asked.window;
    query.range = asked.range;
    read_sort(request, query);
    read_cursor(request, query);
    query.limit = static_cast<std::size_t>(number_parameter(request, "limit", 100, 1, kMaxRows));
    try {
        query.filter = parse_filter(request.parameter("filter"), to_micros(context.now()));
        PageQuery page = [&context, &request, query](Stores& stores) {
            return answer_page(context, stores, request, query);
        };
        co_return co_await on_page_thread(context, std::move(page));
    } catch (const FilterError& error) {
        co_return filter_problem(request.parameter("filter"), error);
    }
}

asio::awaitable<Response> get_server(ApiContext& context, const Request& request,
                                     const std::string& id) {
    const AskedRange asked = asked_range(context, request, Window::Month);
    PageQuery detail = [&request, ip = address_in_path(id), range = asked.range](Stores& stores) {
        return answer_detail(stores, request, ip, range);
    };
    co_return co_await on_page_thread(context, std::move(detail));
}

asio::awaitable<Response> post_false_positive(ApiContext& context, const Request& request,
                                              const std::string& id) {
    const net::IpAddress ip = address_in_path(id);
    const auto before = server_state(context.reader.database, request.realm, ip);
    if (!before) {
        no_server(ip);
    }
    const json body = json_body(request);
    const auto comment = body.find("comment");
    if (comment == body.end() || !comment->is_string() ||
        comment->get_ref<const std::string&>().size() > 1000) {
        throw RequestError(422, "'comment' must be a text of at most 1000 bytes");
    }
    const AuditEntry entry{request.actor, "report-false-positive", net::to_string(ip),
                           comment->get<std::string>()};
    const Timestamp now = context.now();
    Writer::Job job = [realm = request.realm, ip, entry, now](Engine& engine) {
        engine.report_false_positive(realm, ip, entry, now);
    };
    co_await in_store(context, std::move(job));
    json answer = report_json(ip, {entry.detail, entry.actor, to_micros(now)});
    answer["level_before"] = before->level;
    answer["level_after"] = 0;
    answer["hosts"] = hosts_of_server(context.reader.database, request.realm, ip).size();
    co_return json_answer(answer);
}

asio::awaitable<Response> delete_false_positive(ApiContext& context, const Request& request,
                                                const std::string& id) {
    const net::IpAddress ip = address_in_path(id);
    const AuditEntry entry{request.actor, "withdraw-false-positive", net::to_string(ip), ""};
    const Timestamp now = context.now();
    const auto found = std::make_shared<bool>(false);
    Writer::Job job = [realm = request.realm, ip, entry, now, found](Engine& engine) {
        *found = engine.undo_false_positive(realm, ip, entry, now);
    };
    co_await in_store(context, std::move(job));
    if (!*found) {
        throw RequestError(404, "server " + id + " is not reported as a false positive");
    }
    co_return Response{204, "", "", {}};
}

}  // namespace eti::analysis
