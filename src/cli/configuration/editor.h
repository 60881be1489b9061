// What the commands of configuration mode work on, and how each of them is described.
#pragma once

#include "cli/command_line.h"
#include "cli/errors.h"
#include "cli/keywords.h"
#include "eti/cli/answer.h"
#include "eti/config/workspace.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace eti::cli {

struct Editor {
    config::Workspace& workspace;
    std::unique_ptr<config::EditSession> session;
    std::vector<std::string> levels{};          // where "exit" goes back to, the last one first
    const std::string_view* text = nullptr;     // what the client read for "load"; null: not yet
    bool left = false;                          // the operator leaves configuration mode
    std::function<Answer(bool yes)> pending{};  // what an answer to the question does
};

struct Verb {
    Keyword keyword;
    bool pipes;                           // takes them; else '|' is a character like any other
    Answer (*run)(Editor&, const Call&);  // throws SyntaxError, config::EditError
    Completions (*complete)(Editor&, const Part&);
};
std::span<const Verb> verbs();

// dispatch runs one command: words are all words of it, pipes included.
Answer dispatch(Editor& editor, const Part& words, std::size_t last);
// complete_command answers for words of which the last one is being typed.
Completions complete_command(Editor& editor, const Part& words);
// verb_of returns the verb that a word names or abbreviates. Throws SyntaxError.
const Verb& verb_of(const Token& word);

// at turns the columns of what do_it throws from those of the arguments into those of the line.
template <typename Function>
auto at(const Part& arguments, Function do_it) {
    try {
        return do_it(arguments.text());
    } catch (const config::EditError& error) {
        if (error.column) {
            throw SyntaxError(arguments.column() + *error.column, error.what());
        }
        throw;
    }
}

void require_arguments(const Part& arguments);  // throws SyntaxError "missing argument."
void require_end(const Part& arguments, std::size_t count);  // no more words than count

// The completions of words that follow a verb.
Completions statements(Editor& editor, const Part& arguments, config::Verb verb);
Completions keywords(const Part& arguments, std::span<const Keyword> keywords);
Completions no_words(Editor& editor, const Part& arguments);  // the command stands alone
Completions one_value(const Part& arguments, const char* name, const char* help);

// go_to moves to the level that EditSession::level once named.
void go_to(config::EditSession& session, const std::string& level);

// The commands, one file per topic.
Answer change_set(Editor&, const Call&);
Answer change_delete(Editor&, const Call&);
Answer change_wildcard(Editor&, const Call&);
Answer change_rename(Editor&, const Call&);
Answer change_copy(Editor&, const Call&);
Answer change_insert(Editor&, const Call&);
Answer change_activate(Editor&, const Call&);
Answer change_deactivate(Editor&, const Call&);
Answer change_protect(Editor&, const Call&);
Answer change_unprotect(Editor&, const Call&);
Answer change_annotate(Editor&, const Call&);
Answer change_replace(Editor&, const Call&);

Answer move_edit(Editor&, const Call&);
Answer move_up(Editor&, const Call&);
Answer move_top(Editor&, const Call&);
Answer move_exit(Editor&, const Call&);
Completions complete_up(Editor&, const Part&);
Completions complete_top(Editor&, const Part&);
Completions complete_exit(Editor&, const Part&);
Answer leave(Editor&);  // asks first when there are uncommitted changes

Answer show_candidate(Editor&, const Call&);
Answer show_status(Editor&, const Call&);

Answer load_text(Editor&, const Call&);
Answer save_text(Editor&, const Call&);
Completions complete_load(Editor&, const Part&);
Completions complete_save(Editor&, const Part&);

Answer commit_candidate(Editor&, const Call&);
Answer roll_back(Editor&, const Call&);
Completions complete_commit(Editor&, const Part&);
Completions complete_rollback(Editor&, const Part&);
std::vector<Completion> complete_commit_pipe(std::span<const Token> words);

Answer help_here(Editor&, const Call&);
Completions complete_help(Editor&, const Part&);

}  // namespace eti::cli
