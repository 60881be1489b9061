// commit and rollback.
#include "cli/configuration/commit_history.h"
#include "cli/configuration/editor.h"

#include <algorithm>
#include <array>

namespace eti::cli {
namespace {

constexpr unsigned kMostMinutes = 65'535;
constexpr unsigned kMostRevision = 49;
constexpr unsigned kDefaultMinutes = 10;

enum Word : std::size_t { kAndQuit, kAt, kCheck, kComment, kConfirmed, kSynchronize };
constexpr std::array<Keyword, 6> kWords{{
    {"and-quit", "Leave configuration mode when the commit has succeeded"},
    {"at", "Commit at a time"},
    {"check", "Check whether the candidate could be committed"},
    {"comment", "Say why, for the commit history"},
    {"confirmed", "Roll back by itself unless confirmed in time"},
    {"synchronize", "Commit on both routing engines; here there is one"},
}};
constexpr std::array<Keyword, 1> kDisplay{{{"display", "Show more about the commit"}}};
constexpr std::array<Keyword, 2> kForms{{
    {"detail", "What changes"},
    {"impact", "Recent sessions and hosts that would have been treated differently"},
}};

struct Wish {
    config::CommitOptions options;
    bool and_quit = false;
    bool detail = false;
    std::array<bool, kWords.size()> given{};
};

bool takes_value(std::size_t word) {
    return word == kAt || word == kComment;
}

bool is_minutes(const Part& words) {
    return !words.empty() &&
           words.words.front().text.find_first_not_of("0123456789") == std::string::npos;
}

// take reads one keyword and its value; what comes after them is returned.
Part take(Wish& wish, const Part& words) {
    const Token& token = words.words.front();
    const std::size_t word = choose(kWords, token);
    Part rest = words.after(1);
    if (wish.given[word]) {
        throw SyntaxError(token.column, "syntax error.");
    }
    wish.given[word] = true;
    if (takes_value(word)) {
        require_arguments(rest);
        (word == kAt ? wish.options.at : wish.options.comment) = rest.words.front().text;
        return rest.after(1);
    }
    if (word == kConfirmed) {
        wish.options.confirmed_minutes = kDefaultMinutes;
        if (is_minutes(rest)) {
            wish.options.confirmed_minutes = number_of(rest.words.front(), 1, kMostMinutes);
            return rest.after(1);
        }
    }
    wish.options.check = wish.options.check || word == kCheck;
    wish.and_quit = wish.and_quit || word == kAndQuit;
    return rest;
}

// What cannot go together is refused before anything is done.
void require_sense(const Wish& wish, const Part& words) {
    const auto refuse = [&](std::size_t word) {
        for (const Token& token : words.words) {
            if (kWords[word].word.starts_with(token.text)) {
                throw SyntaxError(token.column, "syntax error.");
            }
        }
    };
    if (wish.options.check) {
        for (const std::size_t word : {kAndQuit, kAt, kComment, kConfirmed}) {
            if (wish.given[word]) {
                refuse(word);
            }
        }
    }
    if (wish.given[kAt] && (wish.given[kConfirmed] || wish.given[kAndQuit])) {
        refuse(wish.given[kConfirmed] ? kConfirmed : kAndQuit);
    }
}

void take_pipes(Wish& wish, const Call& call) {
    if (call.pipes.empty()) {
        return;
    }
    const Part words{call.arguments.line, call.pipes.subspan(1), call.last};
    require_arguments(words);
    choose(kDisplay, words.words[0]);
    require_arguments(words.after(1));
    const bool impact = choose(kForms, words.words[1]) == 1;
    require_end(words, 2);
    if (impact && !wish.options.check) {
        throw SyntaxError(words.words[1].column,
                          "the impact is shown before a commit: commit check | display impact");
    }
    wish.detail = !impact;
    wish.options.impact = impact;
}

}  // namespace

Answer commit_candidate(Editor& editor, const Call& call) {
    Wish wish;
    for (Part words = call.arguments; !words.empty();) {
        words = take(wish, words);
    }
    require_sense(wish, call.arguments);
    take_pipes(wish, call);
    Answer answer;
    if (wish.detail) {
        answer.output = editor.session->compare("", {});
    }
    const config::CommitResult result = editor.session->commit(wish.options);
    answer.ok = result.ok;
    answer.output += result.output;
    if (result.ok && wish.and_quit) {
        editor.left = true;
        answer.output += "Exiting configuration mode\n";
    }
    return answer;
}

Completions complete_commit(Editor&, const Part& arguments) {
    Wish wish;
    Part words = arguments;
    Completions found;
    found.column = arguments.words.back().column;
    while (words.words.size() > 1) {
        const std::size_t word = choose(kWords, words.words.front());
        if (takes_value(word) && words.words.size() == 2) {
            found.candidates.push_back(word == kAt
                                           ? Completion{"<time>", "hh:mm or \"yyyy-mm-dd hh:mm\""}
                                           : Completion{"<comment>", "Text of the comment"});
            return found;
        }
        if (word == kConfirmed && words.words.size() == 2) {
            found.candidates.push_back({"<minutes>", "Time to confirm it (1..65535 minutes)"});
        }
        words = take(wish, words);
    }
    if (words.empty()) {
        return found;
    }
    for (const Completion& candidate : matching(kWords, words.words.back().text)) {
        const auto row = std::find_if(kWords.begin(), kWords.end(),
                                      [&](const Keyword& k) { return k.word == candidate.word; });
        if (!wish.given[static_cast<std::size_t>(row - kWords.begin())]) {
            found.candidates.push_back(candidate);
        }
    }
    found.may_end = words.words.back().text.empty();
    return found;
}

std::vector<Completion> complete_commit_pipe(std::span<const Token> words) {
    return words.size() == 1   ? matching(kDisplay, words[0].text)
           : words.size() == 2 ? matching(kForms, words[1].text)
                               : std::vector<Completion>{};
}

Answer roll_back(Editor& editor, const Call& call) {
    require_end(call.arguments, 1);
    const unsigned revision =
        call.arguments.empty() ? 0 : number_of(call.arguments.words.front(), 0, kMostRevision);
    editor.session->rollback(revision);
    return {true, "load complete\n", {}};
}

Completions complete_rollback(Editor& editor, const Part& arguments) {
    Completions found;
    found.column = arguments.words.back().column;
    if (arguments.words.size() == 1) {
        for (const config::CommitInfo& info : editor.workspace.history()) {
            const std::string number = std::to_string(info.revision);
            if (number.starts_with(arguments.words.back().text)) {
                found.candidates.push_back({number, commit_facts(info)});
            }
        }
    }
    found.may_end = arguments.words.back().text.empty();
    return found;
}

}  // namespace eti::cli
