#include "config/candidate/config_node.h"

#include "eti/base/check.h"

#include <algorithm>
#include <functional>

namespace eti::config {
namespace {

constexpr std::size_t kIndexedFrom = 32;  // below it, looking at each child is as fast

// What tells a child from its siblings: not the value of a leaf, of which there is one.
std::size_t identity(Statement statement, const std::vector<std::string>& values) {
    std::size_t hash = std::hash<const void*>()(statement.raw());
    if (statement.kind() != Kind::Leaf) {
        for (const std::string& value : values) {
            hash = hash * 31 + std::hash<std::string>()(value);
        }
    }
    return hash;
}

bool is(const ConfigNode& node, Statement statement, const std::vector<std::string>& values) {
    return node.statement.raw() == statement.raw() &&
           (statement.kind() == Kind::Leaf || node.values == values);
}

}  // namespace

ConfigNode::Span ConfigNode::like(Statement what) const {
    const auto first = std::lower_bound(
        children_.begin(), children_.end(), what.order(),
        [](const auto& child, std::size_t order) { return child->statement.order() < order; });
    const auto last = std::upper_bound(
        first, children_.end(), what.order(),
        [](std::size_t order, const auto& child) { return order < child->statement.order(); });
    return {static_cast<std::size_t>(first - children_.begin()),
            static_cast<std::size_t>(last - children_.begin())};
}

ConfigNode* ConfigNode::find(Statement what, const std::vector<std::string>& its_values) const {
    if (index_) {
        const auto [first, last] = index_->equal_range(identity(what, its_values));
        for (auto found = first; found != last; ++found) {
            if (is(*found->second, what, its_values)) {
                return found->second;
            }
        }
        return nullptr;
    }
    for (const auto& child : children_) {
        if (is(*child, what, its_values)) {
            return child.get();
        }
    }
    return nullptr;
}

ConfigNode& ConfigNode::add(Statement what, const std::vector<std::string>& its_values) {
    if (ConfigNode* found = find(what, its_values)) {
        found->values = its_values;
        return *found;
    }
    auto child = std::make_unique<ConfigNode>(what, its_values);
    ConfigNode& added = *child;
    insert(std::move(child), like(what).last);
    return added;
}

void ConfigNode::insert(std::unique_ptr<ConfigNode> child, std::size_t index) {
    child->parent_ = this;
    ConfigNode* added = child.get();
    children_.insert(children_.begin() + static_cast<std::ptrdiff_t>(index), std::move(child));
    if (index_) {
        index_->emplace(identity(added->statement, added->values), added);
    } else if (children_.size() >= kIndexedFrom) {
        index_ = std::make_unique<Index>();
        for (const auto& each : children_) {
            index_->emplace(identity(each->statement, each->values), each.get());
        }
    }
}

std::size_t ConfigNode::index_of(const ConfigNode& child) const {
    const Span span = like(child.statement);
    for (std::size_t i = span.first; i < span.last; ++i) {
        if (children_[i].get() == &child) {
            return i;
        }
    }
    return children_.size();
}

std::unique_ptr<ConfigNode> ConfigNode::take(const ConfigNode& child) {
    const std::size_t index = index_of(child);
    ETI_CHECK(index < children_.size());
    if (index_) {
        const auto [first, last] = index_->equal_range(identity(child.statement, child.values));
        index_->erase(
            std::find_if(first, last, [&](const auto& entry) { return entry.second == &child; }));
    }
    std::unique_ptr<ConfigNode> taken = std::move(children_[index]);
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(index));
    taken->parent_ = nullptr;
    return taken;
}

void ConfigNode::place(std::unique_ptr<ConfigNode> child, std::size_t index) {
    const Span span = like(child->statement);
    insert(std::move(child), std::clamp(index, span.first, span.last));
}

void ConfigNode::arrange(Statement what, const std::vector<const ConfigNode*>& order) {
    const Span span = like(what);
    ETI_CHECK(order.size() == span.last - span.first);
    std::unordered_map<const ConfigNode*, std::size_t> rank;
    for (const ConfigNode* node : order) {
        rank.emplace(node, rank.size());
    }
    std::sort(children_.begin() + static_cast<std::ptrdiff_t>(span.first),
              children_.begin() + static_cast<std::ptrdiff_t>(span.last),
              [&](const auto& a, const auto& b) { return rank.at(a.get()) < rank.at(b.get()); });
}

std::unique_ptr<ConfigNode> ConfigNode::clone() const {
    auto copy = std::make_unique<ConfigNode>(statement, values);
    copy->inactive = inactive;
    copy->protect = protect;
    copy->comment = comment;
    copy->position = position;
    copy->key_positions = key_positions;
    for (const auto& child : children_) {
        copy->insert(child->clone(), copy->children_.size());
    }
    return copy;
}

bool ConfigNode::same(const ConfigNode& other) const {
    if (statement.raw() != other.statement.raw() || values != other.values ||
        inactive != other.inactive || protect != other.protect || comment != other.comment ||
        children_.size() != other.children_.size()) {
        return false;
    }
    for (std::size_t i = 0; i < children_.size(); ++i) {
        const ConfigNode& mine = *children_[i];
        const ConfigNode* theirs = mine.statement.ordered_by_user()
                                       ? other.children_[i].get()
                                       : other.find(mine.statement, mine.values);
        if (theirs == nullptr || !mine.same(*theirs)) {
            return false;
        }
    }
    return true;
}

}  // namespace eti::config
