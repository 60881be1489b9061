// What "show" prints in configuration mode.
#include "config/candidate/editor.h"
#include "config/candidate/inheritance.h"
#include "config/candidate/session_impl.h"
#include "config/candidate/statement_text.h"
#include "config/forms/session_forms.h"

#include <utility>

namespace eti::config {
namespace {

bool is_inner(const ConfigNode& node) {
    return node.top() || node.statement.kind() == Kind::Container ||
           node.statement.kind() == Kind::List;
}

// The vendor says above a part of the configuration that it is switched off as a whole.
std::string inactive_note(const ConfigNode& node) {
    for (const ConfigNode* at = &node; !at->top(); at = at->parent()) {
        if (at->inactive) {
            return "##\n## inactive: " + path_words(level_of(*at)) + "\n##\n";
        }
    }
    return {};
}

std::string as_text(const std::vector<ConfigNode*>& nodes, const PrintOptions& options) {
    if (nodes.size() == 1 && is_inner(*nodes[0])) {
        return inactive_note(*nodes[0]) + print_text(*nodes[0], options);
    }
    std::string text;
    for (const ConfigNode* node : nodes) {
        text += print_statement(*node, options);
    }
    return text;
}

std::string as_set(const std::vector<ConfigNode*>& nodes, const PrintOptions& options,
                   bool relative) {
    std::string text;
    for (const ConfigNode* node : nodes) {
        if (node->top()) {
            text += print_set(*node, {}, options);
        } else if (relative) {
            text += is_inner(*node) ? print_set(*node, {}, options)
                                    : print_set_statement(*node, {}, options);
        } else {
            text += print_set_statement(*node, path_words(level_of(*node->parent())), options);
        }
    }
    return text;
}

}  // namespace

std::string EditSession::show(std::string_view arguments, const ShowOptions& options) const {
    ConfigNode& candidate = *impl_->candidate->root;
    Expansion expansion;
    PrintOptions print;
    if (options.inheritance) {
        expansion = expand(impl_->model, candidate, "candidate");
        print.note = inheritance_notes(expansion);
    }
    ConfigNode& root = expansion.root ? *expansion.root : candidate;
    const std::vector<ConfigNode*> nodes =
        Editor(impl_->model, root).found(impl_->level, arguments);
    if (options.form == Form::Xml || options.form == Form::Json ||
        (options.changed && options.form == Form::Text)) {
        return show_form(*impl_, nodes, options);
    }
    if (options.form == Form::Set) {
        return as_set(nodes, print, options.relative);
    }
    print.warnings = true;
    return as_text(nodes, print);
}

}  // namespace eti::config
