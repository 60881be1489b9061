// Splitting a command line into words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

struct Token {
    std::string text;
    std::size_t column = 0;  // of its first byte in the line, an opening quote included
    bool pipe = false;       // an unquoted '|'
};

struct TokenList {
    std::vector<Token> tokens;
    bool open_quote = false;  // the last word's quote is never closed
};

// tokenize splits at blanks and at '|'. Double quotes keep blanks and '|' inside a word; within
// them a backslash takes the next quote or backslash as it is.
TokenList tokenize(std::string_view line);

}  // namespace eti::cli
