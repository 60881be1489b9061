#include "config/forms/load.h"

#include "config/candidate/editor.h"
#include "config/candidate/reading.h"
#include "config/candidate/statement_text.h"
#include "config/forms/compare.h"
#include "config/forms/json.h"
#include "config/forms/xml.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace eti::config {
namespace {

constexpr std::size_t kMaxErrors = 100;

using Tag = ParsedText::Tag;

// Merger puts what a text says into the tree, with its tags.
class Merger {
  public:
    Merger(const ParsedText& parsed, bool replaces, LoadResult& result, const std::string& name)
        : parsed_(parsed), replaces_(replaces), result_(result), name_(name) {}

    void below(ConfigNode& into, const ConfigNode& from) {
        for (const auto& child : from.children()) {
            try {
                one(into, *child);
            } catch (const EditError& error) {  // it is protected
                result_.errors.push_back(listed(
                    {child->position.line, child->position.column, {}, error.what()}, name_));
            }
        }
    }

  private:
    void one(ConfigNode& into, const ConfigNode& said) {
        const auto found = parsed_.tags.find(&said);
        const bool tagged = found != parsed_.tags.end();
        if (tagged && found->second == Tag::Delete) {
            return remove(into, said);
        }
        if (tagged && found->second == Tag::Replace && replaces_) {
            return replace(into, said);
        }
        ConfigNode* old = into.find(said.statement, said.values);
        if (old != nullptr && old->protect) {
            if (!old->same(said)) {
                reject_protected(*old);
            }
            return;
        }
        ConfigNode& node = add(into, said);
        node.inactive = node.inactive || said.inactive;
        if (tagged && found->second == Tag::Active) {
            node.inactive = false;
        }
        below(node, said);
        if (drop_empty(into, node)) {
            return;
        }
        // Last, or it would keep out what the text itself says.
        node.protect = node.protect || said.protect;
        node.comment = said.comment.empty() ? node.comment : said.comment;
    }

    static ConfigNode& add(ConfigNode& into, const ConfigNode& said) {
        const Step step{said.statement, said.values, {}, 0, Step::kLevel};
        return apply_steps(into, {step}, 0, Contradiction::Replace);
    }

    void replace(ConfigNode& into, const ConfigNode& said) {
        std::size_t index = into.children().size();
        if (ConfigNode* old = into.find(said.statement, said.values)) {
            reject_protected(*old);
            index = into.index_of(*old);
            into.take(*old);
        }
        add(into, said);  // also puts an end to what it excludes
        into.take(*into.find(said.statement, said.values));
        auto copy = said.clone();
        ConfigNode& node = *copy;
        into.place(std::move(copy), index);
        drop_empty(into, node);
    }

    // What holds nothing and means nothing is not there.
    static bool drop_empty(ConfigNode& parent, const ConfigNode& node) {
        const bool empty = node.children().empty() && !node.statement.may_stand_alone();
        if (empty) {
            parent.take(node);
        }
        return empty;
    }

    // One without its values stands for all of its kind.
    void remove(ConfigNode& into, const ConfigNode& said) {
        const ConfigNode::Span like = into.like(said.statement);
        const bool all = said.values.empty();
        bool any = false;
        for (std::size_t i = like.last; i-- > like.first;) {
            const ConfigNode& node = *into.children()[i];
            if (all || node.values == said.values) {
                reject_protected(node);
                into.take(node);
                any = true;
            }
        }
        if (!any) {
            result_.warnings.emplace_back("warning: statement not found: " +
                                          words_of(said.statement, said.values, true));
        }
    }

    const ParsedText& parsed_;
    const bool replaces_;
    LoadResult& result_;
    const std::string& name_;
};

void replace_below(ConfigNode& into, const ConfigNode& from) {
    for (const auto& child : into.children()) {
        reject_protected(*child);
    }
    while (!into.children().empty()) {
        into.take(*into.children().back());
    }
    for (const auto& child : from.children()) {
        into.place(child->clone(), into.children().size());
    }
}

void reject_protected_level(const ConfigNode& level) {
    for (const ConfigNode* node = &level; node != nullptr; node = node->parent()) {
        if (node->protect) {
            reject_protected(*node);
        }
    }
}

TextError error_of_line(const EditError& error, std::string_view line, std::size_t number) {
    const std::size_t at = std::min(error.column.value_or(0), line.size());
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    return {number, at + 1, std::string(line.substr(at, end - at)), error.what()};
}

void load_set(const Model& model, ConfigNode& root, std::string_view text, const std::string& name,
              Level level, LoadResult& result) {
    Editor editor(model, root);
    std::size_t number = 0;
    for (std::size_t start = 0; start < text.size() && result.errors.size() < kMaxErrors;) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string_view line = text.substr(start, end - start);
        start = end + 1;
        ++number;
        try {
            auto warnings = editor.line(level, line);
            std::move(warnings.begin(), warnings.end(), std::back_inserter(result.warnings));
        } catch (const EditError& error) {
            result.errors.push_back(listed(error_of_line(error, line, number), name));
        }
    }
}

void list_errors(const std::vector<TextError>& errors, const std::string& name,
                 LoadResult& result) {
    for (const TextError& error : errors) {
        result.errors.push_back(listed(error, name));
    }
}

void load_tree(const Model& model, ConfigNode& root, LoadMode mode, std::string_view text,
               const std::string& name, const Level& level, LoadResult& result) {
    const ParsedText parsed = parse_form(model, text, level);
    list_errors(parsed.errors, name, result);
    const ConfigNode* from = parsed.root == nullptr ? nullptr : find_level(*parsed.root, level);
    if (from == nullptr || (from->children().empty() && !result.errors.empty())) {
        return;
    }
    ConfigNode& into = make_level(root, level);
    try {
        reject_protected_level(into);
        if (mode == LoadMode::Override || mode == LoadMode::Update) {
            replace_below(into, *from);
        } else {
            Merger(parsed, mode == LoadMode::Replace, result, name).below(into, *from);
        }
    } catch (const EditError& error) {
        result.errors.push_back(name + ": " + error.what());
    }
    prune(into);
}

}  // namespace

ParsedText parse_form(const Model& model, std::string_view text, const Level& level) {
    const std::size_t first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    if (text.substr(first).starts_with('<')) {
        return read_xml(model, text, level);
    }
    if (text.substr(first).starts_with('{')) {
        return read_json(model, text, level);
    }
    return parse_text(model, text, level, Contradiction::Refuse);
}

LoadResult load(const Model& model, ConfigNode& root, LoadMode mode, std::string_view text,
                const std::string& name, const Level& level) {
    LoadResult result;
    if (text.size() > kMaxTextSize) {
        result.errors.push_back(name + ": the text is larger than " +
                                std::to_string(kMaxTextSize >> 20) + " MiB");
    } else if (mode == LoadMode::Set) {
        load_set(model, root, text, name, level, result);
    } else if (mode == LoadMode::Patch) {
        list_errors(apply_patch(model, root, text, level), name, result);
    } else {
        load_tree(model, root, mode, text, name, level, result);
    }
    return result;
}

}  // namespace eti::config
