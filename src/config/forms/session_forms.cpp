#include "config/forms/session_forms.h"

#include "config/candidate/editor.h"
#include "config/candidate/statement_text.h"
#include "config/forms/changed.h"
#include "config/forms/compare.h"
#include "config/forms/json.h"
#include "config/forms/load.h"
#include "config/forms/xml.h"

#include <utility>

namespace eti::config {
namespace {

// Puts a copy of a node into another tree, below copies of what is above it alone.
void project(const ConfigNode& node, ConfigNode& root) {
    if (node.top()) {
        for (const auto& child : node.children()) {
            project(*child, root);
        }
        return;
    }
    ConfigNode& parent = make_level(root, level_of(*node.parent()));
    ConfigNode* copy = &parent;
    for (const ConfigNode* at = node.parent(); !at->top(); at = at->parent()) {
        copy->inactive = at->inactive;
        copy->protect = at->protect;
        copy = copy->parent();
    }
    parent.place(node.clone(), parent.children().size());
}

// The same nodes of the active configuration, as far as it has them.
std::unique_ptr<ConfigNode> project_same(const ConfigNode& active,
                                         const std::vector<ConfigNode*>& nodes) {
    auto root = std::make_unique<ConfigNode>();
    for (const ConfigNode* node : nodes) {
        const ConfigNode* same = find_level(active, level_of(*node));
        if (same != nullptr) {
            project(*same, *root);
        }
    }
    return root;
}

// A tree with nothing but one level of another, and the way there even where that has none.
std::unique_ptr<ConfigNode> at_level(const ConfigNode& root, const Level& level) {
    auto part = std::make_unique<ConfigNode>();
    Level above = level;
    above.path.pop_back();
    make_level(*part, above);
    if (const ConfigNode* node = find_level(root, level)) {
        project(*node, *part);
    }
    return part;
}

}  // namespace

std::string show_form(const EditSession::Impl& session, const std::vector<ConfigNode*>& nodes,
                      const ShowOptions& options) {
    if (options.form == Form::Text) {
        const ChangedNodes changed = changed_nodes(*session.candidate->root, session.host.active());
        std::string text;
        for (const ConfigNode* node : nodes) {
            text += print_changed(*node, changed);
        }
        return text;
    }
    ConfigNode root;
    for (const ConfigNode* node : nodes) {
        project(*node, root);
    }
    if (options.form == Form::Json) {
        return write_json(root, true);
    }
    XmlOptions xml;
    xml.mask = true;
    ChangedNodes changed;
    if (options.changed) {
        changed = changed_nodes(root, *project_same(session.host.active(), nodes));
        xml.changed = &changed;
    }
    return write_xml_reply(root, xml, banner(session.level));
}

std::string EditSession::compare(std::string_view arguments,
                                 std::optional<unsigned> rollback) const {
    const ConfigNode& candidate = *impl_->candidate->root;
    std::unique_ptr<ConfigNode> revision;
    if (rollback) {
        revision = impl_->host.revision(*rollback);
    }
    const ConfigNode& before = revision ? *revision : impl_->host.active();
    const Level level = Editor(impl_->model, *impl_->candidate->root).edit(impl_->level, arguments);
    return level.path.empty()
               ? config::compare(before, candidate)
               : config::compare(*at_level(before, level), *at_level(candidate, level));
}

LoadResult EditSession::load(LoadMode mode, std::string_view text, const std::string& name,
                             bool relative) {
    impl_->candidate->touched = true;
    return config::load(impl_->model, *impl_->candidate->root, mode, text, name,
                        relative ? impl_->level : Level());
}

}  // namespace eti::config
