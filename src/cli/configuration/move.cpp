// edit, up, top, exit: where the operator stands.
#include "cli/configuration/editor.h"

#include <array>
#include <cctype>

namespace eti::cli {
namespace {

constexpr std::array<Keyword, 1> kLeave{{{"configuration-mode", "Leave configuration mode"}}};
constexpr unsigned kMostLevels = 64;

bool is_number(const Token& token) {
    return !token.text.empty() && std::isdigit(static_cast<unsigned char>(token.text[0])) != 0;
}

// here runs a command where the operator has just been put and takes him back, unless the command
// itself moved him.
Answer run_here(Editor& editor, const std::string& before, const Call& call) {
    const std::string here = editor.session->level();
    const auto back = [&] {
        if (editor.session->level() == here) {
            go_to(*editor.session, before);
        }
    };
    try {
        Answer answer = dispatch(editor, call.arguments, call.last);
        back();
        return answer;
    } catch (...) {
        back();
        throw;
    }
}

Completions complete_here(Editor& editor, const Part& command, unsigned levels) {
    const std::string before = editor.session->level();
    if (levels == 0) {
        editor.session->top();
    } else {
        editor.session->up(levels);
    }
    Completions found;
    try {
        found = complete_command(editor, command);
    } catch (const SyntaxError&) {
        found.column = command.words.back().column;
    }
    go_to(*editor.session, before);
    if (command.words.size() == 1) {
        found.may_end = command.words.back().text.empty();
    }
    return found;
}

}  // namespace

Answer move_edit(Editor& editor, const Call& call) {
    require_arguments(call.arguments);
    std::string before = editor.session->level();
    at(call.arguments, [&](std::string_view text) { editor.session->edit(text); });
    editor.levels.push_back(std::move(before));
    return {};
}

Answer move_up(Editor& editor, const Call& call) {
    Call command = call;
    unsigned levels = 1;
    if (!command.arguments.empty() && is_number(command.arguments.words.front())) {
        levels = number_of(command.arguments.words.front(), 1, kMostLevels);
        command.arguments = command.arguments.after(1);
    }
    const std::string before = editor.session->level();
    editor.session->up(levels);
    return command.arguments.empty() ? Answer{} : run_here(editor, before, command);
}

Answer move_top(Editor& editor, const Call& call) {
    const std::string before = editor.session->level();
    editor.session->top();
    return call.arguments.empty() ? Answer{} : run_here(editor, before, call);
}

Answer leave(Editor& editor) {
    const auto go = [&editor] {
        editor.left = true;
        return Answer{true, "Exiting configuration mode\n", {}};
    };
    if (!editor.session->changed()) {
        return go();
    }
    editor.pending = [go](bool yes) { return yes ? go() : Answer{}; };
    Answer answer;
    answer.output = "The configuration has been changed but not committed\n";
    answer.question = Question{"Exit with uncommitted changes? [yes,no] (yes) ", true};
    return answer;
}

Answer move_exit(Editor& editor, const Call& call) {
    require_end(call.arguments, 1);
    if (!call.arguments.empty()) {
        choose(kLeave, call.arguments.words.front());
        return leave(editor);
    }
    if (editor.session->at_top()) {
        return leave(editor);
    }
    if (editor.levels.empty()) {
        editor.session->up(1);
        return {};
    }
    go_to(*editor.session, editor.levels.back());
    editor.levels.pop_back();
    return {};
}

Completions complete_up(Editor& editor, const Part& arguments) {
    if (arguments.words.size() > 1 && is_number(arguments.words.front())) {
        return complete_here(editor, arguments.after(1),
                             number_of(arguments.words.front(), 1, kMostLevels));
    }
    Completions found = complete_here(editor, arguments, 1);
    if (arguments.words.size() == 1) {
        found.candidates.insert(found.candidates.begin(), {"<number>", "How many levels"});
    }
    return found;
}

Completions complete_top(Editor& editor, const Part& arguments) {
    return complete_here(editor, arguments, 0);
}

Completions complete_exit(Editor&, const Part& arguments) {
    Completions found = keywords(arguments, kLeave);
    found.may_end = arguments.words.back().text.empty() && arguments.words.size() <= 2;
    return found;
}

}  // namespace eti::cli
