#include "cli/request.h"

#include <nlohmann/json.hpp>

namespace eti::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxIdBytes = 256;

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// text_of returns an absent member's fallback, or null when the member is no string.
const std::string* text_of(const Json& object, const char* name, const std::string& fallback) {
    const auto member = object.find(name);
    if (member == object.end()) {
        return &fallback;
    }
    return member->get_ptr<const std::string*>();
}

Json answer_head(const std::string& id, const std::string& host, bool ok) {
    Json json = Json::object();
    json["id"] = Json::parse(id);
    json["ok"] = ok;
    json["host"] = host;
    return json;
}

}  // namespace

bool parse_request(std::string_view text, Request& request, std::string& why) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        why = "a request is one JSON object on one line";
        return false;
    }
    if (const auto id = json.find("id"); id != json.end()) {
        std::string dumped = id->is_structured() ? std::string() : dump(*id);
        if (dumped.empty() || dumped.size() > kMaxIdBytes) {
            why = "\"id\" must be a number or a short text";
            return false;
        }
        request.id = std::move(dumped);
    }
    const std::string execute = "execute";
    const std::string operational = "operational";
    const std::string* operation = text_of(json, "operation", execute);
    const std::string* mode = text_of(json, "mode", operational);
    const auto line = json.find("line");
    if (operation == nullptr || (*operation != "execute" && *operation != "complete")) {
        why = "\"operation\" must be \"execute\" or \"complete\"";
        return false;
    }
    if (mode == nullptr || *mode != operational) {
        why = "\"mode\" must be \"operational\"";
        return false;
    }
    if (line == json.end() || !line->is_string()) {
        why = "\"line\" must be a text";
        return false;
    }
    request.operation =
        *operation == "complete" ? Request::Operation::Complete : Request::Operation::Execute;
    request.line = line->get<std::string>();
    return true;
}

std::string render_answer(const std::string& id, const std::string& host, const Answer& answer) {
    Json json = answer_head(id, host, answer.ok);
    json["output"] = answer.output;
    if (answer.column) {
        json["column"] = *answer.column;
    }
    return dump(json) + "\n";
}

std::string render_completions(const std::string& id, const std::string& host,
                               const Completions& completions) {
    Json json = answer_head(id, host, true);
    json["column"] = completions.column;
    json["completions"] = Json::array();
    for (const Completion& completion : completions.candidates) {
        json["completions"].push_back({{"word", completion.word}, {"help", completion.help}});
    }
    return dump(json) + "\n";
}

}  // namespace eti::cli
