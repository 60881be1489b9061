#include "eti/api/context.h"
#include "eti/api/json_answer.h"
#include "eti/api/manifest.h"
#include "eti/metadata/record_json.h"

#include <algorithm>
#include <charconv>
#include <memory>

namespace eti::analysis {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxCommentBytes = 1000;

json as_json(const AllowlistRow& row) {
    json entry{{"id", std::to_string(row.id)},
               {"kind", row.kind},
               {"value", row.value},
               {"comment", row.comment},
               {"created", seconds_text(row.created_us)},
               {"expires", nullptr}};
    if (row.expires_us) {
        entry["expires"] = seconds_text(*row.expires_us);
    }
    return entry;
}

std::string text_member(const json& body, const char* name) {
    const auto found = body.find(name);
    if (found == body.end() || found->is_null()) {
        return {};
    }
    if (!found->is_string()) {
        throw RequestError(422, "'" + std::string(name) + "' must be a string");
    }
    return found->get<std::string>();
}

AllowlistRow row_from(const json& body) {
    AllowlistRow row;
    row.kind = text_member(body, "kind");
    row.value = text_member(body, "value");
    row.comment = text_member(body, "comment");
    if (row.comment.size() > kMaxCommentBytes) {
        throw RequestError(422, "'comment' must have at most 1000 bytes");
    }
    const std::string expires = text_member(body, "expires");
    if (!expires.empty()) {
        const auto time = metadata::parse_time(expires);
        if (!time) {
            throw RequestError(422, "'expires' must be an RFC 3339 time or null");
        }
        row.expires_us = to_micros(*time);
    }
    return row;
}

}  // namespace

Response get_allowlist(ApiContext& context) {
    json entries = json::array();
    for (const AllowlistRow& row : allowlist_rows(context.reader.database)) {
        entries.push_back(as_json(row));
    }
    return json_answer({{"entries", std::move(entries)}});
}

asio::awaitable<Response> post_allowlist(ApiContext& context, const Request& request) {
    const AllowlistRow row = row_from(json_body(request));
    const Timestamp now = context.now();
    const auto id = std::make_shared<int64_t>(0);
    const AuditEntry entry{request.actor, "add-to-allowlist", row.value, row.comment};
    Writer::Job job = [&database = context.writer.database(), realm = request.realm, row, entry,
                       now, id](Engine& engine) {
        *id = engine.add_allowlist(row, now);
        add_audit(database, realm, entry, now);
    };
    co_await in_store(context, std::move(job));
    for (const AllowlistRow& stored : allowlist_rows(context.reader.database)) {
        if (stored.id == *id) {
            Response response = json_answer(as_json(stored), 201);
            response.headers.emplace_back("Location", "/v1/allowlist/" + std::to_string(*id));
            co_return response;
        }
    }
    throw RequestError(404, "the entry was removed again at once");
}

asio::awaitable<Response> delete_allowlist(ApiContext& context, const Request& request,
                                           const std::string& id) {
    int64_t number = 0;
    const auto result = std::from_chars(id.data(), id.data() + id.size(), number);
    const bool is_number = result.ec == std::errc() && result.ptr == id.data() + id.size();
    const Timestamp now = context.now();
    const auto found = std::make_shared<bool>(false);
    Writer::Job job = [&database = context.writer.database(), realm = request.realm,
                       actor = request.actor, number, now, found](Engine& engine) {
        const std::vector<AllowlistRow> rows = allowlist_rows(database);
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const AllowlistRow& each) { return each.id == number; });
        *found = engine.remove_allowlist(number, now);
        if (*found) {
            add_audit(database, realm, {actor, "remove-from-allowlist", row->value, row->comment},
                      now);
        }
    };
    if (is_number) {
        co_await in_store(context, std::move(job));
    }
    if (!*found) {
        throw RequestError(404, "the allowlist has no entry '" + id + "'");
    }
    co_return Response{204, "", "", {}};
}

}  // namespace eti::analysis
