// A line cut into its words and its pipes, and parts of it as they were typed.
#pragma once

#include "cli/tokens.h"

#include <span>
#include <string_view>
#include <vector>

namespace eti::cli {

// Part is a run of words and the text they were typed as.
struct Part {
    std::string_view line;
    std::span<const Token> words;
    std::size_t end = 0;  // column past the words; in a completion: past the line

    bool empty() const { return words.empty(); }
    std::size_t column() const { return words.empty() ? end : words.front().column; }
    std::string_view text() const { return line.substr(column(), end - column()); }
    Part after(std::size_t count) const { return {line, words.subspan(count), end}; }
};

// Call is a command's arguments and the pipes behind them.
struct Call {
    Part arguments;
    std::span<const Token> pipes;  // from the first '|' on
    std::size_t last = 0;          // column past the whole line
};

class CommandLine {
  public:
    explicit CommandLine(std::string_view line);
    // Throws SyntaxError for an open quote.
    void require_closed_quotes() const;

    bool empty() const { return list_.tokens.empty(); }
    Part words() const;      // before the first pipe
    Part all_words() const;  // '|' is a word like any other
    std::span<const Token> pipes() const;
    std::size_t last() const { return last_; }

  private:
    std::string_view line_;
    TokenList list_;
    std::size_t words_ = 0;  // tokens before the first pipe
    std::size_t last_ = 0;
};

// LineInProgress is a line that is being typed: its last word may be empty, and it ends where the
// line does.
class LineInProgress {
  public:
    explicit LineInProgress(std::string_view line);
    bool open_quote() const { return list_.open_quote; }
    bool in_pipe() const { return pipe_ < list_.tokens.size(); }
    Part words() const { return {line_, std::span(list_.tokens), line_.size()}; }
    Part first_words() const;  // before the first '|'
    // The words after the last '|', the last one being typed; all words without a pipe.
    std::span<const Token> last_pipe() const;

  private:
    std::string_view line_;
    TokenList list_;
    std::size_t pipe_ = 0;  // the last '|'; none: the number of tokens
};

}  // namespace eti::cli
