#include "cli/configuration/editor.h"

#include <algorithm>

namespace eti::cli {
namespace {

std::vector<Keyword> verb_keywords() {
    std::vector<Keyword> found;
    for (const Verb& verb : verbs()) {
        found.push_back(verb.keyword);
    }
    return found;
}

Call call_of(const Verb& verb, const Part& words, std::size_t last) {
    const Part arguments = words.after(1);
    const auto pipe = std::find_if(arguments.words.begin(), arguments.words.end(),
                                   [](const Token& t) { return t.pipe; });
    if (!verb.pipes || pipe == arguments.words.end()) {
        return {arguments, {}, last};
    }
    const auto count = static_cast<std::size_t>(pipe - arguments.words.begin());
    const std::string_view before = words.line.substr(0, pipe->column);
    return {{words.line, arguments.words.first(count), before.find_last_not_of(" \t") + 1},
            arguments.words.subspan(count),
            last};
}

}  // namespace

const Verb& verb_of(const Token& word) {
    return verbs()[choose(verb_keywords(), word, "unknown command.")];
}

Answer dispatch(Editor& editor, const Part& words, std::size_t last) {
    const Verb& verb = verb_of(words.words.front());
    return verb.run(editor, call_of(verb, words, last));
}

Completions complete_command(Editor& editor, const Part& words) {
    if (words.words.size() == 1) {
        return keywords(words, verb_keywords());
    }
    const Verb& verb = verb_of(words.words.front());
    Completions found = verb.complete(editor, words.after(1));
    found.pipes = found.may_end && verb.pipes;
    return found;
}

void require_arguments(const Part& arguments) {
    if (arguments.empty()) {
        throw SyntaxError(arguments.end, "missing argument.");
    }
}

void require_end(const Part& arguments, std::size_t count) {
    if (arguments.words.size() > count) {
        throw SyntaxError(arguments.words[count].column, "syntax error.");
    }
}

Completions statements(Editor& editor, const Part& arguments, config::Verb verb) {
    const config::Choices choices = editor.session->complete(verb, arguments.text());
    Completions found;
    found.column = arguments.column() + choices.column;
    found.may_end = choices.may_end;
    for (const config::Choice& choice : choices.choices) {
        found.candidates.push_back({choice.word, choice.help, choice.marker, choice.user_defined});
    }
    return found;
}

Completions keywords(const Part& arguments, std::span<const Keyword> keywords) {
    Completions found;
    found.column = arguments.words.back().column;
    if (arguments.words.size() == 1) {
        found.candidates = matching(keywords, arguments.words.back().text);
    }
    return found;
}

Completions no_words(Editor&, const Part& arguments) {
    Completions found;
    found.column = arguments.words.back().column;
    found.may_end = arguments.words.size() == 1 && arguments.words.back().text.empty();
    return found;
}

Completions one_value(const Part& arguments, const char* name, const char* help) {
    Completions found;
    found.column = arguments.words.back().column;
    if (arguments.words.size() == 1) {
        found.candidates.push_back({name, help});
    } else {
        found.may_end = arguments.words.size() == 2 && arguments.words.back().text.empty();
    }
    return found;
}

void go_to(config::EditSession& session, const std::string& level) {
    session.top();
    if (!level.empty()) {
        session.edit(level);
    }
}

}  // namespace eti::cli
