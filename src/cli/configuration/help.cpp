#include "cli/configuration/help.h"

#include "cli/commands/commands.h"
#include "cli/configuration/editor.h"
#include "cli/configuration/operational.h"
#include "cli/render.h"

#include <array>

namespace eti::cli {
namespace {

constexpr std::array<Keyword, 2> kKinds{{
    {"reference", "How the commands with a word in their name are written"},
    {"topic", "What the commands about a word do"},
}};
constexpr std::size_t kReference = 0;

bool mentions(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

std::string syntax_of(const Command& command) {
    std::string text(command.path);
    for (const Option& option : command.options) {
        text += " [" + std::string(option.keyword);
        text += (option.value.empty() ? "" : " ") + std::string(option.value) + "]";
    }
    text += (command.rest.empty() ? "" : " ") + std::string(command.rest);
    return text;
}

void append_matches(std::string& text, std::span<const Command> commands, std::string_view word,
                    bool reference) {
    for (const Command& command : commands) {
        if (mentions(command.path, word) || (!reference && mentions(command.help, word))) {
            text += reference ? syntax_of(command) : std::string(command.path);
            text += "\n    " + std::string(command.help) + "\n";
        }
    }
}

std::string help_about(const Token& word, bool reference) {
    std::string text;
    append_matches(text, all_commands(), word.text, reference);
    append_matches(text, configuration_commands(), word.text, reference);
    for (const Verb& verb : verbs()) {
        if (mentions(verb.keyword.word, word.text)) {
            text += std::string(verb.keyword.word) + " (configuration mode)\n    " +
                    std::string(verb.keyword.help) + "\n";
        }
    }
    return text.empty() ? "warning: nothing is known about '" + word.text + "'; try ?\n" : text;
}

template <bool reference>
Reply help_command(const Invocation& invocation) {
    require_arguments(invocation.rest);
    require_end(invocation.rest, 1);
    return {Element::group("help"), help_about(invocation.rest.words.front(), reference)};
}

}  // namespace

std::vector<Command> help_commands() {
    Command reference{"help reference", kKinds[0].help, {}, help_command<true>};
    reference.rest = "<word>";
    Command topic{"help topic", kKinds[1].help, {}, help_command<false>};
    topic.rest = "<word>";
    return {reference, topic};
}

Answer help_here(Editor&, const Call& call) {
    require_arguments(call.arguments);
    const bool reference = choose(kKinds, call.arguments.words.front()) == kReference;
    const Part word = call.arguments.after(1);
    require_arguments(word);
    require_end(word, 1);
    return Pipeline::parse(call.pipes, call.last)
        .answer({{}, help_about(word.words.front(), reference)});
}

Completions complete_help(Editor&, const Part& arguments) {
    return arguments.words.size() == 1
               ? keywords(arguments, kKinds)
               : one_value(arguments.after(1), "<word>", "A word of a command");
}

}  // namespace eti::cli
