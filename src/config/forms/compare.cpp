#include "config/forms/compare.h"

#include "config/candidate/statement_text.h"
#include "config/candidate/text_printer.h"

#include <algorithm>
#include <unordered_map>

namespace eti::config {
namespace {

using Nodes = std::vector<const ConfigNode*>;

// Behind the sign: a statement stands where its hierarchy, one level deep, would have it.
constexpr std::string_view kBlanks = "   ";

bool is_inner(const ConfigNode& node) {
    return node.statement.kind() == Kind::Container || node.statement.kind() == Kind::List;
}

bool is_leaf(const ConfigNode& node) {
    return node.statement.kind() == Kind::Leaf;
}

Nodes like_nodes(const ConfigNode& parent, Statement statement) {
    Nodes nodes;
    const ConfigNode::Span span = parent.like(statement);
    for (std::size_t i = span.first; i < span.last; ++i) {
        nodes.push_back(parent.children()[i].get());
    }
    return nodes;
}

// The statements either of two nodes has below it, in their order.
std::vector<Statement> statements_of(const ConfigNode& before, const ConfigNode& after) {
    std::vector<Statement> statements;
    for (const ConfigNode* node : {&before, &after}) {
        for (const auto& child : node->children()) {
            if (statements.empty() || statements.back().raw() != child->statement.raw()) {
                statements.push_back(child->statement);
            }
        }
    }
    std::sort(statements.begin(), statements.end(),
              [](Statement a, Statement b) { return a.order() < b.order(); });
    statements.erase(std::unique(statements.begin(), statements.end(),
                                 [](Statement a, Statement b) { return a.raw() == b.raw(); }),
                     statements.end());
    return statements;
}

// kept answers which places of a sequence are part of its longest rising subsequence: what stays
// where it is when the others move.
std::vector<bool> kept(const std::vector<std::size_t>& sequence) {
    std::vector<std::size_t> ends;  // by length: the place of the smallest last item
    std::vector<std::size_t> previous(sequence.size());
    for (std::size_t i = 0; i < sequence.size(); ++i) {
        const auto end = std::lower_bound(
            ends.begin(), ends.end(), sequence[i],
            [&](std::size_t at, std::size_t value) { return sequence[at] < value; });
        previous[i] = end == ends.begin() ? i : *std::prev(end);
        if (end == ends.end()) {
            ends.push_back(i);
        } else {
            *end = i;
        }
    }
    std::vector<bool> keeps(sequence.size());
    for (std::size_t i = ends.empty() ? 0 : ends.back(), n = ends.size(); n-- > 0;
         i = previous[i]) {
        keeps[i] = true;
    }
    return keeps;
}

class Comparer {
  public:
    explicit Comparer(bool mask) { options_.mask = mask; }

    void level(const ConfigNode& before, const ConfigNode& after) {
        hunk_.clear();
        std::vector<std::pair<const ConfigNode*, const ConfigNode*>> common;
        for (const Statement& statement : statements_of(before, after)) {
            removed_and_added(before, after, statement);
            for (const ConfigNode* node : like_nodes(after, statement)) {
                const ConfigNode* old = counterpart(*node, before);
                if (old != nullptr) {
                    properties(*old, *node);
                    common.emplace_back(old, node);
                }
            }
        }
        if (!hunk_.empty()) {
            out_.append(banner(level_of(after))).append("\n").append(hunk_);
        }
        for (const auto& [old, now] : common) {
            if (is_inner(*now)) {
                level(*old, *now);
            }
        }
    }

    std::string take() { return std::move(out_); }

  private:
    // The same statement in the other tree; a leaf with another value is another statement.
    static const ConfigNode* counterpart(const ConfigNode& node, const ConfigNode& parent) {
        const ConfigNode* found = parent.find(node.statement, node.values);
        return found != nullptr && is_leaf(node) && found->values != node.values ? nullptr : found;
    }

    void removed_and_added(const ConfigNode& before, const ConfigNode& after, Statement statement) {
        for (const ConfigNode* node : like_nodes(before, statement)) {
            if (counterpart(*node, after) == nullptr) {
                block('-', *node);
            }
        }
        if (statement.ordered_by_user()) {
            ordered(before, like_nodes(after, statement));
            return;
        }
        for (const ConfigNode* node : like_nodes(after, statement)) {
            if (counterpart(*node, before) == nullptr) {
                block('+', *node);
            }
        }
    }

    // New and moved entries in their order, each run of them after the entry it follows, or before
    // the one it precedes.
    void ordered(const ConfigNode& before, const Nodes& now) {
        if (now.empty()) {
            return;
        }
        std::unordered_map<const ConfigNode*, std::size_t> index;
        for (const ConfigNode* node : like_nodes(before, now.front()->statement)) {
            index.emplace(node, index.size());
        }
        std::vector<std::size_t> places;
        for (const ConfigNode* node : now) {
            if (const ConfigNode* old = counterpart(*node, before)) {
                places.push_back(index.at(old));
            }
        }
        const std::vector<bool> keeps = kept(places);
        const ConfigNode* said = nullptr;  // the last line is about it
        std::size_t front = 0;             // end of the run the list starts with
        std::size_t common = 0;
        for (std::size_t i = 0; i < now.size(); ++i) {
            const bool is_new = counterpart(*now[i], before) == nullptr;
            if (!is_new && keeps[common++]) {
                if (i > 0 && said == now[i - 1] && i == front) {
                    context(' ', {}, *now[i]);
                    said = now[i];
                }
                continue;
            }
            if (i > 0 && said != now[i - 1]) {
                context(' ', {}, *now[i - 1]);
            }
            front = i == 0 || i == front ? i + 1 : 0;
            if (is_new) {
                block('+', *now[i]);
            } else {
                context('!', {}, *now[i]);
            }
            said = now[i];
        }
    }

    void properties(const ConfigNode& old, const ConfigNode& now) {
        if (old.comment != now.comment) {
            comment('-', old.comment);
            comment('+', now.comment);
            context(' ', {}, now);
        }
        if (old.inactive != now.inactive) {
            context('!', now.inactive ? "inactive: " : "active: ", now);
        }
        if (old.protect != now.protect) {
            context('!', now.protect ? "protect: " : "unprotect: ", now);
        }
    }

    void comment(char sign, const std::string& text) {
        if (!text.empty()) {
            hunk_.append(1, sign).append(kBlanks).append("/* ").append(text).append(" */\n");
        }
    }

    // A statement that is only named.
    void context(char sign, std::string_view tag, const ConfigNode& node) {
        const bool opens = !node.children().empty();
        hunk_.append(1, sign).append(kBlanks).append(tag);
        hunk_.append(words_of(node, options_.mask)).append(opens ? " { ... }\n" : ";\n");
    }

    void block(char sign, const ConfigNode& node) {
        const std::string text = print_statement(node, options_);
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t end = text.find('\n', start) + 1;
            hunk_.append(1, sign).append(kBlanks).append(text, start, end - start);
            start = end;
        }
    }

    PrintOptions options_;
    std::string out_;
    std::string hunk_;  // of the level
};

}  // namespace

std::string compare(const ConfigNode& before, const ConfigNode& after, bool mask) {
    Comparer comparer(mask);
    comparer.level(before, after);
    return comparer.take();
}

}  // namespace eti::config
