#include "config/tokens.h"

#include <utility>

namespace eti::config {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

// Splitter walks one line; columns are offsets plus one.
class Splitter {
  public:
    Splitter(std::string_view line, std::vector<Token>& tokens) : line_(line), tokens_(tokens) {}

    std::optional<TokenError> run() {
        while (skip_blanks()) {
            std::optional<TokenError> error;
            const char c = line_[at_];
            if (c == '[' || c == ']') {
                const Token::Kind kind = c == '[' ? Token::Kind::Open : Token::Kind::Close;
                tokens_.push_back({kind, std::string(1, c), at_ + 1, at_ + 2});
                ++at_;
            } else if (c == '"') {
                error = quoted();
            } else {
                error = word();
            }
            if (error) {
                return error;
            }
        }
        return std::nullopt;
    }

  private:
    bool skip_blanks() {
        while (at_ < line_.size() && is_blank(line_[at_])) {
            ++at_;
        }
        return at_ < line_.size() && line_[at_] != '#';
    }

    std::optional<TokenError> bad_character() const {
        return TokenError{at_ + 1, "invalid character; statements are printable ASCII text"};
    }

    std::optional<TokenError> word() {
        Token token{Token::Kind::Word, {}, at_ + 1, 0};
        for (; at_ < line_.size() && !is_blank(line_[at_]) && !closes_list(token); ++at_) {
            if (!is_printable(line_[at_])) {
                return bad_character();
            }
            token.text.push_back(line_[at_]);
        }
        token.end = at_ + 1;
        tokens_.push_back(std::move(token));
        return std::nullopt;
    }

    // "[ a b]" ends a list, "https://[::1]:443" does not.
    bool closes_list(const Token& word) const {
        return line_[at_] == ']' && word.text.find('[') == std::string::npos;
    }

    // Inside quotes a backslash makes the next character plain.
    std::optional<TokenError> quoted() {
        Token token{Token::Kind::Word, {}, at_ + 1, 0};
        for (++at_; at_ < line_.size() && line_[at_] != '"'; ++at_) {
            if (line_[at_] == '\\' && at_ + 1 < line_.size()) {
                ++at_;
            }
            if (!is_printable(line_[at_])) {
                return bad_character();
            }
            token.text.push_back(line_[at_]);
        }
        if (at_ == line_.size()) {
            return TokenError{token.column, "missing closing quote"};
        }
        token.end = ++at_ + 1;
        tokens_.push_back(std::move(token));
        return std::nullopt;
    }

    std::string_view line_;
    std::vector<Token>& tokens_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<TokenError> split_line(std::string_view line, std::vector<Token>& tokens) {
    tokens.clear();
    if (line.size() > kMaxLineLength) {
        return TokenError{kMaxLineLength + 1,
                          "line is longer than " + std::to_string(kMaxLineLength) + " characters"};
    }
    return Splitter(line, tokens).run();
}

}  // namespace eti::config
