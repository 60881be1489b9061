// The configuration as it is typed and shown. libyang keeps what is in force; this tree also keeps
// what it has no place for: order, inactive statements, comments, groups.
#pragma once

#include "config/model.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
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

    const Statement statement{};  // null: the top
    // List entry: its keys; leaf, leaf-list: the value; flag, container: none. Those of an entry or
    // of a leaf-list change only outside of a tree: take the node, change it, place it again.
    std::vector<std::string> values;
    bool inactive = false;
    bool protect = false;
    std::string comment;                  // of annotate, without its marks; empty: none
    Position position;                    // in the text it came from; {0, 0}: none
    std::vector<Position> key_positions;  // of a list entry with several keys

    const Children& children() const { return children_; }
    ConfigNode* parent() const { return parent_; }
    bool top() const { return statement.raw() == nullptr; }

    // find answers the child that is this statement with these values (of a leaf: whatever its
    // value), or null. As fast for 100,000 entries of a list as for ten.
    ConfigNode* find(Statement what, const std::vector<std::string>& its_values) const;
    // add finds the child or makes it, at the end of its like; of a leaf it sets the value.
    ConfigNode& add(Statement what, const std::vector<std::string>& its_values);
    std::unique_ptr<ConfigNode> take(const ConfigNode& child);  // out of the tree
    // place puts a child back at an index of children(), or as near to it as its like allows:
    // children stand in the order of the schema.
    void place(std::unique_ptr<ConfigNode> child, std::size_t index);
    std::size_t index_of(const ConfigNode& child) const;
    // like answers the span of children that are this statement, as indexes.
    struct Span {
        std::size_t first = 0;
        std::size_t last = 0;  // one past
    };
    Span like(Statement what) const;
    // arrange puts the children that are this statement into an order that names each of them once.
    void arrange(Statement what, const std::vector<const ConfigNode*>& order);
    std::unique_ptr<ConfigNode> clone() const;
    // same compares statements, values, flags and comments, and order where order matters.
    bool same(const ConfigNode& other) const;

  private:
    // Children by a hash of statement and values, kept once there are many.
    using Index = std::unordered_multimap<std::size_t, ConfigNode*>;
    void insert(std::unique_ptr<ConfigNode> child, std::size_t index);

    ConfigNode* parent_ = nullptr;
    Children children_;
    std::unique_ptr<Index> index_;
};

}  // namespace eti::config
