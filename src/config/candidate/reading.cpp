#include "config/candidate/reading.h"

#include "config/candidate/statement_text.h"
#include "config/tokens.h"
#include "eti/config/store.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace eti::config {
namespace {

constexpr std::string_view kVerbs[] = {"set",      "delete",     "edit",    "top",      "up",
                                       "exit",     "activate",   "rename",  "copy",     "insert",
                                       "annotate", "deactivate", "protect", "unprotect"};

// LineReader reads the lines "display set" prints.
class LineReader {
  public:
    LineReader(const Model& model, ConfigNode& root, const std::string& file)
        : model_(model), root_(root), file_(file) {}

    void read(std::string_view line) {
        ++line_;
        if (const auto error = split_line(line, tokens_)) {
            fail(error->column, error->reason);
        }
        if (tokens_.empty()) {
            return;
        }
        try {
            statement();
        } catch (const WordError& error) {
            fail(error.column, error.what());
        } catch (const ContradictionError& error) {
            const Step& step = error.step;
            fail(step.column, error.what());
        }
    }

  private:
    void statement() {
        const std::string& verb = tokens_[0].text;
        if (verb == "set") {
            apply_steps(root_, steps(tokens_.size()), line_, Contradiction::Refuse);
        } else if (verb == "deactivate") {
            existing(tokens_.size()).inactive = true;
        } else if (verb == "protect") {
            existing(tokens_.size()).protect = true;
        } else if (verb == "annotate" && tokens_.size() > 2) {
            if (tokens_.back().text.find("*/") != std::string::npos) {
                fail(tokens_.back().column, "a comment cannot hold '*/'");
            }
            existing(tokens_.size() - 1).comment = tokens_.back().text;
        } else {
            fail(tokens_[0].column, "unknown command '" + verb +
                                        "'; a configuration holds set lines, as in: set system "
                                        "host-name eti1");
        }
    }

    std::vector<Step> steps(std::size_t end) {
        WordParser parser(model_, Level{});
        for (std::size_t i = 1; i < end; ++i) {
            parser.take(tokens_[i]);
        }
        parser.finish(tokens_[end - 1].end,
                      tokens_[0].text == "set" ? WordParser::Open::No : WordParser::Open::Leaf);
        return parser.steps();
    }

    ConfigNode& existing(std::size_t end) {
        ConfigNode* at = &root_;
        std::vector<ConfigNode*> nodes;
        for (const Step& step : steps(end)) {
            ConfigNode* parent = step.parent == Step::kLevel ? &root_ : nodes[step.parent];
            at = parent->find(step.statement, step.values);
            if (at == nullptr) {
                fail(step.column,
                     "statement not found: '" + words_of(step.statement, step.values) + "'");
            }
            nodes.push_back(at);
        }
        if (at == &root_) {
            fail(tokens_[0].end, "missing argument.");
        }
        return *at;
    }

    [[noreturn]] void fail(std::size_t column, const std::string& reason) const {
        throw ConfigError(file_, line_, column, reason);
    }

    const Model& model_;
    ConfigNode& root_;
    const std::string& file_;
    std::size_t line_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

bool is_set_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t start = text.find_first_not_of(" \t\r\n");
        if (start == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(start);
        const std::size_t end =
            std::min(text.find_first_of(text[0] == '#' ? "\n" : " \t\r\n"), text.size());
        const std::string_view word = text.substr(0, end);
        if (word[0] != '#') {
            // Curly text has none of its marks in a line of words; a wrong line is better read as
            // one, as its error then names the command.
            const std::string_view line = text.substr(0, text.find('\n'));
            const bool verb =
                std::find(std::begin(kVerbs), std::end(kVerbs), word) != std::end(kVerbs);
            return verb || line.find_first_of(";{") == std::string_view::npos;
        }
        text.remove_prefix(end);
    }
    return true;
}

std::unique_ptr<ConfigNode> read_configuration(const Model& model, std::string_view text,
                                               const std::string& file) {
    if (text.size() > kMaxTextSize) {
        throw ConfigError(
            file, 0, 0,
            "the configuration is larger than " + std::to_string(kMaxTextSize >> 20) + " MiB");
    }
    if (!is_set_text(text)) {
        ParsedText parsed = parse_text(model, text, Level{}, Contradiction::Refuse);
        if (!parsed.errors.empty()) {
            const TextError& error = parsed.errors[0];
            throw ConfigError(file, error.line, error.column, error.message);
        }
        return std::move(parsed.root);
    }
    auto root = std::make_unique<ConfigNode>();
    LineReader reader(model, *root, file);
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        reader.read(text.substr(start, end - start));
        start = end + 1;
    }
    return root;
}

}  // namespace eti::config
