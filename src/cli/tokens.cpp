#include "cli/tokens.h"

#include <utility>

namespace eti::cli {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// take_quoted reads from just after the opening quote to just after the closing one.
std::size_t take_quoted(std::string_view line, std::size_t at, Token& token, bool& open) {
    while (at < line.size()) {
        if (line[at] == '"') {
            return at + 1;
        }
        const bool escaped = line[at] == '\\' && at + 1 < line.size() &&
                             (line[at + 1] == '"' || line[at + 1] == '\\');
        at += escaped ? 1 : 0;
        token.text += line[at++];
    }
    open = true;
    return at;
}

}  // namespace

TokenList tokenize(std::string_view line) {
    TokenList list;
    std::size_t at = 0;
    while (at < line.size()) {
        if (is_blank(line[at])) {
            ++at;
            continue;
        }
        Token token;
        token.column = at;
        if (line[at] == '|') {
            token.text = "|";
            token.pipe = true;
            ++at;
        }
        while (!token.pipe && at < line.size() && !is_blank(line[at]) && line[at] != '|') {
            if (line[at] == '"') {
                at = take_quoted(line, at + 1, token, list.open_quote);
            } else {
                token.text += line[at++];
            }
        }
        list.tokens.push_back(std::move(token));
    }
    return list;
}

}  // namespace eti::cli
