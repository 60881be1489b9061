// The configuration as it is typed and shown. libyang keeps what is in force; this tree also keeps
// what it has no place for: order, inactive statements, comments, groups.
#pragma once

#include "config/model.h"

#include <memory>
#include <string>
#include <vector>

namespace eti::config {

// ConfigNode is one statement with its value and what is below it. A leaf-list has one node for
// each value, side by side; a list one for each entry.
class ConfigNode {
  public:
    using Children = std::vector<std::unique_ptr<ConfigNode>>;

    ConfigNode() = default;  // the top of a hierarchy
    ConfigNode(Statement what, std::vector<std::string> its_values)
        : statement(what), values(std::move(its_values)) {}

    const Statement statement;        // null: the top
    std::vector<std::string> values;  // list entry: its keys; leaf, leaf-list: the value
    bool inactive = false;
    bool protect = false;
    std::string comment;  // of annotate, without its marks; empty: none
    Position position;    // in the text it came from; {0, 0}: none

    const Children& children() const { return children_; }
    ConfigNode* parent() const { return parent_; }
    bool top() const { return statement.raw() == nullptr; }

    // find answers the child that is this statement with these values (of a leaf: whatever its
    // value), or null. As fast for 100,000 entries of a list as for ten.
    ConfigNode* find(Statement what, const std::vector<std::string>& its_values) const;
    // add finds the child or makes it, at the end of its like; of a leaf it sets the value.
    ConfigNode& add(Statement what, const std::vector<std::string>& its_values);
    std::unique_ptr<ConfigNode> take(const ConfigNode& child);  // out of the tree
    void place(std::unique_ptr<ConfigNode> child, std::size_t index);
    std::unique_ptr<ConfigNode> clone() const;
    // same compares statements, values, flags and comments, and order where order matters.
    bool same(const ConfigNode& other) const;

  private:
    ConfigNode* parent_ = nullptr;
    Children children_;
};

}  // namespace eti::config
