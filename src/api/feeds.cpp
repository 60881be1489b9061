#include "eti/api/context.h"
#include "eti/api/manifest.h"
#include "eti/ingest/encoding.h"

#include <nlohmann/json.hpp>

namespace eti::analysis {
namespace {

constexpr int64_t kMaxWaitSeconds = 60;

Response with_tag(const Request& request, std::string tag, std::string type, std::string body) {
    Response response{200, std::move(type), std::move(body), {}};
    const std::string quoted = "\"" + tag + "\"";
    const std::string wanted = request.header("if-none-match");
    if (wanted == "*" || wanted.find(quoted) != std::string::npos) {
        response.status = 304;
        response.body.clear();
    }
    response.headers.emplace_back("ETag", quoted);
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
}

nlohmann::json as_json(const InfectedEntry& entry) {
    nlohmann::json json{{"ip", entry.ip},
                        {"threat_level", entry.level},
                        {"reason", entry.reason},
                        {"since", seconds_text(entry.since_us)}};
    if (entry.expires_us) {
        json["expires"] = seconds_text(*entry.expires_us);
    }
    return json;
}

}  // namespace

Response get_manifest(ApiContext& context, const Request& request) {
    std::string body =
        render_manifest(feed_rows(context.reader), context.key, context.update_interval);
    std::string tag = sha256_hex(body).substr(0, 32);
    return with_tag(request, std::move(tag), "application/json", std::move(body));
}

Response get_feed(ApiContext& context, const Request& request, const std::string& name) {
    const auto feed = feed_row(context.reader, name);
    if (!feed) {
        throw RequestError(404, "there is no feed '" + name + "'; GET /v1/feeds lists them");
    }
    Response response = with_tag(request, feed->sha256, "text/csv; charset=utf-8", "");
    if (response.status == 200) {
        response.body = feed_body(context.reader, name);
    }
    response.headers.emplace_back("Openeti-Feed-Version", feed->version);
    return response;
}

asio::awaitable<Response> get_infected_hosts(ApiContext& context, const Request& request) {
    const int64_t since = number_parameter(request, "since", 0, 0, INT64_MAX);
    const int64_t wait = number_parameter(request, "wait", 0, 0, 3600);
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(std::min(wait, kMaxWaitSeconds));
    while (infected_version(context.reader) == since && !context.infected_changed.closed() &&
           std::chrono::steady_clock::now() < deadline) {
        co_await context.infected_changed.wait(deadline);
    }
    const InfectedChanges changes = infected_since(context.reader, request.realm, since);
    nlohmann::json entries = nlohmann::json::array();
    for (const InfectedEntry& entry : changes.entries) {
        entries.push_back(as_json(entry));
    }
    const nlohmann::json body{{"version", changes.version},
                              {"full", changes.full},
                              {"entries", std::move(entries)},
                              {"removed", changes.removed}};
    co_return Response{200,
                       "application/json",
                       body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                       {}};
}

}  // namespace eti::analysis
