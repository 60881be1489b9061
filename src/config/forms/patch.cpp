#include "config/candidate/statement_text.h"
#include "config/candidate/text_tokens.h"
#include "config/forms/compare.h"
#include "config/forms/places.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace eti::config {
namespace {

constexpr std::size_t kMaxErrors = 100;
constexpr std::string_view kContents = "{ ... }";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(" \t\r"), text.size());
    return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

// A comment at the end of a block, which belongs to the statement named after the block.
std::optional<std::string> trailing_comment(const std::string& block) {
    std::optional<std::string> comment;
    TextTokens tokens(block);
    std::optional<TokenError> error;
    for (TextToken token = tokens.next(error); token.kind != TextToken::Kind::End;
         token = tokens.next(error)) {
        comment.reset();
        if (token.kind == TextToken::Kind::Comment) {
            comment = token.word.text;
        }
    }
    return comment;
}

class Patcher {
  public:
    Patcher(const Model& model, ConfigNode& root, const Level& base)
        : model_(model), root_(root), base_(base), level_(base) {}

    std::vector<TextError> run(std::string_view text) {
        for (std::size_t start = 0; start < text.size() && errors_.size() < kMaxErrors;) {
            const std::size_t end = std::min(text.find('\n', start), text.size());
            ++line_;
            take(text.substr(start, end - start));
            start = end + 1;
        }
        end_block();
        forget_places();
        for (const Level& level : touched_) {
            if (ConfigNode* node = find_level(root_, level)) {
                prune(*node);
            }
        }
        return std::move(errors_);
    }

  private:
    void take(std::string_view line) {
        const char sign = line.empty() ? ' ' : line[0];
        if (sign == '+' || sign == '-') {
            if (sign != block_sign_) {
                end_block();
                block_sign_ = sign;
                block_line_ = line_;
            }
            block_.append(" ").append(line.substr(1)).append("\n");  // columns stay as they are
            return;
        }
        end_block();
        if (line.starts_with("[edit")) {
            header(line);
        } else if (sign == '!') {
            change(line.substr(1));
        } else if (sign == ' ') {
            if (!trimmed(line).empty()) {
                context(trimmed(line));
            }
        } else {
            fail("syntax error", std::string(trimmed(line)));
        }
    }

    void header(std::string_view line) {
        comment_.reset();
        forget_places();
        line = trimmed(line);
        valid_ = line.ends_with(']');
        if (!valid_) {
            return fail("the header lacks its ']'");
        }
        const std::string_view words = trimmed(line.substr(5, line.size() - 6));
        const auto steps = steps_of(words, base_);
        valid_ = steps.has_value();
        if (valid_) {
            level_ = base_;
            for (const Step& step : *steps) {
                level_.path.push_back({step.statement, step.values});
            }
            touched_.push_back(level_);
        }
    }

    std::optional<std::vector<Step>> steps_of(std::string_view words, const Level& level) {
        std::vector<Token> tokens;
        if (const auto error = split_line(words, tokens)) {
            fail(error->reason);
            return std::nullopt;
        }
        try {
            WordParser parser(model_, level);
            for (const Token& token : tokens) {
                parser.take(token);
            }
            if (!tokens.empty()) {
                parser.finish(tokens.back().end, WordParser::Open::List);
            }
            return parser.steps();
        } catch (const WordError& error) {
            fail(error.what(), error.word);
            return std::nullopt;
        }
    }

    ConfigNode& here() { return make_level(root_, level_); }

    // named answers the node a line without contents is about.
    ConfigNode* named(std::string_view words) {
        words = trimmed(words);
        if (words.ends_with(kContents)) {
            words.remove_suffix(kContents.size());
        } else if (words.ends_with(';')) {
            words.remove_suffix(1);
        }
        const auto steps = steps_of(trimmed(words), level_);
        if (!steps) {
            return nullptr;
        }
        ConfigNode* node = find_level(root_, level_);
        for (const Step& step : *steps) {
            ConfigNode* parent = node;
            node = parent == nullptr ? nullptr : find_exactly(*parent, step.statement, step.values);
        }
        if (node == nullptr || node->top()) {
            fail("statement not found: " + std::string(words));
            return nullptr;
        }
        return node;
    }

    static ConfigNode* find_exactly(ConfigNode& parent, Statement statement,
                                    const std::vector<std::string>& values) {
        ConfigNode* found = parent.find(statement, values);
        return found != nullptr && found->values == values ? found : nullptr;
    }

    void context(std::string_view words) {
        ConfigNode* node = valid_ ? named(words) : nullptr;
        if (node == nullptr) {
            return;
        }
        if (comment_) {
            node->comment = *std::exchange(comment_, std::nullopt);
        }
        if (at_level(*node)) {
            settle_front(*node);
            last_[node->statement.raw()] = node;
        }
    }

    bool at_level(const ConfigNode& node) { return node.parent() == find_level(root_, level_); }

