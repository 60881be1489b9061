#include "api/feed_versions.h"
#include "eti/api/context.h"
#include "eti/api/manifest.h"
#include "eti/ingest/encoding.h"

#include <nlohmann/json.hpp>

namespace eti::analysis {
namespace {

constexpr int64_t kMaxWaitSeconds = 60;

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

Response with_tag(const Request& request, const std::string& tag, std::string type,
                  const std::function<std::string()>& body) {
    Response response{200, std::move(type), "", {}};
    const std::string quoted = "\"" + tag + "\"";
    const std::string wanted = request.header("if-none-match");
    if (wanted == "*" || wanted.find(quoted) != std::string::npos) {
        response.status = 304;
    } else {
        response.body = body();
    }
    response.headers.emplace_back("ETag", quoted);
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
}

Response get_manifest(ApiContext& context, const Request& request) {
    const std::string body = render_manifest(feeds_seen_by(request.realm, *context.reader.feeds),
                                             context.key, context.update_interval);
    return with_tag(request, sha256_hex(body).substr(0, 32), "application/json",
                    [&] { return body; });
}

namespace {

Response get_body(const FeedStore& feeds, const Request& request) {
    const FeedId id = feed_seen_by(request.realm, request.path[2]);
    const auto feed = feeds.feed(id);
    if (!feed) {
        throw RequestError(404,
                           "there is no feed '" + request.path[2] + "'; GET /v1/feeds lists them");
    }
    const auto body = [&] {
        const std::string since = request.parameter("since");
        const auto way = since.empty() ? std::nullopt : feeds.way(id, since, feed->version);
        // A delta longer than the list would save nothing.
        return way && static_cast<int64_t>(way->changes()) < feed->entries
                   ? intel::render_feed_delta(*way)
                   : feeds.body(id);
    };
    Response response = with_tag(request, feed->sha256, "text/csv; charset=utf-8", body);
    response.headers.emplace_back("Openeti-Feed-Version", feed->version);
    return response;
}

}  // namespace

Response get_feed(ApiContext&, Stores& stores, const Request& request) {
    const ReadSnapshot snapshot(stores.database);
    return request.path.size() == 3 ? get_body(*stores.feeds, request)
                                    : get_feed_item(stores, request);
}

asio::awaitable<Response> get_infected_hosts(ApiContext& context, const Request& request) {
    const int64_t since = number_parameter(request, "since", 0, 0, INT64_MAX);
    const int64_t wait = number_parameter(request, "wait", 0, 0, 3600);
    const std::string identity = store_identity(context.reader.database);
    const std::string asked = request.parameter("store");
    // A caller that names another store knows nothing of this one's versions.
    const bool other_store = !asked.empty() && asked != identity;
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(std::min(wait, kMaxWaitSeconds));
    while (!other_store && context.reader.verdicts->version() == since &&
           !context.infected_changed.closed() && std::chrono::steady_clock::now() < deadline) {
        co_await context.infected_changed.wait(deadline);
    }
    const InfectedChanges changes =
        context.reader.verdicts->changes(request.realm, other_store ? 0 : since);
    nlohmann::json entries = nlohmann::json::array();
    for (const InfectedEntry& entry : changes.entries) {
        entries.push_back(as_json(entry));
    }
    const nlohmann::json body{{"store", identity},
                              {"version", changes.version},
                              {"full", changes.full},
                              {"entries", std::move(entries)},
                              {"removed", changes.removed}};
    co_return Response{200,
                       "application/json",
                       body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                       {}};
}

}  // namespace eti::analysis
