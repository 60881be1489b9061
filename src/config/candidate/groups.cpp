#include "config/candidate/groups.h"

#include "config/candidate/apply.h"
#include "config/candidate/check.h"
#include "config/candidate/statement_text.h"

#include <fnmatch.h>

#include <algorithm>
#include <vector>

namespace eti::config {
namespace {

bool applies_groups(const ConfigNode& node) {
    return std::any_of(node.children().begin(), node.children().end(), [](const auto& child) {
        return !child->statement.hierarchy() &&
               (child->statement.name() == "apply-groups" || applies_groups(*child));
    });
}

bool matches(const std::vector<std::string>& patterns, const std::vector<std::string>& values) {
    return std::equal(patterns.begin(), patterns.end(), values.begin(), values.end(),
                      [](const std::string& pattern, const std::string& value) {
                          if (!is_pattern(pattern)) {
                              return pattern == value;
                          }
                          const std::string inner = pattern.substr(1, pattern.size() - 2);
                          return fnmatch(inner.c_str(), value.c_str(), 0) == 0;
                      });
}

bool has_pattern(const ConfigNode& node) {
    return node.statement.kind() == Kind::List &&
           std::any_of(node.values.begin(), node.values.end(),
                       [](const std::string& value) { return is_pattern(value); });
}

// Source is the part of a group that belongs to the place being expanded.
struct Source {
    const ConfigNode* node = nullptr;
    std::string group;
};
using Sources = std::vector<Source>;

class Expander {
  public:
    Expander(const Model& model, const ConfigNode& root, const std::string& name)
        : root_(root), name_(name), groups_(model.child({}, "groups")) {}

    Expansion run() {
        expansion_.root = copy(root_);
        expand(*expansion_.root, {});
        return std::move(expansion_);
    }

  private:
    // copy leaves out what is inactive, and the groups themselves.
    static std::unique_ptr<ConfigNode> copy(const ConfigNode& from) {
        auto to = std::make_unique<ConfigNode>(from.statement, from.values);
        to->protect = from.protect;
        to->comment = from.comment;
        to->position = from.position;
        to->key_positions = from.key_positions;
        for (const auto& child : from.children()) {
            if (!child->inactive && !child->statement.hierarchy()) {
                to->place(copy(*child), to->children().size());
            }
        }
        return to;
    }

    void expand(ConfigNode& node, Sources inherited) {
        Sources sources = own_sources(node);
        for (Source& source : inherited) {
            add(sources, source, node);
        }
        remove_excepted(node, sources);
        for (const Source& source : sources) {
            inherit(node, source);
        }
        for (const auto& child : node.children()) {
            const Kind kind = child->statement.kind();
            if (kind == Kind::Container || kind == Kind::List) {
                expand(*child, below(sources, *child));
            }
        }
    }

    Sources own_sources(const ConfigNode& node) {
        Sources sources;
        for (const auto& child : node.children()) {
            if (child->statement.name() == "apply-groups") {
                apply(sources, node, *child);
            }
        }
        return sources;
    }

    // apply adds the part of a named group that lies where the node is.
    void apply(Sources& sources, const ConfigNode& node, const ConfigNode& named) {
        const ConfigNode* group = root_.find(groups_, named.values);
        if (group == nullptr || group->inactive) {
            if (group != nullptr) {
                return;
            }
            throw CheckFailed(ConfigError(name_, named.position.line, named.position.column,
                                          "group is not defined"),
                              {banner(level_of(node)), words_of(named), "group is not defined"});
        }
        Sources parts{{group, named.values[0]}};
        for (const PathStep& step : level_of(node).path) {
            Sources next;
            for (const Source& part : parts) {
                collect(next, part, step.statement, step.values);
            }
            parts = std::move(next);
        }
        for (const Source& part : parts) {
            add(sources, part, node);
        }
    }

    // add also follows groups that the group itself applies there.
    void add(Sources& sources, const Source& source, const ConfigNode& node) {
        const bool known = std::any_of(sources.begin(), sources.end(), [&](const Source& other) {
            return other.node == source.node;
        });
        if (known) {
            return;
        }
        sources.push_back(source);
        for (const auto& child : source.node->children()) {
            if (child->statement.name() == "apply-groups" && !child->inactive) {
                apply(sources, node, *child);
            }
        }
    }

    static void remove_excepted(const ConfigNode& node, Sources& sources) {
        for (const auto& child : node.children()) {
            if (child->statement.name() == "apply-groups-except") {
                sources.erase(std::remove_if(sources.begin(), sources.end(),
                                             [&](const Source& source) {
                                                 return source.group == child->values[0];
                                             }),
                              sources.end());
            }
        }
    }

    static void collect(Sources& found, const Source& source, Statement statement,
                        const std::vector<std::string>& values) {
        const ConfigNode* exact = source.node->find(statement, values);
        if (exact != nullptr && !exact->inactive) {
            found.push_back({exact, source.group});
        }
        if (statement.kind() != Kind::List) {
            return;
        }
        const ConfigNode::Span span = source.node->like(statement);
        for (std::size_t i = span.first; i < span.last; ++i) {
            const ConfigNode& entry = *source.node->children()[i];
            if (!entry.inactive && has_pattern(entry) && matches(entry.values, values)) {
                found.push_back({&entry, source.group});
            }
        }
    }

    static Sources below(const Sources& sources, const ConfigNode& child) {
        Sources found;
        for (const Source& source : sources) {
            collect(found, source, child.statement, child.values);
        }
        return found;
    }

    // inherit adds the group's statements of this level that the node does not have.
    void inherit(ConfigNode& node, const Source& source) {
        for (const auto& child : source.node->children()) {
            if (child->inactive || child->statement.universal() || has_pattern(*child) ||
                node.find(child->statement, child->values) != nullptr ||
                excluded(node, child->statement)) {
                continue;
            }
            ConfigNode& added = node.add(child->statement, child->values);
            added.position = child->position;
            added.key_positions = child->key_positions;
            expansion_.origins[&added] = source.group;
        }
    }

    static bool excluded(const ConfigNode& node, Statement statement) {
        return statement.in_choice() &&
               std::any_of(node.children().begin(), node.children().end(),
                           [&](const auto& other) { return statement.excludes(other->statement); });
    }

    const ConfigNode& root_;
    const std::string& name_;
    const Statement groups_;
    Expansion expansion_;
};

}  // namespace

Expansion expand(const Model& model, const ConfigNode& root, const std::string& name) {
    return applies_groups(root) ? Expander(model, root, name).run() : Expansion();
}

}  // namespace eti::config
