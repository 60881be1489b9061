#include "config/candidate/check.h"

#include "config/candidate/groups.h"
#include "config/compile.h"

namespace eti::config {
namespace {

std::vector<KeyValue> keys_of(const ConfigNode& node) {
    std::vector<KeyValue> keys;
    for (std::size_t i = 0; i < node.values.size(); ++i) {
        const bool own = i < node.key_positions.size();
        keys.push_back({node.values[i], own ? node.key_positions[i] : node.position});
    }
    return keys;
}

void build(Tree& tree, Node parent, const ConfigNode& from) {
    for (const auto& child : from.children()) {
        const Statement statement = child->statement;
        if (child->inactive || statement.universal() || statement.hierarchy()) {
            continue;
        }
        switch (statement.kind()) {
            case Kind::Container:
                build(tree, tree.container(parent, statement, child->position), *child);
                break;
            case Kind::List:
                build(tree, tree.entry(parent, statement, keys_of(*child)), *child);
                break;
            case Kind::Flag:
                tree.leaf(parent, statement, {}, child->position);
                break;
            default:
                tree.leaf(parent, statement, child->values[0], child->position);
                break;
        }
    }
}

}  // namespace

std::string CheckError::text() const {
    return path + "\n" + (word.empty() ? "" : "  '" + word + "'\n") + "    " + message + "\n";
}

Tree build_tree(const Model& model, const ConfigNode& root, const std::string& name) {
    const Expansion expansion = expand(model, root, name);
    Tree tree(model, name);
    build(tree, Node(), expansion.root ? *expansion.root : root);
    tree.validate();
    return tree;
}

Settings compile(const Model& model, const ConfigNode& root, const std::string& name) {
    return compile_settings(build_tree(model, root, name));
}

}  // namespace eti::config
