// What a feed was, where it comes from, and going back.
#include "api/feed_versions.h"

#include "eti/api/context.h"
#include "eti/api/json_answer.h"
#include "eti/api/manifest.h"

namespace eti::analysis {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDiffLines = 1000;
constexpr std::size_t kMaxCommentBytes = 1000;

json text_or_null(const std::string& text) {
    return text.empty() ? json() : json(text);
}

json as_json(const FeedVersion& version) {
    return {{"version", version.row.version},
            {"serial", version.row.serial},
            {"entries", version.row.entries},
            {"created", seconds_text(version.row.created_us)},
            {"expires", seconds_text(version.row.expires_us)},
            {"sha256", version.row.sha256},
            {"added", version.added},
            {"removed", version.removed},
            {"why", version.cause.why},
            {"by", text_or_null(version.cause.actor)}};
}

json as_json(const SourceRow& source) {
    json rejected = json::array();
    for (const intel::RejectedLine& line : source.rejected) {
        rejected.push_back({{"line", line.line}, {"why", line.why}});
    }
    return {{"name", source.name},
            {"location", source.location},
            {"fetched", source.fetched_us ? json(seconds_text(*source.fetched_us)) : json()},
            {"result", source.result},
            {"why", text_or_null(source.why)},
            {"entries", source.entries},
            {"rejected_count", source.rejected_count},
            {"rejected", std::move(rejected)}};
}

FeedRow required_feed(const Stores& stores, FeedId feed) {
    auto row = stores.feeds->feed(feed);
    if (!row) {
        throw RequestError(
            404, "there is no feed '" + std::string(feed.name) + "'; GET /v1/feeds lists them");
    }
    return std::move(*row);
}

Response get_versions(const Stores& stores, FeedId feed) {
    required_feed(stores, feed);
    json versions = json::array();
    for (const FeedVersion& version : stores.feeds->versions(feed)) {
        versions.push_back(as_json(version));
    }
    json sources = json::array();
    // The allowlist and the infected hosts are made here, from nobody's list.
    if (feed.name != kAllowlistFeed && feed.name != kInfectedFeed) {
        for (const SourceRow& source : source_rows(stores.database)) {
            sources.push_back(as_json(source));
        }
    }
    return json_answer({{"name", feed.name}, {"versions", versions}, {"sources", sources}});
}

json lines_of(std::string_view feed, const std::vector<std::string>& lines) {
    json list = json::array();
    for (const std::string& line : lines) {
        if (list.size() == kMaxDiffLines) {
            break;
        }
        const FeedEntry entry = read_feed_entry(feed, line);
        list.push_back({{"value", entry.key()}, {"reason", text_or_null(entry.reason)}});
    }
    return list;
}

Response get_diff(const Stores& stores, const Request& request, FeedId feed) {
    required_feed(stores, feed);
    const std::string from = request.parameter("from");
    const std::string to = request.parameter("to");
    if (from.empty() || to.empty()) {
        throw RequestError(400, "name two versions with 'from' and 'to'");
    }
    const std::string name(feed.name);
    const auto way = stores.feeds->way(feed, from, to);
    if (!way) {
        throw RequestError(404, "feed '" + name + "' does not keep both versions; GET /v1/feeds/" +
                                    name + "/versions lists those it keeps");
    }
    return json_answer({{"name", name},
                        {"from", from},
                        {"to", to},
                        {"added", lines_of(name, way->added)},
                        {"removed", lines_of(name, way->removed)},
                        {"added_count", way->added.size()},
                        {"removed_count", way->removed.size()}});
}

json sources_of(Database& database, const FeedEntry& wanted) {
    json list = json::array();
    for (const SourceRow& source : source_rows(database)) {
        for (const SourcePart& part : source_parts(database, source.name)) {
            // Looked for as text first: reading a long list for one entry would take its time.
            if (part.body.find(wanted.value) == std::string::npos) {
                continue;
            }
            for (const Indicator& each : read_indicators(part.body)) {
                if (each.value == wanted.value && each.port == wanted.port) {
                    list.push_back({{"source", source.name},
                                    {"level", each.level},
                                    {"reason", text_or_null(each.reason)},
                                    {"listed", each.listed_s > 0
                                                   ? json(seconds_text(each.listed_s * 1'000'000))
                                                   : json()},
                                    {"reference", text_or_null(each.reference)}});
                }
            }
        }
    }
    return list;
}

Response get_entry(const Stores& stores, const Request& request, FeedId id) {
    const FeedRow feed = required_feed(stores, id);
    const std::string& name = feed.name;
    const std::string value = request.parameter("value");
    const std::string body = stores.feeds->body(id);
    json found = json::array();
    for (const std::string_view line : intel::feed_lines(body)) {
        if (value.empty() ||
            line.find(value.substr(0, value.rfind(':'))) == std::string_view::npos) {
            continue;
        }
        const FeedEntry entry = read_feed_entry(name, line);
        if (entry.value == value || entry.key() == value) {
            found.push_back({{"value", entry.key()},
                             {"level", entry.level},
                             {"reason", text_or_null(entry.reason)},
                             {"sources", sources_of(stores.database, entry)}});
        }
    }
    if (found.empty()) {
        throw RequestError(404, "feed '" + name + "' does not list '" + value + "'");
    }
    return json_answer({{"name", name}, {"version", feed.version}, {"entries", found}});
}

}  // namespace

Response get_feed_item(const Stores& stores, const Request& request) {
    const FeedId feed = feed_seen_by(request.realm, request.path[2]);
    const std::string& item = request.path[3];
    if (item == "versions") {
        return get_versions(stores, feed);
    }
    if (item == "diff") {
        return get_diff(stores, request, feed);
    }
    if (item == "entry") {
        return get_entry(stores, request, feed);
    }
    throw RequestError(404, "a feed has versions, diff, entry and rollback");
}

asio::awaitable<Response> roll_back_feed(ApiContext& context, const Request& request) {
    const std::string name = request.path[2];
    const FeedId feed = feed_seen_by(request.realm, name);
    required_feed(context.reader, feed);
    const json body = json_body(request);
    const auto version = body.find("version");
    const auto comment = body.find("comment");
    if (version == body.end() || !version->is_string()) {
        throw RequestError(422, "'version' must be a string");
    }
    const bool commented = comment != body.end() && !comment->is_null();
    if (commented && (!comment->is_string() ||
                      comment->get_ref<const std::string&>().size() > kMaxCommentBytes)) {
        throw RequestError(422, "'comment' must be a string of at most 1000 bytes");
    }
    const std::string to = version->get<std::string>();
    const AuditEntry entry{request.actor, "roll-back-feed", name,
                           to + (commented ? ": " + comment->get<std::string>() : std::string())};
    const Timestamp now = context.now();
    Writer::Job job = [realm = request.realm, to, entry, now](Engine& engine) {
        engine.roll_back_feed(realm, entry.object, to, entry, now);
    };
    co_await in_store(context, std::move(job));
    const std::vector<FeedVersion> versions = context.reader.feeds->versions(feed);
    co_return json_answer(as_json(versions.front()));
}

}  // namespace eti::analysis
