#include "config/set_lines.h"

#include "config/tokens.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eti::config {
namespace {

constexpr std::size_t kMaxTextSize = 16U << 20;

// The word a statement is typed by; none for values that follow their parent directly.
std::string_view keyword_of(Statement statement) {
    if (const auto words = statement.extension("key-keywords")) {
        return words->substr(0, words->find(' '));
    }
    const bool bare = statement.extension("elided") || statement.extension("positional");
    return bare ? std::string_view() : statement.name();
}

std::string list_of(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) {
        text.append(text.empty() ? "" : ", ").append(word);
    }
    return text;
}

// LineParser reads one line of words into the tree. It stands at a statement of the schema and at
// the node of the tree that belongs to it, and goes down a level with each container or list.
class LineParser {
  public:
    LineParser(const Model& model, Tree& tree, const std::vector<Token>& tokens, std::size_t line)
        : model_(model), tree_(tree), tokens_(tokens), line_(line) {}

    void run() {
        expect_set();
        while (next_ < tokens_.size() || !here_may_end_) {
            step();
        }
    }

  private:
    void expect_set() {
        if (tokens_[0].text != "set") {
            fail(tokens_[0], "unknown command '" + tokens_[0].text +
                                 "'; a configuration holds set lines, as in: set system "
                                 "host-name eti1");
        }
        next_ = 1;
    }

    // step consumes one statement and what belongs to it.
    void step() {
        const Token& token = need_word();
        const Position position{line_, token.column};
        const Statement statement = find(token);
        if (const auto sentence = statement.extension("refused")) {
            fail(token, std::string(*sentence));
        }
        tree_.reject_other_case(at_, statement, position);
        if (!keyword_of(statement).empty()) {
            ++next_;
        }
        fresh_ = false;
        here_may_end_ = statement.may_stand_alone();
        switch (statement.kind()) {
            case Kind::Container:
                descend(statement, tree_.container(at_, statement, position));
                break;
            case Kind::List:
                enter_list(statement);
                break;
            case Kind::Flag:
                tree_.leaf(at_, statement, {}, position);
                break;
            case Kind::Leaf:
                read_value(statement);
                break;
            case Kind::LeafList:
                read_values(statement);
                break;
        }
    }

    void descend(Statement statement, Node node) {
        here_ = statement;
        at_ = node;
        fresh_ = true;
    }

    void enter_list(Statement list) {
        const auto keywords = list.extension("key-keywords");
        std::size_t start = keywords ? keywords->find(' ') : 0;  // the first is consumed
        std::vector<KeyValue> keys;
        for (const Statement& key : list.keys()) {
            if (keywords && !keys.empty()) {
                const std::size_t end = keywords->find(' ', start + 1);
                need_keyword(keywords->substr(start + 1, end - start - 1));
                start = end;
            }
            std::string value = need_value(key);
            keys.push_back({std::move(value), {line_, last_column_}});
        }
        descend(list, tree_.entry(at_, list, keys));
    }

    void read_value(Statement statement) {
        const std::string value = need_value(statement);
        tree_.leaf(at_, statement, value, {line_, last_column_});
    }

    void read_values(Statement statement) {
        if (next_ < tokens_.size() && tokens_[next_].kind == Token::Kind::Open) {
            ++next_;
            do {
                read_value(statement);
                if (next_ == tokens_.size()) {
                    fail_missing();
                }
            } while (tokens_[next_].kind != Token::Kind::Close);
            ++next_;
            return;
        }
        read_value(statement);
    }

    const Token& need_word() {
        if (next_ == tokens_.size()) {
            fail_missing();
        }
        const Token& token = tokens_[next_];
        if (token.kind != Token::Kind::Word) {
            fail(token, "syntax error: '" + token.text + "' belongs around a list of values");
        }
        return token;
    }

    std::string need_value(Statement statement) {
        const Token& token = need_word();
        ++next_;
        last_column_ = token.column;
        if (const auto complaint = statement.complaint(token.text)) {
            fail(token, *complaint);
        }
        return token.text;
    }

    void need_keyword(std::string_view keyword) {
        const Token& token = need_word();
        if (token.text.empty() || !keyword.starts_with(token.text)) {
            fail_unknown(token, {keyword});
        }
        ++next_;
    }

    // A whole keyword wins; then a value that needs none; then a beginning only one keyword has.
    Statement find(const Token& token) {
        std::optional<Statement> bare;
        std::vector<Statement> beginnings;
        std::vector<std::string_view> words;
        std::vector<std::string_view> matches;
        for (const Statement& child : model_.children(here_)) {
            const std::string_view keyword = keyword_of(child);
            if (keyword.empty()) {
                // A bare value comes first or not at all, so a later typing error is seen as one.
                bare = fresh_ ? std::optional(child) : bare;
                continue;
            }
            words.push_back(keyword);
            if (keyword == token.text) {
                return child;
            }
            if (!token.text.empty() && keyword.starts_with(token.text)) {
                beginnings.push_back(child);
                matches.push_back(keyword);
            }
        }
        if (bare) {
            return *bare;
        }
        if (beginnings.size() > 1) {
            fail(token,
                 "'" + token.text + "' is ambiguous; possible completions: " + list_of(matches));
        }
        if (beginnings.empty()) {
            fail_unknown(token, words);
        }
        return beginnings[0];
    }

    [[noreturn]] void fail_unknown(const Token& token, const std::vector<std::string_view>& words) {
        fail(token, "syntax error: unknown statement '" + token.text +
                        "'; expecting one of: " + list_of(words));
    }
    [[noreturn]] void fail_missing() {
        tree_.fail(Position{line_, tokens_.back().end}, "missing argument.");
    }
    [[noreturn]] void fail(const Token& token, const std::string& reason) {
        tree_.fail(Position{line_, token.column}, reason);
    }

    const Model& model_;
    Tree& tree_;
    const std::vector<Token>& tokens_;
    const std::size_t line_;
    std::size_t next_ = 0;
    std::size_t last_column_ = 0;  // of the value read last
    bool here_may_end_ = false;
    bool fresh_ = true;  // nothing was read at this level yet
    Statement here_;
    Node at_;
};

}  // namespace

Tree parse_set_lines(const Model& model, std::string_view text, const std::string& file) {
    Tree tree(model, file);
    if (text.size() > kMaxTextSize) {
        tree.fail(Position{}, "the configuration is larger than " +
                                  std::to_string(kMaxTextSize >> 20) + " MiB");
    }
    std::vector<Token> tokens;
    for (std::size_t line = 1, start = 0; start < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        if (const auto error = split_line(text.substr(start, end - start), tokens)) {
            tree.fail(Position{line, error->column}, error->reason);
        }
        if (!tokens.empty()) {
            LineParser(model, tree, tokens, line).run();
        }
        start = end + 1;
    }
    tree.validate();
    return tree;
}

}  // namespace eti::config
