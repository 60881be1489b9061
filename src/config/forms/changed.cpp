#include "config/forms/changed.h"

#include "config/candidate/text_printer.h"

namespace eti::config {
namespace {

bool differs(const ConfigNode& now, const ConfigNode& active) {
    return now.values != active.values || now.inactive != active.inactive ||
           now.protect != active.protect || now.comment != active.comment;
}

void mark_all(const ConfigNode& node, ChangedNodes& changed) {
    changed.insert(&node);
    for (const auto& child : node.children()) {
        mark_all(*child, changed);
    }
}

bool mark(const ConfigNode& now, const ConfigNode& active, ChangedNodes& changed) {
    bool any = differs(now, active) || now.children().size() != active.children().size();
    for (std::size_t i = 0; i < now.children().size(); ++i) {
        const ConfigNode& child = *now.children()[i];
        const ConfigNode* old = active.find(child.statement, child.values);
        if (old == nullptr) {
            mark_all(child, changed);
            any = true;
            continue;
        }
        const bool moved = child.statement.ordered_by_user() && active.children().size() > i &&
                           active.children()[i].get() != old;
        any = mark(child, *old, changed) || moved || any;
        if (moved) {
            changed.insert(&child);
        }
    }
    if (any) {
        changed.insert(&now);
    }
    return any;
}

}  // namespace

ChangedNodes changed_nodes(const ConfigNode& now, const ConfigNode& active) {
    ChangedNodes changed;
    mark(now, active, changed);
    return changed;
}

std::string print_changed(const ConfigNode& node, const ChangedNodes& changed) {
    PrintOptions options;
    options.mark = [&](const ConfigNode& each) {
        return std::string(changed.count(&each) != 0 ? "! " : "  ");
    };
    return print_text(node, options);
}

}  // namespace eti::config
