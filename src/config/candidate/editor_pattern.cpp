// wildcard delete and replace pattern.
#include "config/candidate/editor.h"
#include "config/candidate/statement_text.h"

#include <regex.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace eti::config {
namespace {

constexpr std::size_t kGroups = 10;  // the whole match and \1 to \9

// Pattern is a POSIX extended regular expression.
class Pattern {
  public:
    Pattern(const std::string& text, std::size_t column) {
        if (regcomp(&compiled_, text.c_str(), REG_EXTENDED) != 0) {
            throw EditError("invalid regular expression: '" + text + "'", column);
        }
    }
    ~Pattern() { regfree(&compiled_); }
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;

    bool matches(const std::string& text) const {
        return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
    }

    // replaced puts with in the place of the first matches, at most limit of them (0: all). "&"
    // and "\0" stand for the match, "\1" to "\9" for its groups. Nothing when there is no match.
    std::optional<std::string> replaced(const std::string& text, const std::string& with,
                                        unsigned limit) const {
        regmatch_t groups[kGroups];
        std::string result;
        std::size_t at = 0;
        unsigned count = 0;
        while ((limit == 0 || count < limit) && at <= text.size() &&
               regexec(&compiled_, text.c_str() + at, kGroups, groups, at == 0 ? 0 : REG_NOTBOL) ==
                   0) {
            const auto start = static_cast<std::size_t>(groups[0].rm_so);
            const auto end = static_cast<std::size_t>(groups[0].rm_eo);
            result.append(text, at, start);
            append(result, with, text.c_str() + at, groups);
            if (end == start) {  // an empty match goes on one character later
                result.append(text, at + end, 1);
            }
            at += end == start ? end + 1 : end;
            ++count;
        }
        if (count == 0) {
            return std::nullopt;
        }
        return at < text.size() ? result.append(text, at) : result;
    }

  private:
    static void append(std::string& result, const std::string& with, const char* text,
                       const regmatch_t* groups) {
        for (std::size_t i = 0; i < with.size(); ++i) {
            std::size_t group = with[i] == '&' ? 0 : kGroups;
            if (with[i] == '\\' && i + 1 < with.size()) {
                ++i;
                group = with[i] >= '0' && with[i] <= '9' ? static_cast<std::size_t>(with[i] - '0')
                                                         : kGroups;
            }
            if (group == kGroups) {
                result.push_back(with[i]);
            } else if (groups[group].rm_so >= 0) {
                result.append(text + groups[group].rm_so, text + groups[group].rm_eo);
            }
        }
    }

    regex_t compiled_{};
};

// Replacement is what "replace pattern A with B [upto N]" says.
struct Replacement {
    Pattern pattern;
    std::string with;
    unsigned limit = 0;  // of a value; 0: all
};

// replace answers a copy with the pattern replaced in every value, and counts the changes.
class Replacer {
  public:
    explicit Replacer(const Replacement& what) : what_(what) {}

    std::unique_ptr<ConfigNode> below(const ConfigNode& from, bool in_group) {
        auto to = from.top() ? std::make_unique<ConfigNode>()
                             : std::make_unique<ConfigNode>(from.statement, values(from, in_group));
        to->inactive = from.inactive;
        to->protect = from.protect;
        to->comment = text(from.comment);
        to->position = from.position;
        for (const auto& child : from.children()) {
            add(*to, below(*child, in_group || from.statement.hierarchy()));
        }
        return to;
    }

    std::size_t changes() const { return changes_; }

  private:
    std::string text(const std::string& from) {
        const auto changed = what_.pattern.replaced(from, what_.with, what_.limit);
        if (!changed || *changed == from) {
            return from;
        }
        ++changes_;
        return *changed;
    }

    std::vector<std::string> values(const ConfigNode& from, bool in_group) {
        std::vector<std::string> values;
        for (std::size_t i = 0; i < from.values.size(); ++i) {
            values.push_back(text(from.values[i]));
            const bool key = from.statement.kind() == Kind::List;
            const Statement statement = key ? from.statement.keys()[i] : from.statement;
            if (values[i] == from.values[i]) {
                continue;
            }
            if (from.protect) {
                reject_protected(from);
            }
            if (const auto complaint = check_value(statement, values[i], in_group && key)) {
                throw EditError("error: " + words_of(from) + ": " + *complaint);
            }
        }
        return values;
    }

