// What configuration groups add.
#pragma once

#include "config/candidate/config_node.h"

#include <memory>
#include <string>
#include <unordered_map>

namespace eti::config {

// Expansion is a tree without groups: what they add stands where it applies.
struct Expansion {
    std::unique_ptr<ConfigNode> root;  // null: no group is applied, the tree stands for itself
    std::unordered_map<const ConfigNode*, std::string> origins;  // of what a group added: its name
};

// expand applies the groups of a tree. An own statement wins over a group's, a group applied nearer
// over one further up, an earlier name over a later one; values of a leaf-list are collected.
// Inactive statements neither inherit nor are inherited. Throws CheckFailed for a name that is no
// group; name stands for the text the statements came from.
Expansion expand(const Model& model, const ConfigNode& root, const std::string& name);

}  // namespace eti::config
