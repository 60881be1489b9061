#include "config/candidate/editor.h"

#include "config/candidate/statement_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace eti::config {
namespace {

constexpr const char* kNotFound = "warning: statement not found";

[[noreturn]] void fail_protected(const ConfigNode& node) {
    throw EditError("error: " + banner(level_of(node)) + " is protected; unprotect it first");
}

void reject_protected_below(const ConfigNode& node) {
    if (node.protect) {
        fail_protected(node);
    }
    for (const auto& child : node.children()) {
        reject_protected_below(*child);
    }
}

void reject_protected_above(const ConfigNode* node) {
    for (; node != nullptr; node = node->parent()) {
        if (node->protect) {
            fail_protected(*node);
        }
    }
}

std::size_t end_of(const std::vector<Token>& tokens, std::size_t last) {
    return last == 0 ? 1 : tokens[last - 1].end;
}

void take_out(ConfigNode& node) {
    ConfigNode* parent = node.parent();
    parent->take(node);
    prune(*parent);
}

// The nearest node on the way down the steps that a tree has.
const ConfigNode* nearest(const ConfigNode& root, const Level& level) {
    const ConfigNode* at = &root;
    for (const PathStep& step : level.path) {
        const ConfigNode* next = at->find(step.statement, step.values);
        if (next == nullptr) {
            break;
        }
        at = next;
    }
    return at;
}

}  // namespace

std::vector<Token> words_in(std::string_view arguments) {
    std::vector<Token> tokens;
    if (const auto error = split_line(arguments, tokens)) {
        throw EditError(error->reason, error->column - 1);
    }
    return tokens;
}

void reject_protected(const ConfigNode& node) {
    reject_protected_above(&node);
    reject_protected_below(node);
}

std::vector<Step> Editor::read(const Level& level, const std::vector<Token>& tokens,
                               std::size_t first, std::size_t last, WordParser::Open open) const {
    try {
        WordParser parser(model_, level);
        for (std::size_t i = first; i < last; ++i) {
            parser.take(tokens[i]);
        }
        parser.finish(end_of(tokens, last), open);
        return parser.steps();
    } catch (const WordError& error) {
        throw EditError(error.brief, error.column - 1);
    }
}

Editor::Warnings Editor::set(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    const std::vector<Step> steps = read(level, tokens, 0, tokens.size(), WordParser::Open::No);
    if (steps.empty()) {
        throw EditError("missing argument.", end_of(tokens, tokens.size()) - 1);
    }
    Level way = level;
    for (const Step& step : steps) {
        way.path.push_back({step.statement, step.values});
    }
    reject_protected_above(nearest(root_, way));
    apply_steps(make_level(root_, level), steps, 0, Contradiction::Replace);
    return {};
}

// resolve follows the steps; several nodes only for values of a leaf-list or a list without key.
std::vector<ConfigNode*> Editor::resolve(const Level& level, const std::vector<Step>& steps) const {
    ConfigNode* top = find_level(root_, level);
    if (top == nullptr || steps.empty()) {
        return top == nullptr ? std::vector<ConfigNode*>() : std::vector<ConfigNode*>{top};
    }
    const Step& last = steps.back();
    std::vector<ConfigNode*> nodes;
    std::vector<ConfigNode*> found;
    for (const Step& step : steps) {
        ConfigNode* parent = step.parent == Step::kLevel ? top : nodes[step.parent];
        if (parent == nullptr) {
            return {};
        }
        const bool target =
            step.statement.raw() == last.statement.raw() && step.parent == last.parent;
        const bool all = step.values.empty() && (step.statement.kind() == Kind::List ||
                                                 step.statement.kind() == Kind::LeafList);
        nodes.push_back(all ? nullptr : parent->find(step.statement, step.values));
        if (nodes.back() != nullptr && step.statement.kind() == Kind::Leaf &&
            !step.values.empty() && nodes.back()->values != step.values) {
            nodes.back() = nullptr;
        }
        if (target && all) {
            const ConfigNode::Span span = parent->like(step.statement);
            for (std::size_t i = span.first; i < span.last; ++i) {
                found.push_back(parent->children()[i].get());
            }
        } else if (target && nodes.back() != nullptr) {
            found.push_back(nodes.back());
        }
    }
    return found;
}

