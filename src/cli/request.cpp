#include "cli/request.h"

#include "eti/cli/protocol.h"

#include <nlohmann/json.hpp>

#include <array>

namespace eti::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxIdBytes = 256;
constexpr std::size_t kMaxNameBytes = 64;

struct OperationName {
    std::string_view name;
    Request::Operation operation;
};
constexpr std::array<OperationName, 5> kOperations{{
    {"execute", Request::Operation::Execute},
    {"complete", Request::Operation::Complete},
    {"load", Request::Operation::Load},
    {"answer", Request::Operation::Answer},
    {"attach", Request::Operation::Attach},
}};

struct KeyName {
    std::string_view name;
    Key key;
};
constexpr std::array<KeyName, 3> kKeys{{{"?", Key::Help}, {" ", Key::Space}, {"\t", Key::Tab}}};

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

bool read_id(const Json& json, Request& request, std::string& why) {
    if (const auto id = json.find("id"); id != json.end()) {
        std::string dumped = id->is_structured() ? std::string() : dump(*id);
        if (dumped.empty() || dumped.size() > kMaxIdBytes) {
            why = "\"id\" must be a number or a short text";
            return false;
        }
        request.id = std::move(dumped);
    }
    return true;
}

bool read_operation(const Json& json, Request& request, std::string& why) {
    const std::string execute = "execute";
    const std::string operational = "operational";
    const std::string* name = text_of(json, "operation", execute);
    for (const OperationName& known : kOperations) {
        if (name != nullptr && *name == known.name) {
            request.operation = known.operation;
            const std::string* mode = text_of(json, "mode", operational);
            why = mode != nullptr && *mode == operational ? "" : "\"mode\" must be \"operational\"";
            return why.empty();
        }
    }
    why = "\"operation\" must be \"execute\", \"complete\", \"load\", \"answer\" or \"attach\"";
    return false;
}

bool read_line(const Json& json, Request& request, std::string& why) {
    const auto line = json.find("line");
    if (line == json.end() || !line->is_string()) {
        why = "\"line\" must be a text";
        return false;
    }
    request.line = line->get<std::string>();
    return true;
}

bool read_key(const Json& json, Request& request, std::string& why) {
    const auto key = json.find("key");
    if (key == json.end()) {
        return true;
    }
    for (const KeyName& known : kKeys) {
        if (key->is_string() && key->get_ref<const std::string&>() == known.name) {
            request.key = known.key;
            return true;
        }
    }
    why = R"("key" must be "?", " " or a tab)";
    return false;
}

bool read_bytes(const Json& json, Request& request, std::string& why) {
    const auto bytes = json.find("bytes");
    if (bytes == json.end() || !bytes->is_number_unsigned() ||
        bytes->get<uint64_t>() > kMaxLoadBytes) {
        why = "\"bytes\" must be a number of at most " + std::to_string(kMaxLoadBytes);
        return false;
    }
    request.bytes = bytes->get<std::size_t>();
    return true;
}

bool read_names(const Json& json, Request& request, std::string& why) {
    const std::string none;
    const std::string* client = text_of(json, "client", none);
    const std::string* terminal = text_of(json, "terminal", none);
    if (client == nullptr || terminal == nullptr || client->size() > kMaxNameBytes ||
        terminal->size() > kMaxNameBytes) {
        why = "\"client\" and \"terminal\" must be short texts";
        return false;
    }
    request.client = *client;
    request.terminal = *terminal;
    return true;
}

Json file_json(const OutputFile& file) {
    return {{"path", file.path}, {"append", file.append}, {"show", file.show}, {"what", file.what}};
}

void add_actions(Json& json, const Answer& answer) {
    if (answer.file) {
        json["file"] = file_json(*answer.file);
    }
    if (answer.input) {
        json["input"] = {{"file", answer.input->file}};
    }
    if (answer.question) {
        json["question"] = {{"text", answer.question->text},
                            {"default", answer.question->yes_by_default ? "yes" : "no"}};
    }
    if (answer.refresh_seconds != 0) {
        json["refresh"] = answer.refresh_seconds;
    }
    if (!answer.pager) {
        json["pager"] = false;
    }
    if (answer.exit) {
        json["exit"] = true;
    }
}

Json terminal_json(const TerminalSettings& settings) {
    Json json{{"idle_minutes", settings.idle_minutes},
              {"complete_on_space", settings.complete_on_space},
              {"timestamp", settings.timestamp}};
    if (settings.screen_length) {
        json["screen_length"] = *settings.screen_length;
    }
    if (settings.screen_width) {
        json["screen_width"] = *settings.screen_width;
    }
    if (settings.prompt) {
        json["prompt"] = *settings.prompt;
    }
    return json;
}

Json prompt_json(const Prompt& prompt) {
    return {{"mode", prompt.configuration ? "configuration" : "operational"},
            {"banner", prompt.banner},
            {"notice", prompt.notice}};
}

}  // namespace

bool parse_request(std::string_view text, Request& request, std::string& why) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        why = "a request is one JSON object on one line";
        return false;
    }
    if (!read_id(json, request, why) || !read_operation(json, request, why)) {
        return false;
    }
    switch (request.operation) {
        case Request::Operation::Attach:
            return read_names(json, request, why);
        case Request::Operation::Complete:
            return read_line(json, request, why) && read_key(json, request, why);
        case Request::Operation::Load:
            return read_line(json, request, why) && read_bytes(json, request, why);
        case Request::Operation::Execute:
        case Request::Operation::Answer:
            break;
    }
    return read_line(json, request, why);
}

std::string render_answer(const std::string& id, const std::string& host, const Answer& answer,
                          const View* view) {
    Json json = answer_head(id, host, answer.ok);
    json["output"] = answer.output;
    if (answer.column) {
        json["column"] = *answer.column;
    }
    add_actions(json, answer);
    if (view != nullptr) {
        json["prompt"] = prompt_json(view->prompt);
        json["terminal"] = terminal_json(view->terminal);
    }
    return dump(json) + "\n";
}

std::string render_completions(const std::string& id, const std::string& host,
                               const Completions& completions, const CompletionReply& reply) {
    Json json = answer_head(id, host, true);
    json["column"] = completions.column;
    json["completions"] = Json::array();
    for (const Completion& completion : completions.candidates) {
        json["completions"].push_back({{"word", completion.word},
                                       {"help", completion.help},
                                       {"marker", std::string(1, completion.marker)},
                                       {"user_defined", completion.user_defined}});
    }
    if (reply.insert) {
        json["insert"] = *reply.insert;
    }
    if (!reply.output.empty()) {
        json["output"] = reply.output;
        json["caret"] = reply.caret.has_value();
    }
    if (reply.caret) {
        json["column"] = *reply.caret;
    }
    return dump(json) + "\n";
}

std::string render_event(const std::string& text) {
    return dump(Json{{"event", "message"}, {"text", text}}) + "\n";
}

}  // namespace eti::cli
