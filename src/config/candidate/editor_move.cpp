// rename, copy, insert and the lines of a "load set" text.
#include "config/candidate/editor.h"
#include "config/candidate/statement_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace eti::config {

// Relation is "A to B", "A before B" or "A after B": where A ends and B starts.
struct Editor::Relation {
    std::size_t word = 0;  // index of "to", "before" or "after"
    bool second = false;   // it is the second word that was asked for
};

Editor::Relation Editor::relation(const Level& level, const std::vector<Token>& tokens,
                                  std::string_view first_word, std::string_view second_word) const {
    // The first place where what stands before is a whole statement: a name may be "to" itself.
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        const bool first = tokens[i].text == first_word;
        if (!first && (second_word.empty() || tokens[i].text != second_word)) {
            continue;
        }
        try {
            const std::vector<Step> steps = read(level, tokens, 0, i, WordParser::Open::No);
            const Kind kind = steps.back().statement.kind();
            if (kind == Kind::List || kind == Kind::LeafList) {
                return {i, !first};
            }
        } catch (const EditError&) {
            continue;  // the word belongs to the statement
        }
    }
    read(level, tokens, 0, tokens.size(), WordParser::Open::No);  // says what is wrong
    throw EditError("missing argument.", tokens.empty() ? 0 : tokens.back().end - 1);
}

// entry answers the one existing list entry or value of a leaf-list that words name.
ConfigNode& Editor::entry(const Level& level, const std::vector<Token>& tokens, std::size_t first,
                          std::size_t last) const {
    const std::vector<Step> steps = read(level, tokens, first, last, WordParser::Open::No);
    const std::vector<ConfigNode*> nodes = resolve(level, steps);
    if (nodes.empty() || nodes.size() > 1) {
        throw EditError("error: statement not found", tokens[first].column - 1);
    }
    return *nodes[0];
}

namespace {

// target reads what stands after "to" in place of an entry: the same statement, other values.
std::vector<std::string> target_values(const Model& model, const ConfigNode& node,
                                       const std::vector<Token>& tokens, std::size_t first) {
    try {
        WordParser parser(model, level_of(*node.parent()));
        for (std::size_t i = first; i < tokens.size(); ++i) {
            parser.take(tokens[i]);
        }
        parser.finish(tokens.back().end);
        if (parser.steps().size() != 1 ||
            parser.steps()[0].statement.raw() != node.statement.raw()) {
            throw EditError("syntax error.", tokens[first].column - 1);
        }
        return parser.steps()[0].values;
    } catch (const WordError& error) {
        throw EditError(error.brief, error.column - 1);
    }
}

// A copy of a node under other values; the values of a node in a tree never change.
std::unique_ptr<ConfigNode> renamed(const ConfigNode& node, std::vector<std::string> values) {
    auto copy = std::make_unique<ConfigNode>(node.statement, std::move(values));
    copy->inactive = node.inactive;
    copy->protect = node.protect;
    copy->comment = node.comment;
    merge(*copy, node);
    return copy;
}

void reject_existing(const ConfigNode& node, const std::vector<std::string>& values,
                     const Token& word) {
    if (node.parent()->find(node.statement, values) != nullptr) {
        throw EditError("error: target '" + words_of(node.statement, values) + "' already exists",
                        word.column - 1);
    }
}

}  // namespace

Editor::Warnings Editor::rename(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    const std::size_t to = relation(level, tokens, "to", {}).word;
    ConfigNode& node = entry(level, tokens, 0, to);
    reject_protected(node);
    if (to + 1 == tokens.size()) {
        throw EditError("missing argument.", tokens[to].end - 1);
    }
    const std::vector<std::string> values = target_values(model_, node, tokens, to + 1);
    reject_existing(node, values, tokens[to + 1]);
    ConfigNode& parent = *node.parent();
    const std::size_t index = parent.index_of(node);
    parent.place(renamed(*parent.take(node), values), index);
    return {};
}