    static void add(ConfigNode& to, std::unique_ptr<ConfigNode> child) {
        if (to.find(child->statement, child->values) != nullptr) {
            throw EditError("error: '" + words_of(*child) + "' would be there twice");
        }
        to.place(std::move(child), to.children().size());
    }

    const Replacement& what_;
    std::size_t changes_ = 0;
};

unsigned limit_of(const std::vector<Token>& tokens) {
    if (tokens.size() == 4) {
        return 0;
    }
    unsigned limit = 0;
    const std::string& text = tokens[5].text;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || limit == 0) {
        throw EditError("Invalid numeric value: '" + text + "'", tokens[5].column - 1);
    }
    return limit;
}

void check_words(const std::vector<Token>& tokens) {
    constexpr std::string_view kWords[] = {"pattern", "", "with", "", "upto", ""};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i == std::size(kWords) || (!kWords[i].empty() && tokens[i].text != kWords[i])) {
            throw EditError("syntax error.", tokens[i].column - 1);
        }
    }
    if (tokens.size() != 4 && tokens.size() != 6) {
        throw EditError("missing argument.", tokens.empty() ? 0 : tokens.back().end - 1);
    }
}

}  // namespace

Editor::Warnings Editor::replace_pattern(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    check_words(tokens);
    const Replacement what{
        {tokens[1].text, tokens[1].column - 1}, tokens[3].text, limit_of(tokens)};
    ConfigNode* node = find_level(root_, level);
    if (node == nullptr) {
        return {};
    }
    Replacer replacer(what);
    const bool in_group = level.in_group() || node->statement.hierarchy();
    auto scratch = node->top() ? std::make_unique<ConfigNode>()
                               : std::make_unique<ConfigNode>(node->statement, node->values);
    for (const auto& child : node->children()) {
        auto changed = replacer.below(*child, in_group);
        if (scratch->find(changed->statement, changed->values) != nullptr) {
            throw EditError("error: '" + words_of(*changed) + "' would be there twice");
        }
        scratch->place(std::move(changed), scratch->children().size());
    }
    if (replacer.changes() == 0) {
        return {"warning: pattern not found"};
    }
    while (!node->children().empty()) {
        node->take(*node->children().back());
    }
    while (!scratch->children().empty()) {
        node->place(scratch->take(*scratch->children().back()), 0);
    }
    return {};
}

// The last word is a pattern for the names of a list's entries, the values of a leaf-list, or the
// statements of a level.
Editor::Warnings Editor::wildcard_remove(const Level& level, std::string_view arguments) {
    const std::vector<Token> tokens = words_in(arguments);
    if (tokens.empty()) {
        throw EditError("missing argument.", 0);
    }
    const Token& last = tokens.back();
    const std::vector<Step> steps =
        read(level, tokens, 0, tokens.size() - 1, WordParser::Open::List);
    const bool named = !steps.empty() && steps.back().values.empty() &&
                       (steps.back().statement.kind() == Kind::List ||
                        steps.back().statement.kind() == Kind::LeafList);
    std::vector<ConfigNode*> candidates = resolve(level, steps);
    if (!named) {
        const ConfigNode* parent = candidates.empty() ? nullptr : candidates[0];
        candidates.clear();
        for (std::size_t i = 0; parent != nullptr && i < parent->children().size(); ++i) {
            candidates.push_back(parent->children()[i].get());
        }
    }
    const Pattern pattern(last.text, last.column - 1);
    std::vector<ConfigNode*> doomed;
    for (ConfigNode* node : candidates) {
        const bool value = named || node->statement.keyword().empty();
        const std::string name = value && !node->values.empty()
                                     ? node->values[0]
                                     : std::string(node->statement.keyword());
        if (pattern.matches(name)) {
            reject_protected(*node);
            doomed.push_back(node);
        }
    }
    if (doomed.empty()) {
        return {"warning: statement not found"};
    }
    ConfigNode* parent = doomed[0]->parent();
    for (ConfigNode* node : doomed) {
        parent->take(*node);
    }
    prune(*parent);
    return {"  matched: " + std::to_string(doomed.size())};
}

}  // namespace eti::config
