#include "api/page_query.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace eti::analysis {
namespace {

using nlohmann::json;

constexpr int64_t kMaxRows = 100'000;

json or_null(const std::string& text) {
    return text.empty() ? json() : json(text);
}

double tenths(double value) {
    return std::round(value * 10) / 10;
}

json reasons_of(const HostScore& score) {
    json reasons = json::array();
    for (const HostReason& reason : score.reasons) {
        reasons.push_back({{"kind", reason.kind},
                           {"level", reason.level},
                           {"reason", reason.reason},
                           {"last", time_text(reason.last_us)},
                           {"sessions", reason.sessions}});
    }
    return reasons;
}

json host_json(ApiContext& context, Stores& stores, Realm realm, const HostRow& host,
               const HostScore& score) {
    json body{{"ip", net::to_string(host.ip)},
              {"identifier", or_null(host.identifier)},
              {"hostname", nullptr},
              {"first_seen", time_text(host.first_us)},
              {"last_seen", time_text(host.last_us)},
              {"last_evidence", nullptr},
              {"investigation_status", host.status},
              {"policy_override", host.policy},
              {"infected", false},
              {"score", tenths(score_at(host.heat, context.hosts, context.now()))},
              {"reasons", reasons_of(score)}};
    if (host.last_evidence_us > 0) {
        body["last_evidence"] = time_text(host.last_evidence_us);
    }
    if (const auto entry = stores.verdicts->entry(realm, net::to_string(host.ip))) {
        body["infected"] = true;
        body["infected_since"] = time_text(entry->since_us);
        body["expires"] = entry->expires_us ? json(time_text(*entry->expires_us)) : json();
    }
    return body;
}

json ledger_of(const HostScore& score) {
    json ledger = json::array();
    for (const HostReason& reason : score.reasons) {
        ledger.push_back({{"time", time_text(reason.last_us)},
                          {"points", reason.level},
                          {"now", tenths(reason.points)},
                          {"kind", reason.kind},
                          {"reason", reason.reason},
                          {"server", net::to_string(reason.server)},
                          {"verdict", reason.session}});
    }
    return ledger;
}

json servers_of(Database& database, Realm realm, const net::IpAddress& host) {
    json servers = json::array();
    for (const HostServerRow& row : host_servers(database, realm, host)) {
        servers.push_back({{"ip", net::to_string(row.server)},
                           {"hostname", or_null(row.name)},
                           {"level", row.level},
                           {"category", or_null(row.category)},
                           {"count", row.attempts},
                           {"blocked", row.blocked},
                           {"last_seen", time_text(row.last_us)}});
    }
    return servers;
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

std::optional<std::string> short_text(const json& body, const char* name, std::size_t most) {
    const auto found = body.find(name);
    if (found == body.end()) {
        return std::nullopt;
    }
    if (found->is_null()) {
        return std::string();
    }
    if (!found->is_string() || found->get_ref<const std::string&>().size() > most) {
        throw RequestError(422, "'" + std::string(name) + "' must be a text of at most " +
                                    std::to_string(most) + " bytes");
    }
    return found->get<std::string>();
}

void read_sort(const Request& request, HostQuery& query) {
    static constexpr std::array<std::string_view, 4> kSorts{"score", "ip", "first_seen",
                                                            "last_evidence"};
    std::string name = request.parameter("sort");
    query.descending = name.empty() || name.starts_with('-');
    name.erase(0, name.starts_with('-') ? 1 : 0);
    const auto found = std::find(kSorts.begin(), kSorts.end(), name.empty() ? "score" : name);
    if (found == kSorts.end()) {
        throw RequestError(400,
                           "'sort' must be score, ip, first_seen or last_evidence, with '-' "
                           "before it for descending");
    }
    query.sort = static_cast<HostSort>(found - kSorts.begin());
}

HostQuery asked_hosts(const Request& request) {
    HostQuery query;
    query.realm = request.realm;
    query.status = request.parameter("status");
    const std::string infected = request.parameter("infected");
    if (!infected.empty()) {
        query.infected = infected == "true";
    }
    read_sort(request, query);
    query.evidence_from_us = time_parameter(request, "from", query.evidence_from_us);
    query.evidence_to_us = time_parameter(request, "to", query.evidence_to_us);
    query.text = request.parameter("q");
    std::transform(query.text.begin(), query.text.end(), query.text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    query.limit = static_cast<std::size_t>(number_parameter(request, "limit", 200, 1, kMaxRows));
    if (const auto fields = open_cursor(request.parameter("cursor"))) {
        const auto ip = fields->size() == 4 ? net::parse_ip((*fields)[3]) : std::nullopt;
        if (!ip) {
            throw RequestError(400, "'cursor' must be 'next' of an earlier page");
        }
        HostRow after;
        after.ip = *ip;
        if (!(*fields)[0].empty()) {
            after.heat = cursor_number((*fields)[0]);
        }
        after.first_us = cursor_number((*fields)[1]);
        after.last_evidence_us = cursor_number((*fields)[2]);
        query.after = after;
    }
    return query;
}

Response hosts_csv(const json& hosts) {
    std::string body =
        csv_line({"Host Identifier", "Host IP", "Threat Level", "Investigation Status",
                  "Policy Override", "Infected", "First Seen", "Last Seen"});
    for (const json& host : hosts) {
        const auto text = [&](const char* name) {
            return host[name].is_string() ? host[name].get<std::string>() : std::string();
        };
        body += csv_line({text("identifier"), text("ip"), host["score"].dump(),
                          text("investigation_status"), text("policy_override"),
                          host["infected"].get<bool>() ? "yes" : "no", text("first_seen"),
                          text("last_seen")});
    }
    return {200, "text/csv; charset=utf-8", std::move(body), {}};
}

Response answer_hosts(ApiContext& context, Stores& stores, const Request& request) {
    const bool is_csv = request.header("accept").find("text/csv") != std::string::npos;
    HostQuery query = asked_hosts(request);
    const std::size_t limit = query.limit++;
    std::vector<HostRow> rows = hosts_page(stores.database, query);
    const bool more = rows.size() > limit;
    rows.resize(std::min(rows.size(), limit));
    json hosts = json::array();
    for (const HostRow& host : rows) {
        const HostScore score = host.heat ? score_of(stores.database, query.realm, host.ip,
                                                     context.hosts, context.now())
                                          : HostScore{};
        hosts.push_back(host_json(context, stores, query.realm, host, score));
    }
    if (is_csv) {
        return hosts_csv(hosts);
    }
    json next;
    if (more) {
        const HostRow& last = rows.back();
        next =
            seal_cursor({last.heat ? std::to_string(*last.heat) : "", std::to_string(last.first_us),
                         std::to_string(last.last_evidence_us), net::to_string(last.ip)});
    }
    return json_answer({{"threshold", context.hosts.threshold},
                        {"hosts", std::move(hosts)},
                        {"next", std::move(next)},
                        {"total", nullptr}});
}

}  // namespace

asio::awaitable<Response> get_hosts(ApiContext& context, const Request& request) {
    PageQuery page = [&context, &request](Stores& stores) {
        return answer_hosts(context, stores, request);
    };
    co_return co_await on_page_thread(context, std::move(page));
}

Response get_host(ApiContext& context, Stores& stores, const Request& request,
                  const std::string& text) {
    const net::IpAddress ip = address_in_path(text);
    const auto host = host_row(stores.database, request.realm, ip);
    if (!host) {
        throw RequestError(404, "host " + text + " was never met and never edited");
    }
    const HostScore score =
        score_of(stores.database, request.realm, ip, context.hosts, context.now());
    json body = host_json(context, stores, request.realm, *host, score);
    body["contributions"] = ledger_of(score);
    body["half_life_s"] = context.hosts.half_life.count();
    body["server_rows"] = servers_of(stores.database, request.realm, ip);
    return json_answer(body);
}

asio::awaitable<Response> patch_host(ApiContext& context, const Request& request,
                                     const std::string& text) {
    const net::IpAddress host = address_in_path(text);
    const json body = json_body(request);
    HostPatch patch;
    patch.status = word(body, "investigation_status", host_statuses());
    patch.policy = word(body, "policy_override", host_policies());
    patch.identifier = short_text(body, "identifier", 200);
    if (!patch.status && !patch.policy && !patch.identifier) {
        throw RequestError(422, "name 'investigation_status', 'policy_override' or 'identifier'");
    }
    AuditEntry entry{request.actor, "edit-host", net::to_string(host),
                     short_text(body, "comment", 1000).value_or("")};
    for (const auto& [name, value] :
         {std::pair("status", patch.status), std::pair("policy", patch.policy),
          std::pair("identifier", patch.identifier)}) {
        if (value) {
            entry.detail += (entry.detail.empty() ? "" : "; ") + std::string(name) + ": " + *value;
        }
    }
    const Timestamp now = context.now();
    Writer::Job job = [realm = request.realm, host, patch, entry, now](Engine& engine) {
        engine.patch(realm, host, patch, entry, now);
    };
    co_await in_store(context, std::move(job));
    co_return get_host(context, context.reader, request, text);
}

}  // namespace eti::analysis
