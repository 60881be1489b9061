#include "config/candidate/text_parser.h"

#include "config/candidate/text_tokens.h"

#include <optional>
#include <utility>

namespace eti::config {
namespace {

constexpr std::size_t kMaxErrors = 100;
constexpr std::size_t kMaxDepth = 64;  // of blocks; the schema is far less deep

using Kind = TextToken::Kind;

// What may stand before a statement.
struct Prefix {
    bool inactive = false;
    bool protect = false;
    std::optional<ParsedText::Tag> tag;
    std::string comment;
};

class TextParser {
  public:
    TextParser(const Model& model, std::string_view text, Contradiction contradiction)
        : model_(model), tokens_(text), contradiction_(contradiction) {}

    void run(const Level& level) {
        advance();
        block(make_level(*parsed_.root, level), level);
        while (token_.kind != Kind::End && parsed_.errors.size() < kMaxErrors) {  // a '}' too many
            fail(token_, "syntax error: unexpected '}'");
            advance();
            block(make_level(*parsed_.root, level), level);
        }
        prune(make_level(*parsed_.root, level));
    }

    ParsedText take() { return std::move(parsed_); }

  private:
    void advance() {
        std::optional<TokenError> error;
        token_ = tokens_.next(error);
        bad_token_ = error.has_value();
        if (error) {
            parsed_.errors.push_back({token_.line, error->column, token_.word.text, error->reason});
        }
    }

    void fail(const TextToken& at, const std::string& message) {
        parsed_.errors.push_back({at.line, at.word.column, at.word.text, message});
    }

    bool at_end() const { return token_.kind == Kind::End || parsed_.errors.size() >= kMaxErrors; }

    // block reads statements up to its '}', which it leaves, or to the end of the text. list: the
    // keyword of a list whose entries they are, as in "groups { a { } b { } }".
    void block(ConfigNode& node, const Level& level, const Token* list = nullptr) {
        ++depth_;
        std::string comment;
        while (!at_end() && token_.kind != Kind::CloseBlock) {
            if (token_.kind == Kind::Comment) {
                comment.append(comment.empty() ? "" : " ").append(token_.word.text);
                advance();
            } else if (token_.kind == Kind::Semicolon) {
                advance();
            } else {
                statement(node, level, std::exchange(comment, {}), list);
            }
        }
        --depth_;
    }

    Prefix prefix(std::string comment) {
        Prefix prefix;
        prefix.comment = std::move(comment);
        for (; token_.kind == Kind::Word; advance()) {
            const std::string& word = token_.word.text;
            if (word == "inactive:") {
                prefix.inactive = true;
            } else if (word == "protect:") {
                prefix.protect = true;
            } else if (word == "replace:") {
                prefix.tag = ParsedText::Tag::Replace;
            } else if (word == "delete:") {
                prefix.tag = ParsedText::Tag::Delete;
            } else if (word == "active:") {
                prefix.tag = ParsedText::Tag::Active;
            } else {
                break;
            }
        }
        return prefix;
    }

    void statement(ConfigNode& node, const Level& level, std::string comment, const Token* list) {
        bool bad = bad_token_;
        const Prefix before = prefix(std::move(comment));
        WordParser words(model_, level);
        TextToken last = token_;
        try {
            if (list != nullptr) {
                words.take(*list);
            }
            for (; is_word(); advance()) {
                last = token_;
                bad = bad || bad_token_;
                if (token_.kind != Kind::Comment) {
                    words.take(token_.word);
                }
            }
            if (bad) {
                return skip();
            }
            // A leaf that lacks its value has made no step yet.
            if (token_.kind == Kind::OpenBlock && words.expected().value.raw() != nullptr &&
                !words.steps().empty() && words.steps().back().statement.hierarchy()) {
                return nested(node, &last.word);
            }
            finish(node, words, before, last);
        } catch (const WordError& error) {
            if (!bad) {
                parsed_.errors.push_back({last.line, error.column, error.word, error.what()});
            }
            skip();
        } catch (const ContradictionError& error) {
            parsed_.errors.push_back({last.line, error.step.column, {}, error.what()});
            skip();
        }
    }

