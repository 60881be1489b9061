#include "cli/configuration/show_pipes.h"

#include "cli/errors.h"
#include "cli/keywords.h"

#include <algorithm>
#include <array>

namespace eti::cli {
namespace {

constexpr unsigned kMostRevision = 49;

constexpr std::array<Keyword, 2> kPipes{{
    {"compare", "Show what differs from the active configuration, or from a rollback"},
    {"display", "Show the configuration in another form"},
}};
constexpr std::array<Keyword, 1> kRollback{{{"rollback", "Compare with an earlier configuration"}}};
constexpr std::array<Keyword, 1> kRelative{{{"relative", "Set lines relative to this level"}}};
enum Display : std::size_t { kChanged, kInheritance, kJson, kOmit, kSet, kXml };
constexpr std::array<Keyword, 6> kDisplay{{
    {"changed", "Mark what differs from the active configuration"},
    {"inheritance", "Show what groups and defaults add, and where it comes from"},
    {"json", "Show the configuration in JSON"},
    {"omit", "Leave out what is flagged to be omitted"},
    {"set", "Show set lines that make the configuration"},
    {"xml", "Show the configuration in XML"},
}};

// names tells whether a pipe is one of ours: the others begin with other letters, so a prefix that
// fits both is left to them to call ambiguous.
bool names(std::string_view word, const Token& token) {
    return token.text.size() >= (word == "compare" ? 3U : 1U) && word.starts_with(token.text);
}

void require_count(std::span<const Token> words, std::size_t count) {
    if (words.size() > count) {
        throw SyntaxError(words[count].column, "syntax error.");
    }
}

}  // namespace

ShowPipes::ShowPipes(std::span<const Token> pipes, std::size_t end) {
    std::vector<Token> others;
    while (!pipes.empty()) {
        const auto next =
            std::find_if(pipes.begin() + 1, pipes.end(), [](const Token& t) { return t.pipe; });
        const auto count = static_cast<std::size_t>(next - pipes.begin());
        if (!take(pipes.subspan(1, count - 1), next == pipes.end() ? end : next->column)) {
            others.insert(others.end(), pipes.begin(), next);
        }
        pipes = pipes.subspan(count);
    }
    filters_ = Pipeline::parse(others, end);
}

bool ShowPipes::take(std::span<const Token> words, std::size_t end) {
    if (words.empty()) {
        return false;
    }
    if (names("display", words[0])) {
        take_display(words.subspan(1), end);
        return true;
    }
    if (names("compare", words[0])) {
        take_compare(words.subspan(1));
        return true;
    }
    return false;
}

void ShowPipes::take_display(std::span<const Token> words, std::size_t end) {
    if (words.empty()) {
        throw SyntaxError(end, "missing argument.");
    }
    const std::size_t form = choose(kDisplay, words[0]);
    require_count(words, form == kSet ? 2 : 1);
    if (words.size() == 2) {
        choose(kRelative, words[1]);
        options.relative = true;
    }
    options.inheritance = options.inheritance || form == kInheritance;
    options.changed = options.changed || form == kChanged;
    options.omit = options.omit || form == kOmit;
    if (form == kSet) {
        options.form = config::Form::Set;
    } else if (form == kXml) {
        options.form = config::Form::Xml;
    } else if (form == kJson) {
        options.form = config::Form::Json;
    }
}

void ShowPipes::take_compare(std::span<const Token> words) {
    compare = true;
    rollback.reset();
    require_count(words, 2);
    if (!words.empty()) {
        choose(kRollback, words[0]);
        rollback = words.size() == 2 ? number_of(words[1], 0, kMostRevision) : 0;
    }
}

Answer ShowPipes::answer(std::string text) const {
    return filters_.answer({{}, std::move(text)});
}

std::vector<Completion> complete_show_pipe(std::span<const Token> words) {
    if (words.size() == 1) {
        std::vector<Completion> found = matching(kPipes, words[0].text);
        for (Completion& other : Pipeline::complete(words)) {
            if (other.word != "display") {
                found.push_back(std::move(other));
            }
        }
        std::sort(found.begin(), found.end(),
                  [](const Completion& a, const Completion& b) { return a.word < b.word; });
        return found;
    }
    if (names("display", words[0])) {
        const bool set = words.size() == 3 && std::string_view("set").starts_with(words[1].text);
        return words.size() == 2 ? matching(kDisplay, words[1].text)
               : set             ? matching(kRelative, words[2].text)
                                 : std::vector<Completion>{};
    }
    if (names("compare", words[0])) {
        return words.size() == 2   ? matching(kRollback, words[1].text)
               : words.size() == 3 ? std::vector<Completion>{{"<number>", "Which rollback (0..49)"}}
                                   : std::vector<Completion>{};
    }
    return Pipeline::complete(words);
}

}  // namespace eti::cli
