#include "config/candidate/completion.h"

#include "config/candidate/apply.h"
#include "config/candidate/statement_text.h"

#include <algorithm>
#include <set>
#include <utility>

namespace eti::config {
namespace {

constexpr std::size_t kMaxNames = 1000;  // of user-defined ones in one answer

bool is_inner(Statement statement) {
    return statement.kind() == Kind::Container || statement.kind() == Kind::List;
}

char marker(Statement statement) {
    return is_inner(statement) ? '>' : statement.kind() == Kind::LeafList ? '+' : ' ';
}

// The words before the one being completed, and that word.
struct Line {
    std::vector<Token> before;
    std::string prefix;
    std::size_t column = 0;
    bool good = true;
};

Line split(std::string_view arguments) {
    Line line;
    line.column = arguments.size();
    line.good = !split_line(arguments, line.before).has_value();
    if (line.good && !line.before.empty() && line.before.back().end == arguments.size() + 1 &&
        line.before.back().kind == Token::Kind::Word) {
        line.prefix = line.before.back().text;
        line.column = line.before.back().column - 1;
        line.before.pop_back();
    }
    return line;
}

// Completer collects what fits after the words of one line.
class Completer {
  public:
    Completer(const Model& model, const ConfigNode& root, const Level& level, Line line)
        : model_(model), root_(root), level_(level), line_(std::move(line)) {
        choices_.column = line_.column;
    }

    // schema offers what may be typed after the words from first on. inner: levels only.
    void schema(std::size_t first, const Level& level, bool inner) {
        WordParser parser(model_, level);
        if (!feed(parser, first)) {
            return;
        }
        const WordParser::Expected expected = parser.expected();
        const ConfigNode* here = node_at(level, parser, parser.here());
        statements(expected, here, inner);
        if (!expected.keyword.empty()) {
            word({' ', std::string(expected.keyword), {}, false});
        }
        if (expected.closing) {
            word({' ', "]", "End of the list of values", false});
        }
        if (expected.value.raw() != nullptr) {
            existing_keys(parser, level);
            values(expected.value, !expected.listed);
        }
        const bool last_inner =
            !parser.steps().empty() && is_inner(parser.steps().back().statement);
        choices_.may_end =
            inner ? last_inner && expected.value.raw() == nullptr && expected.keyword.empty()
                  : expected.may_end;
    }

    // existing offers what the candidate holds after the words from first on.
    void existing(std::size_t first, const Level& level) {
        WordParser parser(model_, level);
        if (!feed(parser, first)) {
            return;
        }
        const WordParser::Expected expected = parser.expected();
        const ConfigNode* here = node_at(level, parser, parser.here());
        choices_.may_end = line_.before.size() > first;
        if (here == nullptr) {
            return;
        }
        if (expected.value.raw() == nullptr && expected.keyword.empty()) {
            held(expected, *here, parser);
            return;
        }
        if (!expected.keyword.empty()) {
            word({' ', std::string(expected.keyword), {}, false});
        }
        if (expected.value.raw() != nullptr && is_list_key(parser)) {
            choices_.may_end = false;
            existing_keys(parser, level);
        } else if (expected.value.kind() == Kind::LeafList) {
            const ConfigNode::Span span = here->like(expected.value);
            for (std::size_t i = span.first; i < span.last; ++i) {
                name(here->children()[i]->values[0], expected.value);
            }
        }
    }

    // relation offers "to", "before" or "after" once a whole entry stands before it.
    bool relation(const std::vector<std::string_view>& words) {
        for (std::size_t i = 1; i < line_.before.size(); ++i) {
            if (std::find(words.begin(), words.end(), line_.before[i].text) == words.end()) {
                continue;
            }
            Line whole = line_;
            line_.before.resize(i);
            const std::optional<Level> parent = parent_of_entry();
            line_ = std::move(whole);
            if (parent) {
                after_relation(i + 1, *parent, words.size() == 1);
                return true;
            }
        }
        existing(0, level_);
        choices_.may_end = false;
        if (parent_of_entry()) {
            for (const std::string_view each : words) {
                word({' ', std::string(each), {}, false});
            }
        }
        return false;
    }

    Choices take() { return std::move(choices_); }

  private:
    bool feed(WordParser& parser, std::size_t first) const {
        try {
            for (std::size_t i = first; i < line_.before.size(); ++i) {
                parser.take(line_.before[i]);
            }
            return line_.good;
        } catch (const WordError&) {
            return false;
        }
    }

    // parent_of_entry answers the level above the list entry that the words name, if they do.
    std::optional<Level> parent_of_entry() const {
        WordParser parser(model_, level_);
        if (!feed(parser, 0) || parser.steps().empty() ||
            parser.expected().value.raw() != nullptr || !parser.expected().keyword.empty()) {
            return std::nullopt;
        }
        const Kind kind = parser.steps().back().statement.kind();
        if (kind != Kind::List && kind != Kind::LeafList) {
            return std::nullopt;
        }
        return level_above(parser, parser.steps().size() - 1);
    }

    Level level_above(const WordParser& parser, std::size_t step) const {
        Level above = level_;
        std::vector<PathStep> way;
        for (std::size_t at = parser.steps()[step].parent; at != Step::kLevel;
             at = parser.steps()[at].parent) {
            way.insert(way.begin(), {parser.steps()[at].statement, parser.steps()[at].values});
        }
        above.path.insert(above.path.end(), way.begin(), way.end());
        return above;
    }

