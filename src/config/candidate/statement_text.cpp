#include "config/candidate/statement_text.h"

namespace eti::config {

std::string quoted(std::string_view word) {
    // What the shell or either reader would take for something else than a part of a word.
    const bool plain = !word.empty() &&
                       word.find_first_of(" \t\"\\;{}[]#|&()'$!?`") == std::string_view::npos &&
                       !word.starts_with("/*");
    if (plain) {
        return std::string(word);
    }
    std::string text = "\"";
    for (const char c : word) {
        if (c == '"' || c == '\\') {
            text.push_back('\\');
        }
        text.push_back(c);
    }
    return text + '"';
}

std::string words_of(Statement statement, const std::vector<std::string>& values, bool mask) {
    std::string words(statement.keyword());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string_view keyword = i == 0 ? std::string_view() : statement.key_keyword(i);
        if (!keyword.empty()) {
            words.append(" ").append(keyword);
        }
        words.append(words.empty() ? "" : " ");
        words.append(mask && statement.secret() ? std::string(kSecret) : quoted(values[i]));
    }
    return words;
}

std::string words_of(const ConfigNode& node, bool mask) {
    return words_of(node.statement, node.values, mask);
}

std::string path_words(const Level& level) {
    std::string words;
    for (const PathStep& step : level.path) {
        words.append(words.empty() ? "" : " ").append(words_of(step.statement, step.values));
    }
    return words;
}

std::string banner(const Level& level) {
    const std::string words = path_words(level);
    return words.empty() ? "[edit]" : "[edit " + words + "]";
}

}  // namespace eti::config
