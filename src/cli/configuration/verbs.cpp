#include "cli/configuration/editor.h"

#include <algorithm>
#include <array>

namespace eti::cli {
namespace {

constexpr std::array<Keyword, 1> kDelete{{{"delete", "Delete what a pattern matches"}}};
constexpr std::array<Keyword, 1> kPattern{{{"pattern", "Text to replace wherever it stands"}}};

template <config::Verb kind>
Completions complete(Editor& editor, const Part& arguments) {
    return statements(editor, arguments, kind);
}

Completions complete_wildcard(Editor& editor, const Part& arguments) {
    return arguments.words.size() < 2
               ? keywords(arguments, kDelete)
               : statements(editor, arguments.after(1), config::Verb::Wildcard);
}

Completions complete_replace(Editor&, const Part& arguments) {
    return keywords(arguments, kPattern);
}

// run is done by the session: what follows it is an operational command.
Answer run_alone(Editor&, const Call& call) {
    require_arguments(call.arguments);
    throw SyntaxError(call.arguments.column(), "syntax error.");
}

constexpr auto kSet = complete<config::Verb::Set>;
constexpr auto kExisting = complete<config::Verb::Existing>;
constexpr auto kRename = complete<config::Verb::Rename>;

// In the order in which '?' lists them.
constexpr std::array<Verb, 25> kVerbs{{
    {{"activate", "Let an inactive statement count again"}, false, change_activate, kExisting},
    {{"annotate", "Put a comment on a statement"}, false, change_annotate, kExisting},
    {{"commit", "Put the candidate configuration in force"},
     true,
     commit_candidate,
     complete_commit},
    {{"copy", "Copy a statement to a new name"}, false, change_copy, kRename},
    {{"deactivate", "Keep a statement without letting it count"},
     false,
     change_deactivate,
     kExisting},
    {{"delete", "Delete a statement"}, false, change_delete, kExisting},
    {{"edit", "Go to a level of the configuration"},
     false,
     move_edit,
     complete<config::Verb::Edit>},
    {{"exit", "Go back one level, or leave configuration mode"}, false, move_exit, complete_exit},
    {{"help", "Explain commands and statements"}, true, help_here, complete_help},
    {{"insert", "Move a statement before or after another one"},
     false,
     change_insert,
     complete<config::Verb::Insert>},
    {{"load", "Load configuration from a file or the terminal"}, false, load_text, complete_load},
    {{"protect", "Guard a statement against changes"}, false, change_protect, kExisting},
    {{"quit", "Go back one level, or leave configuration mode"}, false, move_exit, complete_exit},
    {{"rename", "Give a statement another name"}, false, change_rename, kRename},
    {{"replace", "Replace text in the configuration"}, false, change_replace, complete_replace},
    {{"rollback", "Fetch an earlier configuration as the candidate"},
     false,
     roll_back,
     complete_rollback},
    {{"run", "Run an operational command"}, true, run_alone, no_words},
    {{"save", "Save the candidate configuration to a file"}, false, save_text, complete_save},
    {{"set", "Set a statement"}, false, change_set, kSet},
    {{"show", "Show the candidate configuration"}, true, show_candidate, kExisting},
    {{"status", "Show who edits the configuration"}, true, show_status, no_words},
    {{"top", "Go to the top, or run a command there"}, false, move_top, complete_top},
    {{"unprotect", "Take the guard off a statement"}, false, change_unprotect, kExisting},
    {{"up", "Go up levels, or run a command there"}, false, move_up, complete_up},
    {{"wildcard", "Delete what a pattern matches"}, false, change_wildcard, complete_wildcard},
}};

}  // namespace

std::span<const Verb> verbs() {
    return kVerbs;
}

}  // namespace eti::cli