    void after_relation(std::size_t first, const Level& parent, bool fresh) {
        if (fresh) {
            schema(first, parent, true);
        } else {
            existing(first, parent);
        }
    }

    const ConfigNode* node_at(const Level& level, const WordParser& parser,
                              std::size_t step) const {
        const ConfigNode* at = find_level(root_, level);
        std::vector<std::size_t> way;
        for (; step != Step::kLevel; step = parser.steps()[step].parent) {
            way.insert(way.begin(), step);
        }
        for (const std::size_t each : way) {
            const Step& taken = parser.steps()[each];
            at = at == nullptr ? nullptr : at->find(taken.statement, taken.values);
        }
        return at;
    }

    bool is_list_key(const WordParser& parser) const {
        return !parser.steps().empty() && parser.steps().back().statement.kind() == Kind::List &&
               parser.steps().back().values.size() < parser.steps().back().statement.keys().size();
    }

    void word(Choice choice) {
        if (choice.word.starts_with(line_.prefix) || choice.word.starts_with('<')) {
            choices_.choices.push_back(std::move(choice));
        }
    }

    void name(const std::string& value, Statement of) {
        const std::string text = quoted(value);
        if (choices_.choices.size() < kMaxNames && (value.starts_with(line_.prefix)) &&
            offered_.insert(text).second) {
            choices_.choices.push_back({' ', text, std::string(of.description()), true});
        }
    }

    void statements(const WordParser::Expected& expected, const ConfigNode* here, bool inner) {
        for (const Statement& statement : expected.statements) {
            if ((inner && !is_inner(statement)) || statement.extension("refused")) {
                continue;
            }
            if (!statement.keyword().empty()) {
                word({marker(statement), std::string(statement.keyword()),
                      std::string(statement.description()), false});
            } else if (statement.kind() == Kind::List) {
                entries(here, statement, 0, {});
                value_slot(statement.keys()[0], '>');
            } else {
                values(statement, true);
            }
        }
    }

    // The entries of a list that start with the keys given, by their next key.
    void entries(const ConfigNode* parent, Statement list, std::size_t key,
                 const std::vector<std::string>& given) {
        if (parent == nullptr) {
            return;
        }
        const ConfigNode::Span span = parent->like(list);
        for (std::size_t i = span.first; i < span.last; ++i) {
            const std::vector<std::string>& keys = parent->children()[i]->values;
            if (std::equal(given.begin(), given.end(), keys.begin())) {
                name(keys[key], list.keys()[key]);
            }
        }
    }

    void existing_keys(const WordParser& parser, const Level& level) {
        if (is_list_key(parser)) {
            const Step& step = parser.steps().back();
            entries(node_at(level, parser, step.parent), step.statement, step.values.size(),
                    step.values);
        }
    }

    void values(Statement statement, bool may_open) {
        const std::vector<Statement::Name> names = statement.names();
        for (const Statement::Name& each : names) {
            word({' ', std::string(each.name), std::string(each.description), false});
        }
        for (const std::vector<std::string>& target : statement.targets()) {
            referred(root_, target, 0);
        }
        if (names.empty()) {
            value_slot(statement, ' ');
        }
        if (may_open && statement.kind() == Kind::LeafList && line_.prefix.empty()) {
            word({' ', "[", "Open a set of values", false});
        }
    }

    void value_slot(Statement statement, char mark) {
        std::string help(statement.description());
        const std::string range = statement.range();
        if (!range.empty()) {
            help.append(" (").append(range).append(")");
        }
        word({mark, "<" + std::string(statement.name()) + ">", std::move(help), false});
    }

    void referred(const ConfigNode& node, const std::vector<std::string>& path, std::size_t at) {
        for (const auto& child : node.children()) {
            if (child->statement.name() != path[at]) {
                continue;
            }
            if (at + 1 < path.size()) {
                referred(*child, path, at + 1);
            } else if (!child->values.empty()) {
                name(child->values[0], child->statement);
            }
        }
    }

    void held(const WordParser::Expected& expected, const ConfigNode& here,
              const WordParser& parser) {
        const bool after_leaf =
            !parser.steps().empty() && parser.here() + 1 != parser.steps().size();
        if (after_leaf) {
            return;
        }
        for (const Statement& statement : expected.statements) {
            const ConfigNode::Span span = here.like(statement);
            if (span.first == span.last) {
                continue;
            }
            if (!statement.keyword().empty()) {
                word({marker(statement), std::string(statement.keyword()),
                      std::string(statement.description()), false});
            } else if (statement.kind() == Kind::List) {
                entries(&here, statement, 0, {});
            } else {
                name(here.children()[span.first]->values[0], statement);
            }
        }
    }

    const Model& model_;
    const ConfigNode& root_;
    const Level& level_;
    Line line_;
    Choices choices_;
    std::set<std::string> offered_;
};

}  // namespace

Choices complete(const Model& model, const ConfigNode& root, const Level& level, Verb verb,
                 std::string_view arguments) {
    Completer completer(model, root, level, split(arguments));
    switch (verb) {
        case Verb::Set:
            completer.schema(0, level, false);
            break;
        case Verb::Edit:
            completer.schema(0, level, true);
            break;
        case Verb::Existing:
        case Verb::Wildcard:
            completer.existing(0, level);
            break;
        case Verb::Rename:
            completer.relation({"to"});
            break;
        case Verb::Insert:
            completer.relation({"before", "after"});
            break;
    }
    return completer.take();
}

}  // namespace eti::config
