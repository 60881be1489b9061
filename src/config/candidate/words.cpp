#include "config/candidate/words.h"

#include <algorithm>
#include <utility>

namespace eti::config {
namespace {

std::string list_of(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) {
        text.append(text.empty() ? "" : ", ").append(word);
    }
    return text;
}

[[noreturn]] void fail_bracket(const Token& token) {
    throw WordError(token.column, token.text,
                    "syntax error: '" + token.text + "' belongs around a list of values",
                    "syntax error.");
}

[[noreturn]] void fail_unknown(const Token& token, const std::vector<std::string_view>& words) {
    throw WordError(
        token.column, token.text,
        "syntax error: unknown statement '" + token.text + "'; expecting one of: " + list_of(words),
        "syntax error.");
}

[[noreturn]] void fail_ambiguous(const Token& token, const std::vector<Statement>& matches) {
    std::vector<std::string_view> words;
    std::string brief = "'" + token.text + "' is ambiguous.\nPossible completions:";
    for (const Statement& match : matches) {
        words.push_back(match.keyword());
        brief.append("\n  ").append(match.keyword());
    }
    throw WordError(token.column, token.text,
                    "'" + token.text + "' is ambiguous; possible completions: " + list_of(words),
                    brief);
}

void need_word(const Token& token) {
    if (token.kind != Token::Kind::Word) {
        fail_bracket(token);
    }
}

bool begins(std::string_view keyword, const std::string& text) {
    return !text.empty() && keyword.starts_with(text);
}

}  // namespace

Level level_of(const ConfigNode& node) {
    Level level;
    for (const ConfigNode* at = &node; !at->top(); at = at->parent()) {
        level.path.insert(level.path.begin(), {at->statement, at->values});
    }
    return level;
}

bool is_pattern(std::string_view name) {
    return name.size() >= 3 && name.front() == '<' && name.back() == '>';
}

std::optional<std::string> check_value(Statement statement, const std::string& value,
                                       bool in_group) {
    const auto bad =
        std::find_if(value.begin(), value.end(), [](char c) { return c < ' ' || c > '~'; });
    if (bad != value.end()) {
        return "invalid character; statements are printable ASCII text";
    }
    if (in_group && is_pattern(value)) {
        return std::nullopt;
    }
    return statement.complaint(value);
}

WordParser::WordParser(const Model& model, const Level& level)
    : model_(model), statement_(level.statement()), in_group_(level.in_group()) {}

void WordParser::take(const Token& token) {
    if (pending_.raw() == nullptr) {
        take_statement(token);
    } else if (pending_.kind() == Kind::List) {
        take_key(token);
    } else {
        take_value(token);
    }
}

void WordParser::take_statement(const Token& token) {
    need_word(token);
    const Statement statement = find(token);
    if (const auto sentence = statement.extension("refused")) {
        throw WordError(token.column, token.text, std::string(*sentence), std::string(*sentence));
    }
    fresh_ = false;
    begin(statement, token);
    if (statement.keyword().empty()) {
        take(token);
    }
}

void WordParser::begin(Statement statement, const Token& token) {
    may_end_ = statement.may_stand_alone();
    pending_column_ = token.column;
    switch (statement.kind()) {
        case Kind::Container:
            steps_.push_back({statement, {}, {}, token.column, parent_});
            break;
        case Kind::Flag:
            steps_.push_back({statement, {}, {}, token.column, parent_});
            return;
        case Kind::List:
            steps_.push_back({statement, {}, {}, token.column, parent_});
            pending_ = statement;
            keyword_due_ = false;
            return;
        default:
            pending_ = statement;
            return;
    }
    parent_ = steps_.size() - 1;
    statement_ = statement;
    fresh_ = true;
}