    bool is_word() const {
        return token_.kind == Kind::Word || token_.kind == Kind::OpenList ||
               token_.kind == Kind::CloseList || token_.kind == Kind::Comment;
    }

    // finish adds what the words say and reads the block that belongs to them, if any.
    void finish(ConfigNode& node, WordParser& words, const Prefix& before, const TextToken& last) {
        const bool opens = token_.kind == Kind::OpenBlock;
        const bool deletes = before.tag == ParsedText::Tag::Delete;
        words.finish(last.word.end, deletes ? WordParser::Open::List
                                    : opens ? WordParser::Open::Leaf
                                            : WordParser::Open::No);
        if (words.steps().empty()) {
            fail(token_, "syntax error: a statement is missing before '" + token_.word.text + "'");
            return skip();
        }
        const std::size_t here = words.here();
        if (opens && (here != words.steps().size() - 1 || depth_ >= kMaxDepth)) {
            fail(token_, "syntax error: '{' does not belong after this statement");
            return skip();
        }
        if (token_.kind != Kind::Semicolon && !opens) {
            fail(token_, "syntax error: ';' is missing");  // and what comes is the next statement
            return;
        }
        ConfigNode& added = apply_steps(node, words.steps(), last.line, contradiction_);
        // What is said before a line is said of all of it, where one line is how it is shown.
        const bool shared = words.steps().back().parent != Step::kLevel &&
                            added.parent()->statement.extension("oneliner");
        describe(shared ? *added.parent() : added, before);
        if (opens) {
            nested(added);
        } else {
            advance();
        }
        drop_empty(added, node);
    }

    // nested reads the block that has just been opened.
    void nested(ConfigNode& node, const Token* list = nullptr) {
        const TextToken opened = token_;
        advance();
        block(node, level_of(node), list);
        if (token_.kind == Kind::CloseBlock) {
            advance();
        } else {
            fail(opened, "syntax error: '}' is missing");
        }
    }

    // What holds nothing and means nothing goes, up to the block it stands in.
    void drop_empty(ConfigNode& added, const ConfigNode& block) {
        for (ConfigNode* at = &added; at != &block && at->children().empty() &&
                                      !at->statement.may_stand_alone() &&
                                      parsed_.tags.count(at) == 0;) {
            ConfigNode* parent = at->parent();
            parent->take(*at);
            at = parent;
        }
    }

    void describe(ConfigNode& node, const Prefix& before) {
        node.inactive = before.inactive;
        node.protect = node.protect || before.protect;
        if (!before.comment.empty()) {
            node.comment = before.comment;
        }
        if (before.tag) {
            parsed_.tags[&node] = *before.tag;
        }
    }

    // skip goes to the end of a wrong statement, over the block it opens.
    void skip() {
        std::size_t open = 0;
        while (token_.kind != Kind::End) {
            if (token_.kind == Kind::OpenBlock) {
                ++open;
            } else if (token_.kind == Kind::CloseBlock) {
                if (open == 0) {
                    return;
                }
                --open;
            }
            const bool ends =
                open == 0 && (token_.kind == Kind::Semicolon || token_.kind == Kind::CloseBlock);
            advance();
            if (ends) {
                return;
            }
        }
    }

    const Model& model_;
    TextTokens tokens_;
    const Contradiction contradiction_;
    TextToken token_;
    ParsedText parsed_;
    std::size_t depth_ = 0;
    bool bad_token_ = false;  // the token is no good, and that is reported already
};

}  // namespace

std::string listed(const TextError& error, const std::string& name) {
    const bool syntax = error.message.starts_with("syntax error");
    return name + ":" + std::to_string(error.line) + ":(" + std::to_string(error.column) + ") " +
           (syntax ? "syntax error: " + error.word : error.message);
}

ParsedText parse_text(const Model& model, std::string_view text, const Level& level,
                      Contradiction contradiction) {
    TextParser parser(model, text, contradiction);
    parser.run(level);
    return parser.take();
}

}  // namespace eti::config
