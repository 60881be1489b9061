#include "cli/configuration/terminal.h"

#include "cli/configuration/editor.h"
#include "eti/cli/session.h"

#include <array>

namespace eti::cli {
namespace {

constexpr unsigned kMostLines = 100'000;
constexpr unsigned kMostColumns = 1024;
constexpr unsigned kMostIdleMinutes = 100'000;
constexpr std::array<Keyword, 2> kSwitch{{{"on", "Switch it on"}, {"off", "Switch it off"}}};
constexpr std::array<Keyword, 1> kDisable{{{"disable", "Show no times"}}};

TerminalSettings& settings_of(const Invocation& invocation) {
    if (invocation.session == nullptr) {
        throw CommandError("this needs a session of its own; connect with eti");
    }
    return invocation.session->terminal();
}

const Token& only_word(const Invocation& invocation) {
    require_arguments(invocation.rest);
    require_end(invocation.rest, 1);
    return invocation.rest.words.front();
}

Reply told(std::string text) {
    return {Element::group("cli"), std::move(text)};
}

Reply set_length(const Invocation& invocation) {
    const unsigned lines = number_of(only_word(invocation), 0, kMostLines);
    settings_of(invocation).screen_length = lines;
    return told("Screen length set to " + std::to_string(lines) + "\n");
}

Reply set_width(const Invocation& invocation) {
    const unsigned columns = number_of(only_word(invocation), 0, kMostColumns);
    settings_of(invocation).screen_width = columns;
    return told("Screen width set to " + std::to_string(columns) + "\n");
}

Reply set_idle(const Invocation& invocation) {
    const unsigned minutes =
        invocation.rest.empty() ? 0 : number_of(only_word(invocation), 0, kMostIdleMinutes);
    settings_of(invocation).idle_minutes = minutes;
    return told(minutes == 0 ? "Idle timeout disabled\n"
                             : "Idle timeout set to " + std::to_string(minutes) + " minutes\n");
}

Reply set_completion(const Invocation& invocation) {
    const bool on = choose(kSwitch, only_word(invocation)) == 0;
    settings_of(invocation).complete_on_space = on;
    return told(on ? "Enabling complete-on-space\n" : "Disabling complete-on-space\n");
}

Reply set_timestamp(const Invocation& invocation) {
    bool on = true;
    if (!invocation.rest.empty()) {
        choose(kDisable, only_word(invocation));
        on = false;
    }
    settings_of(invocation).timestamp = on;
    return told(on ? "CLI timestamp enabled\n" : "CLI timestamp disabled\n");
}

Reply set_prompt(const Invocation& invocation) {
    const std::string& prompt = only_word(invocation).text;
    settings_of(invocation).prompt = prompt;
    return told("Prompt set to '" + prompt + "'\n");
}

std::string size_text(const std::optional<unsigned>& size) {
    return size ? "set to " + std::to_string(*size) : "as the terminal's";
}

Reply show_cli(const Invocation& invocation) {
    const TerminalSettings& settings = settings_of(invocation);
    std::string text = "CLI complete-on-space set to ";
    text += settings.complete_on_space ? "on\n" : "off\n";
    text += "CLI idle-timeout ";
    text += settings.idle_minutes == 0
                ? "disabled\n"
                : "set to " + std::to_string(settings.idle_minutes) + " minutes\n";
    text += "CLI screen-length " + size_text(settings.screen_length) + "\n";
    text += "CLI screen-width " + size_text(settings.screen_width) + "\n";
    text += settings.timestamp ? "CLI timestamp enabled\n" : "CLI timestamp disabled\n";
    return told(std::move(text));
}

Command with_rest(std::string_view path, std::string_view help, Reply (*run)(const Invocation&),
                  std::string_view rest) {
    Command command{path, help, {}, run};
    command.rest = rest;
    return command;
}

}  // namespace

std::vector<Command> terminal_commands() {
    return {
        with_rest("set cli complete-on-space", "Let the space bar complete keywords",
                  set_completion, "<on|off>"),
        with_rest("set cli idle-timeout", "Leave the shell after minutes without a key", set_idle,
                  "<minutes>"),
        with_rest("set cli prompt", "Set the prompt", set_prompt, "<prompt>"),
        with_rest("set cli screen-length", "Set the lines of a page; 0: no pages", set_length,
                  "<lines>"),
        with_rest("set cli screen-width", "Set the characters of a line", set_width,
                  "<characters>"),
        with_rest("set cli timestamp", "Show the time before each output", set_timestamp,
                  "<disable>"),
        {"show cli", "Show the settings of this terminal", {}, show_cli},
    };
}

}  // namespace eti::cli
