// set, delete and the other commands that change the candidate.
#include "cli/configuration/editor.h"

namespace eti::cli {
namespace {

using Change = config::EditSession::Warnings (config::EditSession::*)(std::string_view);

Answer warnings_of(const config::EditSession::Warnings& warnings) {
    Answer answer;
    for (const std::string& warning : warnings) {
        answer.output += warning + "\n";
    }
    return answer;
}

Answer change(Editor& editor, const Part& arguments, Change what) {
    require_arguments(arguments);
    return warnings_of(
        at(arguments, [&](std::string_view text) { return (editor.session.get()->*what)(text); }));
}

// require_word refuses a first argument other than the one keyword there is.
void require_word(const Part& arguments, const Keyword& keyword) {
    require_arguments(arguments);
    choose({&keyword, 1}, arguments.words.front());
}

}  // namespace

Answer change_set(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::set);
}

Answer change_delete(Editor& editor, const Call& call) {
    if (!call.arguments.empty()) {
        return change(editor, call.arguments, &config::EditSession::remove);
    }
    // The question may have been asked from another level: "top delete".
    editor.pending = [&editor, level = editor.session->level()](bool yes) {
        if (!yes) {
            return Answer{};
        }
        const std::string now = editor.session->level();
        go_to(*editor.session, level);
        const Answer answer = warnings_of(editor.session->remove(""));
        go_to(*editor.session, now);
        return answer;
    };
    Answer answer;
    answer.output = editor.session->at_top() ? "This will delete the entire configuration\n" : "";
    answer.question = Question{"Delete everything under this level? [yes,no] (no) ", false};
    return answer;
}

Answer change_wildcard(Editor& editor, const Call& call) {
    require_word(call.arguments, {"delete", ""});
    return change(editor, call.arguments.after(1), &config::EditSession::wildcard_remove);
}

Answer change_rename(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::rename);
}

Answer change_copy(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::copy);
}

Answer change_insert(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::insert);
}

Answer change_activate(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::activate);
}

Answer change_deactivate(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::deactivate);
}

Answer change_protect(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::protect);
}

Answer change_unprotect(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::unprotect);
}

Answer change_annotate(Editor& editor, const Call& call) {
    return change(editor, call.arguments, &config::EditSession::annotate);
}

Answer change_replace(Editor& editor, const Call& call) {
    require_word(call.arguments, {"pattern", ""});
    return change(editor, call.arguments, &config::EditSession::replace_pattern);
}

}  // namespace eti::cli
