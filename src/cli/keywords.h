// Choosing a keyword by a unique prefix, and showing what could be typed.
#pragma once

#include "cli/tokens.h"
#include "eti/cli/answer.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

struct Keyword {
    std::string_view word;
    std::string_view help;
};

// choose returns the index of the keyword that token names or abbreviates. Throws SyntaxError:
// unknown (the message), or ambiguous with the list of what it could be.
std::size_t choose(std::span<const Keyword> keywords, const Token& token,
                   const std::string& unknown = "syntax error.");
std::vector<Completion> matching(std::span<const Keyword> keywords, std::string_view prefix);

// possible_completions is the list as it is shown, without the newline at its end.
std::string possible_completions(std::span<const Completion> candidates);
std::string ambiguous(const std::string& word, std::span<const Completion> candidates);

// number_of reads a whole number in a range, or throws SyntaxError at the word.
unsigned number_of(const Token& token, unsigned lowest, unsigned highest);

}  // namespace eti::cli
