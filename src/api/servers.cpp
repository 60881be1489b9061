#include "eti/api/context.h"
#include "eti/api/json_answer.h"
#include "eti/api/manifest.h"

namespace eti::analysis {
namespace {

using nlohmann::json;

constexpr const char* kServerColumns =
    "SELECT row, ip, hostname, level, count, first_seen, last_seen, category,"
    " (SELECT count(*) FROM server_hosts WHERE server_row = servers.row) FROM servers"
    " ORDER BY level DESC, last_seen DESC, row LIMIT ? OFFSET ?";
constexpr const char* kOneServer =
    "SELECT row, ip, hostname, level, count, first_seen, last_seen, category,"
    " (SELECT count(*) FROM server_hosts WHERE server_row = servers.row) FROM servers"
    " WHERE row = ?";
constexpr int64_t kSessionsInDetail = 100;

json server_json(const Query& row) {
    const std::string hostname = row.text(2);
    return {{"id", std::to_string(row.integer(0))},
            {"ip", row.text(1)},
            {"hostname", hostname.empty() ? json() : json(hostname)},
            {"highest_threat_level", row.integer(3)},
            {"count", row.integer(4)},
            {"hosts", row.integer(8)},
            {"country", nullptr},
            {"first_seen", seconds_text(row.integer(5))},
            {"last_seen", seconds_text(row.integer(6))},
            {"category", row.text(7)}};
}

json stored_record(const std::string& text) {
    return json::parse(text, nullptr, false);
}

json rows_of(Query& row) {
    json records = json::array();
    while (row.next()) {
        records.push_back(stored_record(row.text(0)));
    }
    return records;
}

json server_hosts(Database& database, int64_t server) {
    json hosts = json::array();
    Query row = database.query(
        "SELECT client, count, last_seen FROM server_hosts WHERE server_row = ?"
        " ORDER BY last_seen DESC LIMIT 1000",
        server);
    while (row.next()) {
        hosts.push_back({{"ip", row.text(0)},
                         {"count", row.integer(1)},
                         {"last_seen", seconds_text(row.integer(2))}});
    }
    return hosts;
}

}  // namespace

Response get_servers(ApiContext& context, const Request& request) {
    const int64_t limit = number_parameter(request, "limit", 100, 1, 1000);
    const int64_t offset = number_parameter(request, "cursor", 0, 0, 1'000'000);
    json servers = json::array();
    Query row = context.reader.query(kServerColumns, limit + 1, offset);
    while (row.next()) {
        servers.push_back(server_json(row));
    }
    json next;
    if (static_cast<int64_t>(servers.size()) > limit) {
        servers.erase(servers.end() - 1);
        next = std::to_string(offset + limit);
    }
    return json_answer({{"servers", std::move(servers)}, {"next", std::move(next)}});
}

Response get_server(ApiContext& context, const std::string& id) {
    json server;
    int64_t number = 0;
    {
        Query row = context.reader.query(kOneServer, id);
        if (!row.next()) {
            throw RequestError(404, "there is no server '" + id + "'; GET /v1/servers lists them");
        }
        number = row.integer(0);
        server = server_json(row);
    }
    server["host_list"] = server_hosts(context.reader, number);
    Query sessions = context.reader.query(
        "SELECT record FROM sessions WHERE server_row = ? ORDER BY start DESC LIMIT ?", number,
        kSessionsInDetail);
    server["sessions"] = rows_of(sessions);
    return json_answer(server);
}

Response get_sessions(ApiContext& context, const Request& request) {
    const int64_t limit = number_parameter(request, "limit", 100, 1, 1000);
    const std::string client = request.parameter("client");
    json records;
    if (client.empty()) {
        Query row =
            context.reader.query("SELECT record FROM sessions ORDER BY row DESC LIMIT ?", limit);
        records = rows_of(row);
    } else {
        const auto ip = net::parse_ip(client);
        if (!ip) {
            throw RequestError(400, "'client' must be an IP address");
        }
        Query row = context.reader.query(
            "SELECT record FROM sessions WHERE client = ? ORDER BY start DESC LIMIT ?",
            net::to_string(*ip), limit);
        records = rows_of(row);
    }
    return json_answer({{"sessions", std::move(records)}});
}

Response get_verdict(ApiContext& context, const std::string& id) {
    json evidence = json::array();
    int64_t level = 0;
    {
        Query row = context.reader.query(
            "SELECT kind, rule_version, level, reason, detail, feed_version, time, client, server,"
            " sensor FROM evidence WHERE id = ? ORDER BY level DESC, row LIMIT 100",
            id);
        while (row.next()) {
            level = std::max(level, row.integer(2));
            const std::string feed = row.text(5);
            evidence.push_back({{"kind", row.text(0)},
                                {"rule_version", row.integer(1)},
                                {"level", row.integer(2)},
                                {"reason", row.text(3)},
                                {"detail", row.text(4)},
                                {"feed_version", feed.empty() ? json() : json(feed)},
                                {"time", seconds_text(row.integer(6))},
                                {"client", row.text(7)},
                                {"server", row.text(8)},
                                {"sensor", row.text(9)}});
        }
    }
    Query session = context.reader.query("SELECT record FROM sessions WHERE id = ? LIMIT 10", id);
    json sessions = rows_of(session);
    if (evidence.empty() && sessions.empty()) {
        throw RequestError(404, "no session has the id '" + id + "'");
    }
    return json_answer({{"id", id},
                        {"level", level},
                        {"evidence", std::move(evidence)},
                        {"sessions", std::move(sessions)}});
}

}  // namespace eti::analysis