Editor::Warnings Editor::copy(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    const std::size_t to = relation(level, tokens, "to", {}).word;
    const ConfigNode& node = entry(level, tokens, 0, to);
    if (to + 1 == tokens.size()) {
        throw EditError("missing argument.", tokens[to].end - 1);
    }
    const std::vector<std::string> values = target_values(model_, node, tokens, to + 1);
    reject_existing(node, values, tokens[to + 1]);
    std::unique_ptr<ConfigNode> twin = renamed(node, values);
    twin->protect = false;
    node.parent()->place(std::move(twin), node.parent()->children().size());
    return {};
}

Editor::Warnings Editor::insert(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    const Relation where = relation(level, tokens, "before", "after");
    ConfigNode& node = entry(level, tokens, 0, where.word);
    if (where.word + 1 == tokens.size()) {
        throw EditError("missing argument.", tokens[where.word].end - 1);
    }
    if (!node.statement.ordered_by_user()) {
        throw EditError("error: the order of '" + words_of(node.statement, {}) +
                        "' statements has no meaning; it cannot be changed");
    }
    reject_protected(node);
    const std::vector<std::string> values = target_values(model_, node, tokens, where.word + 1);
    ConfigNode& parent = *node.parent();
    const ConfigNode* other = parent.find(node.statement, values);
    if (other == nullptr) {
        throw EditError("error: statement not found", tokens[where.word + 1].column - 1);
    }
    if (other == &node) {
        return {};
    }
    std::unique_ptr<ConfigNode> taken = parent.take(node);
    parent.place(std::move(taken), parent.index_of(*other) + (where.second ? 1 : 0));
    return {};
}

namespace {

using Operation = Editor::Warnings (Editor::*)(const Level&, std::string_view);
struct Command {
    std::string_view verb;
    Operation operation;
};
constexpr std::array<Command, 11> kCommands{{{"set", &Editor::set},
                                             {"delete", &Editor::remove},
                                             {"rename", &Editor::rename},
                                             {"copy", &Editor::copy},
                                             {"insert", &Editor::insert},
                                             {"activate", &Editor::activate},
                                             {"deactivate", &Editor::deactivate},
                                             {"protect", &Editor::protect},
                                             {"unprotect", &Editor::unprotect},
                                             {"annotate", &Editor::annotate},
                                             {"wildcard", &Editor::wildcard_remove}}};

unsigned levels_up(std::string_view argument, std::size_t column) {
    unsigned levels = argument.empty() ? 1 : 0;
    const auto parsed = std::from_chars(argument.data(), argument.data() + argument.size(), levels);
    if (!argument.empty() && parsed.ptr != argument.data() + argument.size()) {
        throw EditError("syntax error.", column);
    }
    return levels;
}

}  // namespace

Editor::Warnings Editor::line(Level& level, std::string_view text) {
    const std::size_t start = std::min(text.find_first_not_of(" \t\r"), text.size());
    if (start == text.size() || text[start] == '#') {
        return {};
    }
    const std::size_t end = std::min(text.find_first_of(" \t\r", start), text.size());
    std::size_t rest = std::min(text.find_first_not_of(" \t\r", end), text.size());
    const std::string_view verb = text.substr(start, end - start);
    try {
        if (verb == "edit") {
            level = edit(level, text.substr(rest));
            return {};
        }
        if (verb == "top") {
            level.path.clear();
            return rest == text.size() ? Warnings() : line(level, text.substr(rest));
        }
        if (verb == "up" || verb == "exit") {
            const unsigned levels = levels_up(text.substr(rest), 0);
            if (levels > level.path.size()) {
                throw EditError("syntax error.", 0);
            }
            level.path.resize(level.path.size() - levels);
            return {};
        }
        if (verb == "wildcard") {
            if (!text.substr(rest).starts_with("delete")) {
                throw EditError("syntax error.", 0);
            }
            rest = std::min(rest + 6, text.size());
        }
        const auto command = std::find_if(kCommands.begin(), kCommands.end(),
                                          [&](const Command& each) { return each.verb == verb; });
        if (command == kCommands.end()) {
            rest = start;
            throw EditError("syntax error.", 0);
        }
        return (this->*command->operation)(level, text.substr(rest));
    } catch (const EditError& error) {
        throw EditError(error.what(), rest + error.column.value_or(0));
    }
}

}  // namespace eti::config
