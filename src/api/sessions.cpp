#include "api/page_query.h"
#include "eti/scoring/kinds.h"

#include <algorithm>

namespace eti::analysis {
namespace {

using nlohmann::json;

json record_json(const SessionRow& session) {
    json record = json::parse(session.record, nullptr, false);
    if (record.is_object()) {
        return record;
    }
    // Its block is gone: what the row still says.
    const Contribution& facts = session.contribution;
    return {{"id", session.id},
            {"sensor", session.sensor},
            {"start", time_text(facts.start_us)},
            {"client", {{"ip", net::to_string(facts.client)}}},
            {"server", {{"ip", net::to_string(facts.server)}, {"port", facts.port}}}};
}

json records_json(const std::vector<SessionRow>& sessions) {
    json records = json::array();
    for (const SessionRow& session : sessions) {
        records.push_back(record_json(session));
    }
    return records;
}

std::optional<net::IpAddress> address_parameter(const Request& request, const char* name) {
    const std::string text = request.parameter(name);
    if (text.empty()) {
        return std::nullopt;
    }
    const auto ip = net::parse_ip(text);
    if (!ip) {
        throw RequestError(400, "'" + std::string(name) + "' must be an IP address");
    }
    return ip;
}

SessionQuery asked_sessions(const ApiContext& context, const Request& request) {
    SessionQuery query;
    query.realm = request.realm;
    query.server = address_parameter(request, "server");
    query.host = address_parameter(request, "host");
    if (!query.host) {
        query.host = address_parameter(request, "client");
    }
    query.range = {0, INT64_MAX};
    if (!request.parameter("from").empty() || !request.parameter("to").empty()) {
        query.range = asked_range(context, request, Window::Month).range;
    }
    query.limit = static_cast<std::size_t>(number_parameter(request, "limit", 100, 1, 1000));
    if (const auto fields = open_cursor(request.parameter("cursor"))) {
        if (fields->size() != 2) {
            throw RequestError(400, "'cursor' must be 'next' of an earlier page");
        }
        query.before = {cursor_number((*fields)[0]), cursor_number((*fields)[1])};
    }
    return query;
}

}  // namespace

asio::awaitable<Response> get_sessions(ApiContext& context, const Request& request) {
    const SessionQuery query = asked_sessions(context, request);
    PageQuery page = [query](Stores& stores) {
        const SessionsPage found = stores.history->sessions(query);
        json next;
        if (found.next) {
            next = seal_cursor({std::to_string(found.next->day), std::to_string(found.next->row)});
        }
        return json_answer({{"sessions", records_json(found.sessions)}, {"next", std::move(next)}});
    };
    co_return co_await on_page_thread(context, std::move(page));
}

Response get_verdict(ApiContext& context, Stores& stores, const Request& request,
                     const std::string& id) {
    json evidence = json::array();
    int64_t level = 0;
    json feed;
    json model;
    {
        Query row = stores.database.query(
            "SELECT e.kind, e.rule_version, e.level, e.reason, e.detail, e.feed_version, e.time,"
            " e.client, e.server, n.name FROM evidence e JOIN sensors n ON n.id = e.sensor"
            " WHERE e.realm = ? AND e.id = ? ORDER BY e.level DESC, e.row LIMIT 100",
            request.realm, id);
        while (row.next()) {
            level = std::max(level, row.integer(2));
            const json version = row.text(5).empty() ? json() : json(row.text(5));
            const bool by_model = kind_named(row.text(0)).worth != Worth::Alone;
            json& used = by_model ? model : feed;
            used = version.is_null() ? used : version;
            evidence.push_back({{"kind", row.text(0)},
                                {"rule_version", row.integer(1)},
                                {"level", row.integer(2)},
                                {"points", row.integer(2)},
                                {"reason", row.text(3)},
                                {"detail", row.text(4)},
                                {"feed_version", by_model ? json() : version},
                                {"model_version", by_model ? version : json()},
                                {"time", time_text(row.integer(6))},
                                {"client", net::to_string(ip_from(row.text(7)))},
                                {"server", net::to_string(ip_from(row.text(8)))},
                                {"sensor", row.text(9)}});
        }
    }
    json sessions = records_json(stores.history->named(request.realm, id));
    if (evidence.empty() && sessions.empty()) {
        throw RequestError(404, "no session has the id '" + id + "'");
    }
    return json_answer(
        {{"id", id},
         {"level", level},
         {"evidence", std::move(evidence)},
         {"sessions", std::move(sessions)},
         {"versions",
          {{"rules", context.version}, {"model", std::move(model)}, {"feed", std::move(feed)}}}});
}

}  // namespace eti::analysis
