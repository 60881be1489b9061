// A line of text into words: quotes, brackets and comments. Knows nothing of statements.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

struct Token {
    enum class Kind { Word, Open, Close };  // Open and Close are '[' and ']'

    Kind kind = Kind::Word;
    std::string text;
    std::size_t column = 0;  // of the first character, from 1
    std::size_t end = 0;     // one past the last character
};

struct TokenError {
    std::size_t column = 0;
    std::string reason;
};

inline constexpr std::size_t kMaxLineLength = 4096;

// split_line fills tokens from one line without its line feed. '#' starts a comment where a word
// could start. Answers the first error, if any.
std::optional<TokenError> split_line(std::string_view line, std::vector<Token>& tokens);

}  // namespace eti::config
