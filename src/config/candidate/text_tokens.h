// Curly-brace text into tokens. Knows nothing of statements.
#pragma once

#include "config/tokens.h"

#include <optional>
#include <string>
#include <string_view>

namespace eti::config {

struct TextToken {
    enum class Kind { Word, OpenList, CloseList, OpenBlock, CloseBlock, Semicolon, Comment, End };

    Kind kind = Kind::End;
    Token word;  // its text and columns
    std::size_t line = 0;
};

// TextTokens hands out one token after the other. '#' starts a comment that is passed over; one in
// /* */ is a token, as it belongs to the statement after it.
class TextTokens {
  public:
    explicit TextTokens(std::string_view text) : text_(text) {}

    // next answers a token of kind End at the end. A character that belongs nowhere, or a quote
    // or comment without its end, is an error; the text goes on after it.
    TextToken next(std::optional<TokenError>& error);
    std::size_t line() const { return line_; }

  private:
    bool skip_blanks();
    TextToken word(std::optional<TokenError>& error);
    TextToken quoted(std::optional<TokenError>& error);
    TextToken comment(std::optional<TokenError>& error);
    TextToken finish(TextToken token);
    std::size_t column() const { return at_ - line_start_ + 1; }
    void advance();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t line_start_ = 0;
};

}  // namespace eti::config