void WordParser::take_key(const Token& token) {
    need_word(token);
    Step& step = steps_.back();
    if (keyword_due_) {
        const std::string_view keyword = pending_.key_keyword(step.values.size());
        if (!begins(keyword, token.text)) {
            fail_unknown(token, {keyword});
        }
        keyword_due_ = false;
        return;
    }
    if (const auto complaint =
            check_value(pending_.keys()[step.values.size()], token.text,
                        in_group_ || (steps_.size() > 1 && steps_[0].statement.hierarchy()))) {
        throw WordError(token.column, token.text, *complaint, *complaint);
    }
    step.values.push_back(token.text);
    step.columns.push_back(token.column);
    keyword_due_ = !pending_.key_keyword(step.values.size()).empty();
    if (step.values.size() == pending_.keys().size()) {
        statement_ = pending_;
        parent_ = steps_.size() - 1;
        pending_ = {};
        fresh_ = true;
    }
}

void WordParser::take_value(const Token& token) {
    const bool many = pending_.kind() == Kind::LeafList;
    if (many && token.kind == Token::Kind::Open && bracket_ == Bracket::None) {
        bracket_ = Bracket::Empty;
        return;
    }
    if (token.kind == Token::Kind::Close && bracket_ == Bracket::Filled) {
        bracket_ = Bracket::None;
        pending_ = {};
        return;
    }
    need_word(token);
    add_value(token);
    if (bracket_ == Bracket::None) {
        pending_ = {};
    } else {
        bracket_ = Bracket::Filled;
    }
}

void WordParser::add_value(const Token& token) {
    if (const auto complaint = check_value(pending_, token.text, false)) {
        const bool choice = !pending_.names().empty();
        throw WordError(token.column, token.text, *complaint,
                        choice ? "syntax error." : *complaint);
    }
    steps_.push_back({pending_, {token.text}, {token.column}, pending_column_, parent_});
}

// A whole keyword wins; then a value that needs none; then a beginning only one keyword has.
Statement WordParser::find(const Token& token) const {
    std::optional<Statement> bare;
    std::vector<Statement> beginnings;
    std::vector<std::string_view> words;
    for (const Statement& child : model_.children(statement_)) {
        const std::string_view keyword = child.keyword();
        if (keyword.empty()) {
            // A bare value comes first or not at all, so a later typing error is seen as one.
            bare = fresh_ ? std::optional(child) : bare;
            continue;
        }
        if (keyword == token.text) {
            return child;
        }
        if (!child.universal() && !child.hierarchy()) {
            words.push_back(keyword);
        }
        if (begins(keyword, token.text)) {
            beginnings.push_back(child);
        }
    }
    if (bare) {
        return *bare;
    }
    if (beginnings.size() > 1) {
        fail_ambiguous(token, beginnings);
    }
    if (beginnings.empty()) {
        fail_unknown(token, words);
    }
    return beginnings[0];
}

void WordParser::finish(std::size_t end_column, Open open) {
    const bool waits = pending_.raw() != nullptr;
    const bool started = bracket_ != Bracket::None ||
                         (waits && pending_.kind() == Kind::List && !steps_.back().values.empty());
    const bool list = waits && pending_.kind() == Kind::List;
    const bool may_end = open == Open::No     ? !waits && may_end_
                         : open == Open::Leaf ? !started && !list
                                              : !started;
    if (!may_end) {
        throw WordError(end_column, {}, "missing argument.", "missing argument.");
    }
    if (waits && !list) {
        steps_.push_back({pending_, {}, {}, pending_column_, parent_});
        pending_ = {};
    }
}

WordParser::Expected WordParser::expected() const {
    Expected expected;
    expected.listed = bracket_ != Bracket::None;
    expected.closing = bracket_ == Bracket::Filled;
    if (pending_.raw() == nullptr) {
        for (const Statement& child : model_.children(statement_)) {
            if (fresh_ || !child.keyword().empty()) {
                expected.statements.push_back(child);
            }
        }
        expected.may_end = may_end_;
    } else if (pending_.kind() != Kind::List) {
        expected.value = pending_;
    } else if (keyword_due_) {
        expected.keyword = pending_.key_keyword(steps_.back().values.size());
    } else {
        expected.value = pending_.keys()[steps_.back().values.size()];
    }
    return expected;
}

}  // namespace eti::config
