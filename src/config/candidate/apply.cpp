#include "config/candidate/apply.h"

namespace eti::config {
namespace {

void settle_contradictions(ConfigNode& parent, const Step& step, Contradiction contradiction) {
    if (!step.statement.in_choice()) {
        return;
    }
    for (std::size_t i = parent.children().size(); i-- > 0;) {
        const ConfigNode& other = *parent.children()[i];
        if (!step.statement.excludes(other.statement)) {
            continue;
        }
        if (contradiction == Contradiction::Refuse) {
            throw ContradictionError(step, "'" + std::string(step.statement.name()) +
                                               "' excludes '" +
                                               std::string(other.statement.name()) + "' of line " +
                                               std::to_string(other.position.line));
        }
        parent.take(other);
    }
}

void remember_place(ConfigNode& node, const Step& step, std::size_t line) {
    const bool value = node.statement.kind() == Kind::Leaf;
    if (line == 0 || (node.position.line != 0 && !value)) {
        return;
    }
    node.position = {line, step.columns.empty() ? step.column : step.columns[0]};
    if (step.columns.size() > 1) {
        for (const std::size_t column : step.columns) {
            node.key_positions.push_back({line, column});
        }
    }
}

}  // namespace

const ConfigNode* find_level(const ConfigNode& root, const Level& level) {
    const ConfigNode* at = &root;
    for (const PathStep& step : level.path) {
        at = at == nullptr ? nullptr : at->find(step.statement, step.values);
    }
    return at;
}

ConfigNode* find_level(ConfigNode& root, const Level& level) {
    return const_cast<ConfigNode*>(find_level(std::as_const(root), level));
}

ConfigNode& make_level(ConfigNode& root, const Level& level) {
    ConfigNode* at = &root;
    for (const PathStep& step : level.path) {
        at = &at->add(step.statement, step.values);
    }
    return *at;
}

ConfigNode& apply_steps(ConfigNode& level, const std::vector<Step>& steps, std::size_t line,
                        Contradiction contradiction) {
    std::vector<ConfigNode*> nodes;
    nodes.reserve(steps.size());
    ConfigNode* last = &level;
    for (const Step& step : steps) {
        ConfigNode& parent = step.parent == Step::kLevel ? level : *nodes[step.parent];
        settle_contradictions(parent, step, contradiction);
        last = &parent.add(step.statement, step.values);
        remember_place(*last, step, line);
        nodes.push_back(last);
    }
    return *last;
}

void prune(ConfigNode& node) {
    for (ConfigNode* at = &node;
         !at->top() && at->children().empty() && !at->statement.may_stand_alone();) {
        ConfigNode* parent = at->parent();
        parent->take(*at);
        at = parent;
    }
}

void merge(ConfigNode& into, const ConfigNode& from) {
    for (const auto& child : from.children()) {
        const Step step{child->statement, child->values, {}, 0, Step::kLevel};
        settle_contradictions(into, step, Contradiction::Replace);
        ConfigNode& copy = into.add(child->statement, child->values);
        copy.inactive = child->inactive;
        copy.protect = copy.protect || child->protect;
        copy.comment = child->comment.empty() ? copy.comment : child->comment;
        copy.position = child->position;
        copy.key_positions = child->key_positions;
        merge(copy, *child);
    }
}

}  // namespace eti::config
