#include "eti/client.h"

#include "eti/connection.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace eti::client {
namespace {

using Json = nlohmann::json;

template <typename T>
std::optional<T> member(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found == json.end() ? std::nullopt : std::optional<T>(found->get<T>());
}

Prompt read_prompt(const Json& json) {
    return {json.value("mode", "") == "configuration", json.value("banner", ""),
            json.value("notice", "")};
}

Settings read_settings(const Json& json) {
    Settings settings;
    settings.screen_length = member<unsigned>(json, "screen_length");
    settings.screen_width = member<unsigned>(json, "screen_width");
    settings.idle_minutes = json.value("idle_minutes", 0U);
    settings.complete_on_space = json.value("complete_on_space", true);
    settings.timestamp = json.value("timestamp", false);
    settings.prompt = member<std::string>(json, "prompt");
    return settings;
}

OutputFile read_file(const Json& json) {
    return {json.at("path").get<std::string>(), json.value("append", false),
            json.value("show", false), json.value("what", "output")};
}

// read_reply throws nlohmann's exceptions for an answer of another shape.
Reply read_reply(const Json& json) {
    Reply reply;
    reply.ok = json.at("ok").get<bool>();
    reply.host = json.value("host", "");
    reply.output = json.value("output", "");
    reply.column = member<std::size_t>(json, "column");
    if (json.contains("file")) {
        reply.file = read_file(json.at("file"));
    }
    if (json.contains("input")) {
        reply.input = json.at("input").value("file", "");
    }
    if (json.contains("question")) {
        reply.question = Question{json.at("question").value("text", "")};
    }
    reply.refresh_seconds = json.value("refresh", 0U);
    reply.pager = json.value("pager", true);
    reply.exit = json.value("exit", false);
    reply.prompt = read_prompt(json.value("prompt", Json::object()));
    reply.settings = read_settings(json.value("terminal", Json::object()));
    reply.insert = member<std::string>(json, "insert");
    reply.caret = json.value("caret", false);
    for (const Json& completion : json.value("completions", Json::array())) {
        reply.words.push_back(completion.at("word").get<std::string>());
    }
    return reply;
}

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string attach_request(const std::string& terminal) {
    return dumped({{"id", 0}, {"operation", "attach"}, {"client", "cli"}, {"terminal", terminal}});
}

}  // namespace

Client::Client(std::string socket) : socket_(std::move(socket)) {}
Client::~Client() = default;

Reply Client::attach(const std::string& terminal) {
    terminal_ = terminal;
    return ask(attach_request(terminal));
}

Reply Client::execute(std::string_view line) {
    return ask(dumped({{"id", 1}, {"operation", "execute"}, {"line", line}}));
}

Reply Client::complete(std::string_view line, char key) {
    return ask(dumped(
        {{"id", 1}, {"operation", "complete"}, {"line", line}, {"key", std::string(1, key)}}));
}

Reply Client::load(std::string_view line, std::string_view text) {
    return ask(dumped({{"id", 1}, {"operation", "load"}, {"line", line}, {"bytes", text.size()}}),
               text);
}

Reply Client::answer(std::string_view words) {
    return ask(dumped({{"id", 1}, {"operation", "answer"}, {"line", words}}));
}

Reply Client::ask(const std::string& request, std::string_view after) {
    if (connection_ == nullptr) {
        connection_ = std::make_unique<Socket>(socket_);
        if (terminal_) {
            exchange(attach_request(*terminal_), {});
        }
    }
    return exchange(request, after);
}

Reply Client::exchange(const std::string& request, std::string_view after) {
    try {
        connection_->send(request);
        connection_->send(after);
        for (;;) {
            const Json json = Json::parse(connection_->receive_line());
            if (!json.contains("event")) {
                return read_reply(json);
            }
            events_.push_back(json.value("text", ""));
        }
    } catch (const Json::exception&) {
        const std::unique_ptr<Socket> last = std::move(connection_);
        last->broken();
    } catch (const Unreachable&) {
        connection_.reset();
        throw;
    }
}

int Client::fd() const {
    return connection_ == nullptr ? -1 : connection_->fd();
}

bool Client::receive_events() {
    const bool open = connection_->receive_now();
    while (const auto line = connection_->next_line()) {
        const Json json = Json::parse(*line, nullptr, false);
        if (json.is_object() && json.contains("event")) {
            events_.push_back(json.value("text", ""));
        }
    }
    if (!open) {
        connection_.reset();
    }
    return open;
}

std::vector<std::string> Client::take_events() {
    return std::exchange(events_, {});
}

std::string caret_line(std::string_view prompt, std::string_view line, std::size_t column) {
    std::string text(prompt.size(), ' ');
    for (std::size_t i = 0; i < column; ++i) {
        const char c = i < line.size() ? line[i] : ' ';
        const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;  // of UTF-8
        if (!continues) {
            text += c == '\t' ? '\t' : ' ';
        }
    }
    return text + "^";
}

}  // namespace eti::client
