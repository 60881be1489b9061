// The words of a statement, as they are typed, against the schema. Knows nothing of a tree.
#pragma once

#include "config/candidate/config_node.h"
#include "config/model.h"
#include "config/tokens.h"

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

// PathStep is one container or list entry on the way from the top.
struct PathStep {
    Statement statement;
    std::vector<std::string> values;
};

// Level is a place in the hierarchy, whether or not a tree has it; empty: the top.
struct Level {
    std::vector<PathStep> path;

    Statement statement() const { return path.empty() ? Statement() : path.back().statement; }
    bool in_group() const { return !path.empty() && path.front().statement.hierarchy(); }
};
Level level_of(const ConfigNode& node);

// WordError is a word the schema does not take. Its message is a whole sentence, for a file;
// its brief is what the vendor's command line answers.
class WordError : public std::runtime_error {
  public:
    WordError(std::size_t at, std::string text, const std::string& message, std::string answer)
        : std::runtime_error(message),
          column(at),
          word(std::move(text)),
          brief(std::move(answer)) {}

    std::size_t column;  // from 1
    std::string word;    // empty: one is missing
    std::string brief;
};

// Step is one statement of a line and, by its index, the earlier one it stands under.
struct Step {
    static constexpr std::size_t kLevel = static_cast<std::size_t>(-1);

    Statement statement;
    std::vector<std::string> values;   // fewer than it needs: only where WordParser allows it
    std::vector<std::size_t> columns;  // of each value
    std::size_t column = 0;            // of the keyword, or of the first value
    std::size_t parent = kLevel;
};

// WordParser takes words one by one, below a level. After a leaf it goes on beside that leaf.
// Every member throws WordError.
class WordParser {
  public:
    WordParser(const Model& model, const Level& level);

    void take(const Token& token);
    // finish ends a line whose last word ends at a column. open: the last statement may lack its
    // value, and a container may stand alone.
    enum class Open { No, Leaf, List };  // List: also a list without keys
    void finish(std::size_t end_column, Open open = Open::No);
    const std::vector<Step>& steps() const { return steps_; }

    // What may come next.
    struct Expected {
        Statement value;           // a value of it, or
        std::string_view keyword;  // this word, or
        std::vector<Statement> statements;
        bool listed = false;   // the value stands in brackets
        bool closing = false;  // ']'
        bool may_end = false;
    };
    Expected expected() const;
    // here answers the level the next statement stands at, as an index into steps.
    std::size_t here() const { return parent_; }

  private:
    void take_statement(const Token& token);
    void take_value(const Token& token);
    void take_key(const Token& token);
    void add_value(const Token& token);
    void begin(Statement statement, const Token& token);
    Statement find(const Token& token) const;

    const Model& model_;
    Statement statement_;  // of the level
    bool in_group_;
    bool fresh_ = true;  // nothing was read at this level yet
    bool may_end_ = false;
    std::size_t parent_ = Step::kLevel;
    std::vector<Step> steps_;
    Statement pending_;  // waits for its values
    std::size_t pending_column_ = 0;
    bool keyword_due_ = false;  // of the next key
    enum class Bracket { None, Empty, Filled } bracket_ = Bracket::None;
};

// check_value says why a value is not legal for a statement; in a group, names may be patterns.
std::optional<std::string> check_value(Statement statement, const std::string& value,
                                       bool in_group);
bool is_pattern(std::string_view name);  // "<*>", "<ge-*>"

}  // namespace eti::config
