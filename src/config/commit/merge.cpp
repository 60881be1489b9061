#include "config/commit/merge.h"

#include "config/candidate/statement_text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace eti::config {
namespace {

[[noreturn]] void conflict(const ConfigNode& node) {
    if (node.top()) {
        throw MergeConflict(banner({}), {});
    }
    throw MergeConflict(banner(level_of(*node.parent())), words_of(node, true));
}

const ConfigNode* find_in(const ConfigNode* node, const ConfigNode& child) {
    return node == nullptr ? nullptr : node->find(child.statement, child.values);
}

// merge_value: what I changed is taken, unless they changed it to something else.
template <typename Value>
void merge_value(const Value& base, const Value& mine, Value& result, const ConfigNode& at) {
    if (mine == base || mine == result) {
        return;
    }
    if (result != base) {
        conflict(at);
    }
    result = mine;
}

using Order = std::vector<const ConfigNode*>;

// order_of answers the children of one kind, of those that are in other too.
Order order_of(const ConfigNode& node, Statement what, const ConfigNode& other) {
    Order order;
    const ConfigNode::Span span = node.like(what);
    for (std::size_t i = span.first; i < span.last; ++i) {
        if (find_in(&other, *node.children()[i]) != nullptr) {
            order.push_back(node.children()[i].get());
        }
    }
    return order;
}

bool same_order(const Order& a, const Order& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const ConfigNode* x, const ConfigNode* y) { return x->values == y->values; });
}

// place_after puts one of result's children behind the one that stands before it in mine.
void place_as_in(const ConfigNode& mine, const ConfigNode& child, ConfigNode& result) {
    const ConfigNode::Span span = mine.like(child.statement);
    std::size_t index = mine.index_of(child);
    std::size_t after = result.like(child.statement).first;
    std::unique_ptr<ConfigNode> moved = result.take(*result.find(child.statement, child.values));
    while (index-- > span.first) {
        if (const ConfigNode* before = find_in(&result, *mine.children()[index])) {
            after = result.index_of(*before) + 1;
            break;
        }
    }
    result.place(std::move(moved), after);
}

class Merger {
  public:
    // merge brings what led from base (null: nothing) to mine into result.
    void merge(const ConfigNode* base, const ConfigNode& mine, ConfigNode& result) {
        static const ConfigNode kNothing;
        const ConfigNode& was = base == nullptr ? kNothing : *base;
        if (mine.statement.kind() == Kind::Leaf) {
            merge_value(was.values, mine.values, result.values, mine);
        }
        merge_value(was.inactive, mine.inactive, result.inactive, mine);
        merge_value(was.protect, mine.protect, result.protect, mine);
        merge_value(was.comment, mine.comment, result.comment, mine);
        for (const auto& child : mine.children()) {
            merge_child(find_in(base, *child), *child, result);
        }
        if (base != nullptr) {
            take_away(*base, mine, result);
            merge_orders(*base, mine, result);
        }
    }

  private:
    void merge_child(const ConfigNode* was, const ConfigNode& child, ConfigNode& result) {
        ConfigNode* there = result.find(child.statement, child.values);
        if (was != nullptr && was->same(child)) {
            return;  // whatever they did with it
        }
        if (there != nullptr) {
            merge(was, child, *there);
            return;
        }
        if (was != nullptr) {
            conflict(child);  // they deleted what I changed
        }
        result.place(child.clone(), result.like(child.statement).last);
        if (child.statement.ordered_by_user()) {
            place_as_in(*child.parent(), child, result);
        }
    }

    static void take_away(const ConfigNode& base, const ConfigNode& mine, ConfigNode& result) {
        for (const auto& was : base.children()) {
            const ConfigNode* there = find_in(&result, *was);
            if (find_in(&mine, *was) != nullptr || there == nullptr) {
                continue;
            }
            if (!there->same(*was)) {
                conflict(*was);  // they changed what I deleted
            }
            result.take(*there);
        }
    }

    static void merge_orders(const ConfigNode& base, const ConfigNode& mine, ConfigNode& result) {
        Statement done;
        for (const auto& child : mine.children()) {
            const Statement what = child->statement;
            if (what.raw() == done.raw() || !what.ordered_by_user()) {
                continue;
            }
            done = what;
            if (same_order(order_of(base, what, mine), order_of(mine, what, base))) {
                continue;  // I moved nothing
            }
            if (!same_order(order_of(base, what, result), order_of(result, what, base)) &&
                !same_order(order_of(mine, what, result), order_of(result, what, mine))) {
                conflict(*child);
            }
            for (const ConfigNode* each : order_of(mine, what, result)) {
                place_as_in(mine, *each, result);
            }
        }
    }
};

}  // namespace

MergeConflict::MergeConflict(std::string where, std::string what)
    : std::runtime_error("another commit changed " + where + " " + what),
      banner(std::move(where)),
      word(std::move(what)) {}

std::unique_ptr<ConfigNode> merge_changes(const ConfigNode& base, const ConfigNode& mine,
                                          const ConfigNode& theirs) {
    std::unique_ptr<ConfigNode> result = theirs.clone();
    Merger().merge(&base, mine, *result);
    return result;
}

}  // namespace eti::config