    void change(std::string_view line) {
        static constexpr std::pair<std::string_view, void (*)(ConfigNode&)> kTags[] = {
            {"inactive:", [](ConfigNode& node) { node.inactive = true; }},
            {"active:", [](ConfigNode& node) { node.inactive = false; }},
            {"protect:", [](ConfigNode& node) { node.protect = true; }},
            {"unprotect:", [](ConfigNode& node) { node.protect = false; }}};
        if (!valid_) {
            return;
        }
        line = trimmed(line);
        for (const auto& [tag, apply] : kTags) {
            if (line.starts_with(tag)) {
                if (ConfigNode* node = named(line.substr(tag.size()))) {
                    apply(*node);
                }
                return;
            }
        }
        if (ConfigNode* node = named(line)) {
            ConfigNode& parent = *node->parent();
            if (is_ordered(*node)) {
                settle(*node);
            } else {
                parent.place(parent.take(*node), parent.children().size());
            }
        }
    }

    void end_block() {
        const std::string block = std::exchange(block_, {});
        const char sign = std::exchange(block_sign_, ' ');
        if (block.empty() || !valid_) {
            return;
        }
        ParsedText parsed = parse_text(model_, block, level_, Contradiction::Replace);
        for (TextError& error : parsed.errors) {
            error.line += block_line_ - 1;
            errors_.push_back(std::move(error));
        }
        for (const auto& child : make_level(*parsed.root, level_).children()) {
            if (sign == '-') {
                remove(*child);
            } else {
                add(child->clone());
            }
        }
        if (const auto comment = trailing_comment(block)) {
            comment_ = sign == '+' ? *comment : std::string();
        }
    }

    void remove(const ConfigNode& what) {
        ConfigNode* parent = find_level(root_, level_);
        ConfigNode* found =
            parent == nullptr ? nullptr : find_exactly(*parent, what.statement, what.values);
        if (found == nullptr) {
            if (parent != nullptr && is_displaced(*parent, what.statement)) {
                return;
            }
            errors_.push_back({block_line_ + what.position.line - 1,
                               what.position.column,
                               {},
                               "statement not found: " + words_of(what, true)});
            return;
        }
        forget_places();
        parent->take(*found);
    }

    // A case of a choice that was added ended the other one, whose removal may be said later.
    static bool is_displaced(const ConfigNode& parent, Statement statement) {
        return std::any_of(parent.children().begin(), parent.children().end(),
                           [&](const auto& other) { return statement.excludes(other->statement); });
    }

    // What places are remembered by may be about to go.
    void forget_places() {
        for (auto& [list, places] : places_) {
            places.settle();
        }
        places_.clear();
        last_.clear();
        front_.clear();
    }

    Places& places_of(ConfigNode& node) {
        return places_.try_emplace(node.statement.raw(), *node.parent(), node.statement)
            .first->second;
    }

    bool is_ordered(const ConfigNode& node) {
        return node.statement.ordered_by_user() && at_level(node);
    }

    void add(std::unique_ptr<ConfigNode> child) {
        ConfigNode& parent = here();
        if (parent.find(child->statement, child->values) != nullptr ||
            child->statement.in_choice()) {
            ConfigNode top;  // merge takes what is below a node
            top.place(std::move(child), 0);
            forget_places();
            return merge(parent, top);
        }
        ConfigNode& added = *child;
        parent.place(std::move(child), parent.children().size());
        const auto places = places_.find(added.statement.raw());
        if (places != places_.end()) {
            places->second.append(added);
        }
        if (is_ordered(added)) {
            settle(added);
        }
    }

    // settle places an entry where the lines around it say.
    void settle(ConfigNode& node) {
        const void* like = node.statement.raw();
        const auto after = last_.find(like);
        if (after == last_.end()) {
            places_of(node).to_end(node);
        } else {
            places_of(node).to_after(node, *after->second);
        }
        if (after == last_.end() || front_.count(like) != 0) {
            front_[like].push_back(&node);
        }
        last_[like] = &node;
    }

    // The entries a list's lines start with stand before the first one that is only named.
    void settle_front(ConfigNode& named) {
        const auto front = front_.find(named.statement.raw());
        if (front == front_.end()) {
            return;
        }
        Places& places = places_of(named);
        for (const ConfigNode* node : front->second) {
            if (node != &named) {
                places.to_before(*node, named);
            }
        }
        front_.erase(front);
    }

    void fail(const std::string& message, std::string word = {}) {
        errors_.push_back({line_, 1, std::move(word), message});
    }

    const Model& model_;
    ConfigNode& root_;
    const Level& base_;
    Level level_;
    bool valid_ = true;  // the header was understood
    std::size_t line_ = 0;
    std::string block_;  // lines of one sign
    char block_sign_ = ' ';
    std::size_t block_line_ = 0;
    std::optional<std::string> comment_;       // for the statement named next
    std::map<const void*, ConfigNode*> last_;  // by statement: the entry spoken of last
    std::map<const void*, std::vector<ConfigNode*>> front_;  // entries before which none was named
    std::map<const void*, Places> places_;                   // by statement, at this level
    std::vector<Level> touched_;
    std::vector<TextError> errors_;
};

}  // namespace

std::vector<TextError> apply_patch(const Model& model, ConfigNode& root, std::string_view text,
                                   const Level& level) {
    return Patcher(model, root, level).run(text);
}

}  // namespace eti::config
