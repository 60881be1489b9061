#include "cli/keywords.h"

#include "cli/errors.h"
#include "cli/render.h"

#include <algorithm>
#include <charconv>

namespace eti::cli {

std::size_t choose(std::span<const Keyword> keywords, const Token& token,
                   const std::string& unknown) {
    std::size_t found = keywords.size();
    std::size_t matches = 0;
    for (std::size_t i = 0; i < keywords.size(); ++i) {
        if (keywords[i].word == token.text) {
            return i;
        }
        if (!token.text.empty() && keywords[i].word.starts_with(token.text)) {
            found = i;
            ++matches;
        }
    }
    if (matches == 0) {
        throw SyntaxError(token.column, unknown);
    }
    if (matches > 1) {
        throw SyntaxError(token.column, ambiguous(token.text, matching(keywords, token.text)));
    }
    return found;
}

std::vector<Completion> matching(std::span<const Keyword> keywords, std::string_view prefix) {
    std::vector<Completion> found;
    for (const Keyword& keyword : keywords) {
        if (keyword.word.starts_with(prefix)) {
            found.push_back({std::string(keyword.word), std::string(keyword.help)});
        }
    }
    return found;
}

std::string possible_completions(std::span<const Completion> candidates) {
    constexpr std::size_t kWord = 22;
    std::string text = "Possible completions:";
    for (const Completion& candidate : candidates) {
        text += "\n" + std::string(1, candidate.marker) + " ";
        text += candidate.help.empty() ? candidate.word : pad(candidate.word, kWord);
        text += candidate.help;
    }
    return text;
}

std::string ambiguous(const std::string& word, std::span<const Completion> candidates) {
    return "'" + word + "' is ambiguous.\n" + possible_completions(candidates);
}

unsigned number_of(const Token& token, unsigned lowest, unsigned highest) {
    unsigned long long number = 0;
    const char* end = token.text.data() + token.text.size();
    const auto [stopped, error] = std::from_chars(token.text.data(), end, number);
    if (stopped != end || token.text.empty() || error == std::errc::invalid_argument) {
        throw SyntaxError(token.column, "syntax error, expecting <number>.");
    }
    if (error != std::errc() || number < lowest || number > highest) {
        throw SyntaxError(token.column, "Value " + token.text + " is not within range (" +
                                            std::to_string(lowest) + ".." +
                                            std::to_string(highest) + ")");
    }
    return static_cast<unsigned>(number);
}

}  // namespace eti::cli
