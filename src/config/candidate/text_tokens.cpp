#include "config/candidate/text_tokens.h"

#include <algorithm>
#include <utility>

namespace eti::config {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

constexpr std::string_view kMarks = "[]{};";
constexpr TextToken::Kind kMarkKinds[] = {TextToken::Kind::OpenList, TextToken::Kind::CloseList,
                                          TextToken::Kind::OpenBlock, TextToken::Kind::CloseBlock,
                                          TextToken::Kind::Semicolon};

}  // namespace

void TextTokens::advance() {
    if (text_[at_++] == '\n') {
        ++line_;
        line_start_ = at_;
    }
}

bool TextTokens::skip_blanks() {
    while (at_ < text_.size()) {
        if (text_[at_] == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (is_blank(text_[at_])) {
            advance();
        } else {
            return true;
        }
    }
    return false;
}

TextToken TextTokens::finish(TextToken token) {
    token.word.end = column();
    return token;
}

TextToken TextTokens::next(std::optional<TokenError>& error) {
    error.reset();
    if (!skip_blanks()) {
        return {TextToken::Kind::End, {Token::Kind::Word, {}, column(), column()}, line_};
    }
    const std::size_t mark = kMarks.find(text_[at_]);
    if (mark != std::string_view::npos) {
        const Token::Kind kind = mark == 0   ? Token::Kind::Open
                                 : mark == 1 ? Token::Kind::Close
                                             : Token::Kind::Word;
        TextToken token{kMarkKinds[mark], {kind, {text_[at_]}, column(), 0}, line_};
        ++at_;
        return finish(std::move(token));
    }
    if (text_[at_] == '"') {
        return quoted(error);
    }
    return text_.substr(at_).starts_with("/*") ? comment(error) : word(error);
}

TextToken TextTokens::word(std::optional<TokenError>& error) {
    TextToken token{TextToken::Kind::Word, {Token::Kind::Word, {}, column(), 0}, line_};
    std::string& text = token.word.text;
    bool bracket = false;  // "https://[::1]:443" holds one, "a]" ends a list
    for (; at_ < text_.size() && !is_blank(text_[at_]); ++at_) {
        const char c = text_[at_];
        if (c == ';' || c == '{' || c == '}' || (c == ']' && !bracket)) {
            break;
        }
        bracket = bracket || c == '[';
        if (!is_printable(c) && !error) {
            error = TokenError{column(), "invalid character; statements are printable ASCII text"};
        }
        text.push_back(c);
    }
    return finish(std::move(token));
}

TextToken TextTokens::quoted(std::optional<TokenError>& error) {
    TextToken token{TextToken::Kind::Word, {Token::Kind::Word, {}, column(), 0}, line_};
    for (++at_; at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n'; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
            ++at_;
        }
        if (!is_printable(text_[at_]) && !error) {
            error = TokenError{column(), "invalid character; statements are printable ASCII text"};
        }
        token.word.text.push_back(text_[at_]);
    }
    if (at_ == text_.size() || text_[at_] == '\n') {
        error = TokenError{token.word.column, "missing closing quote"};
    } else {
        ++at_;
    }
    return finish(std::move(token));
}

// A comment's text is kept on one line, without blanks at its ends.
TextToken TextTokens::comment(std::optional<TokenError>& error) {
    TextToken token{TextToken::Kind::Comment, {Token::Kind::Word, {}, column(), 0}, line_};
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) {
        error = TokenError{column(), "missing end of comment"};
    }
    std::string& text = token.word.text;
    for (at_ += 2; at_ < std::min(end, text_.size());) {
        const char c = text_[at_];
        if (!is_blank(c) && is_printable(c)) {
            text.push_back(c);
        } else if (!text.empty() && text.back() != ' ') {
            text.push_back(' ');
        }
        advance();
    }
    while (!text.empty() && text.back() == ' ') {
        text.pop_back();
    }
    at_ = std::min(at_ + 2, text_.size());
    return finish(std::move(token));
}

}  // namespace eti::config
