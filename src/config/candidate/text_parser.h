// Curly-brace text into a tree.
#pragma once

#include "config/candidate/apply.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace eti::config {

struct TextError {
    std::size_t line = 0;
    std::size_t column = 0;
    std::string word;     // empty: one is missing
    std::string message;  // a whole sentence
};
// listed answers the line of the vendor's "load": "terminal:3:(12) syntax error: xyz".
std::string listed(const TextError& error, const std::string& name);

// ParsedText is what a text says. Statements tagged "replace:", "delete:" or "active:" are in the
// tree with their tags; whoever loads the text does what they say.
struct ParsedText {
    enum class Tag { Replace, Delete, Active };

    std::unique_ptr<ConfigNode> root = std::make_unique<ConfigNode>();  // the top
    std::unordered_map<const ConfigNode*, Tag> tags;
    std::vector<TextError> errors;  // after each the text was read on at the next statement
};

// parse_text reads statements below a level; the tree has the level's path from the top.
ParsedText parse_text(const Model& model, std::string_view text, const Level& level,
                      Contradiction contradiction);

}  // namespace eti::config
