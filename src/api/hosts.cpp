#include "eti/api/context.h"
#include "eti/api/json_answer.h"
#include "eti/api/manifest.h"

#include <algorithm>

namespace eti::analysis {
namespace {

using nlohmann::json;

std::string checked_ip(const std::string& text) {
    const auto ip = net::parse_ip(text);
    if (!ip) {
        throw RequestError(404, "'" + text + "' is not an IP address");
    }
    return net::to_string(*ip);
}

json reasons_of(const HostScore& score) {
    json reasons = json::array();
    for (const HostReason& reason : score.reasons) {
        reasons.push_back({{"kind", reason.kind},
                           {"level", reason.level},
                           {"reason", reason.reason},
                           {"last", seconds_text(reason.last_us)},
                           {"sessions", reason.sessions}});
    }
    return reasons;
}

bool add_host(ApiContext& context, const std::string& ip, json& out) {
    json host;
    {
        Query row = context.reader.query(
            "SELECT h.first_seen, h.last_evidence, h.status, h.policy, i.level, i.reason, i.since,"
            " i.expires FROM hosts h LEFT JOIN infected i ON i.ip = h.ip AND i.removed = 0"
            " WHERE h.ip = ?",
            ip);
        if (!row.next()) {
            return false;
        }
        host = {{"ip", ip},
                {"first_seen", seconds_text(row.integer(0))},
                {"last_evidence", nullptr},
                {"investigation_status", row.text(2)},
                {"policy_override", row.text(3)},
                {"infected", !row.is_null(4)}};
        if (row.integer(1) > 0) {
            host["last_evidence"] = seconds_text(row.integer(1));
        }
        if (!row.is_null(4)) {
            host["infected_since"] = seconds_text(row.integer(6));
            host["expires"] = row.is_null(7) ? json() : json(seconds_text(row.integer(7)));
        }
    }
    const HostScore score = score_of(context.reader, ip, context.hosts, context.now());
    host["score"] = score.level;
    host["reasons"] = reasons_of(score);
    out = std::move(host);
    return true;
}

std::optional<std::string> word(const json& body, const char* name,
                                const std::vector<std::string>& words) {
    const auto found = body.find(name);
    if (found == body.end()) {
        return std::nullopt;
    }
    const std::string value = found->is_string() ? found->get<std::string>() : std::string();
    if (std::find(words.begin(), words.end(), value) == words.end()) {
        std::string list;
        for (const std::string& each : words) {
            list += (list.empty() ? "" : ", ") + each;
        }
        throw RequestError(422, "'" + std::string(name) + "' must be one of " + list);
    }
    return value;
}

}  // namespace

Response get_hosts(ApiContext& context, const Request& request) {
    const int64_t limit = number_parameter(request, "limit", 200, 1, 1000);
    std::vector<std::string> ips;
    {
        Query row = context.reader.query(
            "SELECT ip FROM hosts ORDER BY last_evidence DESC, ip LIMIT ?", limit);
        while (row.next()) {
            ips.push_back(row.text(0));
        }
    }
    json hosts = json::array();
    for (const std::string& ip : ips) {
        json host;
        if (add_host(context, ip, host)) {
            hosts.push_back(std::move(host));
        }
    }
    return json_answer({{"threshold", context.hosts.threshold}, {"hosts", std::move(hosts)}});
}

Response get_host(ApiContext& context, const std::string& ip) {
    json host;
    if (!add_host(context, checked_ip(ip), host)) {
        throw RequestError(404, "host " + ip + " has no evidence and was never edited");
    }
    return json_answer(host);
}

asio::awaitable<Response> patch_host(ApiContext& context, const Request& request,
                                     const std::string& ip) {
    const std::string host = checked_ip(ip);
    const json body = json_body(request);
    HostPatch patch;
    patch.status = word(body, "investigation_status", host_statuses());
    patch.policy = word(body, "policy_override", host_policies());
    if (!patch.status && !patch.policy) {
        throw RequestError(422, "name 'investigation_status', 'policy_override' or both");
    }
    const Timestamp now = context.now();
    Writer::Job job = [host, patch, now](Engine& engine) { engine.patch(host, patch, now); };
    co_await in_store(context, std::move(job));
    co_return get_host(context, host);
}

}  // namespace eti::analysis