std::vector<ConfigNode*> Editor::found(const Level& level, std::string_view arguments,
                                       Lists lists) const {
    const std::vector<Token> tokens = words_in(arguments);
    return resolve(level,
                   read(level, tokens, 0, tokens.size(),
                        lists == Lists::Allow ? WordParser::Open::List : WordParser::Open::Leaf));
}

Editor::Warnings Editor::remove(const Level& level, std::string_view arguments) {
    const std::vector<ConfigNode*> nodes = found(level, arguments, Lists::Refuse);
    if (nodes.empty()) {
        return {kNotFound};
    }
    for (const ConfigNode* node : nodes) {
        reject_protected(*node);
    }
    const ConfigNode* whole = find_level(root_, level);
    for (ConfigNode* node : nodes) {
        if (node != whole) {
            take_out(*node);
            continue;
        }
        while (!node->children().empty()) {
            node->take(*node->children().back());
        }
        prune(*node);
    }
    return {};
}

Editor::Warnings Editor::mark(const Level& level, std::string_view arguments,
                              bool ConfigNode::*flag, bool value, std::string_view already) {
    const std::vector<ConfigNode*> nodes = found(level, arguments, Lists::Refuse);
    if (nodes.empty()) {
        return {kNotFound};
    }
    if (nodes[0]->top()) {
        throw EditError("missing argument.", arguments.size());
    }
    const bool change = std::any_of(nodes.begin(), nodes.end(),
                                    [&](const ConfigNode* node) { return node->*flag != value; });
    if (flag == &ConfigNode::inactive) {
        for (const ConfigNode* node : nodes) {
            reject_protected(*node);
        }
    }
    for (ConfigNode* node : nodes) {
        node->*flag = value;
    }
    return change ? Warnings() : Warnings{"warning: statement is " + std::string(already)};
}

Editor::Warnings Editor::activate(const Level& level, std::string_view arguments) {
    return mark(level, arguments, &ConfigNode::inactive, false, "not inactive");
}

Editor::Warnings Editor::deactivate(const Level& level, std::string_view arguments) {
    return mark(level, arguments, &ConfigNode::inactive, true, "already inactive");
}

Editor::Warnings Editor::protect(const Level& level, std::string_view arguments) {
    return mark(level, arguments, &ConfigNode::protect, true, "already protected");
}

Editor::Warnings Editor::unprotect(const Level& level, std::string_view arguments) {
    return mark(level, arguments, &ConfigNode::protect, false, "not protected");
}

Editor::Warnings Editor::annotate(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    if (tokens.size() < 2) {
        throw EditError("missing argument.", arguments.size());
    }
    const std::string& comment = tokens.back().text;
    if (comment.find("*/") != std::string::npos) {
        throw EditError("a comment cannot hold '*/'", tokens.back().column - 1);
    }
    const std::vector<ConfigNode*> nodes =
        resolve(level, read(level, tokens, 0, tokens.size() - 1, WordParser::Open::Leaf));
    if (nodes.empty()) {
        return {kNotFound};
    }
    const std::size_t start = comment.find_first_not_of(' ');
    const std::string text = start == std::string::npos
                                 ? std::string()
                                 : comment.substr(start, comment.find_last_not_of(' ') - start + 1);
    for (ConfigNode* node : nodes) {
        reject_protected_above(node);
        node->comment = text;
    }
    return {};
}

Level Editor::edit(const Level& level, std::string_view arguments) const {
    const std::vector<Token> tokens = words_in(arguments);
    if (tokens.empty()) {
        return level;
    }
    const std::vector<Step> steps = read(level, tokens, 0, tokens.size(), WordParser::Open::Leaf);
    Level there = level;
    for (const Step& step : steps) {
        if (step.statement.kind() != Kind::Container && step.statement.kind() != Kind::List) {
            throw EditError("syntax error.", step.column - 1);
        }
        there.path.push_back({step.statement, step.values});
    }
    return there;
}

}  // namespace eti::config
