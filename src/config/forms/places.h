// The order of a list's entries while a patch moves them: each move costs the same however long the
// list is, and the tree is put in order once.
#pragma once

#include "config/candidate/config_node.h"

#include <list>
#include <unordered_map>
#include <vector>

namespace eti::config {

// Places stands for the entries of one list below parent, which must not come or go behind its
// back.
class Places {
  public:
    Places(ConfigNode& parent, Statement list) : parent_(parent), list_(list) {
        const ConfigNode::Span span = parent.like(list);
        for (std::size_t i = span.first; i < span.last; ++i) {
            append(*parent.children()[i]);
        }
    }

    void append(const ConfigNode& node) { at_[&node] = order_.insert(order_.end(), &node); }
    void to_end(const ConfigNode& node) { move(node, order_.end()); }
    void to_before(const ConfigNode& node, const ConfigNode& other) { move(node, at_.at(&other)); }
    void to_after(const ConfigNode& node, const ConfigNode& other) {
        if (&node != &other) {
            move(node, std::next(at_.at(&other)));
        }
    }
    void settle() { parent_.arrange(list_, {order_.begin(), order_.end()}); }

  private:
    using Order = std::list<const ConfigNode*>;
    void move(const ConfigNode& node, Order::const_iterator before) {
        order_.splice(before, order_, at_.at(&node));
    }

    ConfigNode& parent_;
    Statement list_;
    Order order_;
    std::unordered_map<const ConfigNode*, Order::iterator> at_;
};

}  // namespace eti::config
