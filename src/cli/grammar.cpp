#include "cli/grammar.h"

#include "cli/errors.h"
#include "cli/render.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eti::cli {
namespace {

struct KeywordHelp {
    std::string_view keyword;
    std::string_view help;
};
// Keywords on the way to a command; the commands bring their own help.
constexpr std::array<KeywordHelp, 16> kKeywordHelp{{
    {"show", "Show system information"},
    {"request", "Make system-level requests"},
    {"services", "Show services information"},
    {"security", "Show security information"},
    {"security-metadata-streaming", "Show security metadata streaming information"},
    {"security-intelligence", "Show security intelligence information"},
    {"advanced-anti-malware", "Show advanced anti-malware information"},
    {"http", "Show metadata streaming of encrypted sessions"},
    {"category", "Show categories and their feeds"},
    {"update", "Show feed updates"},
    {"flow", "Show flow information"},
    {"forward-options", "Show forwarding options information"},
    {"download", "Download feeds"},
    {"dynamic-address", "Show dynamic address entries"},
    {"session", "Show live sessions"},
    {"version", "Show the running version"},
}};

std::string help_of(std::string_view keyword) {
    for (const KeywordHelp& row : kKeywordHelp) {
        if (row.keyword == keyword) {
            return std::string(row.help);
        }
    }
    return {};
}

std::string ambiguous(const std::string& word, const std::vector<Completion>& candidates) {
    std::string message = "'" + word + "' is ambiguous.\nPossible completions:";
    for (const Completion& candidate : candidates) {
        message += "\n  " + pad(candidate.word, 22) + candidate.help;
    }
    return message;
}

const Option* find_option(const Command& command, std::string_view keyword) {
    const auto found = std::find_if(command.options.begin(), command.options.end(),
                                    [&](const Option& o) { return o.keyword == keyword; });
    return found == command.options.end() ? nullptr : &*found;
}

}  // namespace

Grammar::Grammar(std::span<const Command> commands) {
    for (const Command& command : commands) {
        Node* node = &root_;
        std::string_view rest = command.path;
        while (!rest.empty()) {
            const std::size_t blank = rest.find(' ');
            auto& child = node->children[rest.substr(0, blank)];
            if (child == nullptr) {
                child = std::make_unique<Node>();
            }
            node = child.get();
            rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
        }
        node->command = &command;
    }
}

std::vector<Completion> Grammar::candidates(const Position& position, std::string_view prefix) {
    std::vector<Completion> found;
    if (position.awaiting != nullptr) {
        return {{std::string(position.awaiting->value), std::string(position.awaiting->help)}};
    }
    if (position.options.empty()) {  // after an option only more options may come
        for (const auto& [keyword, child] : position.node->children) {
            if (keyword.starts_with(prefix)) {
                const Command* command = child->command;
                found.push_back({std::string(keyword), command != nullptr
                                                           ? std::string(command->help)
                                                           : help_of(keyword)});
            }
        }
    }
    if (position.node->command != nullptr) {
        for (const Option& option : position.node->command->options) {
            if (option.keyword.starts_with(prefix) && !position.options.contains(option.keyword)) {
                found.push_back({std::string(option.keyword), std::string(option.help)});
            }
        }
    }
    return found;
}

void Grammar::advance(Position& position, const Token& word) const {
    if (position.awaiting != nullptr) {
        position.options[position.awaiting->keyword] = word.text;
        position.awaiting = nullptr;
        return;
    }
    std::vector<Completion> found = candidates(position, word.text);
    const auto exact = std::find_if(found.begin(), found.end(),
                                    [&](const Completion& c) { return c.word == word.text; });
    if (exact != found.end()) {
        found = {*exact};
    }
    if (found.empty() || word.text.empty()) {
        throw SyntaxError(word.column, position.node == &root_
                                           ? "unknown command."
                                           : "syntax error, expecting <command>.");
    }
    if (found.size() > 1) {
        throw SyntaxError(word.column, ambiguous(word.text, found));
    }
    const std::string& keyword = found.front().word;
    if (const auto child = position.node->children.find(keyword);
        child != position.node->children.end() && position.options.empty()) {
        position.node = child->second.get();
        return;
    }
    const Option* option = find_option(*position.node->command, keyword);
    position.options[option->keyword] = {};
    position.awaiting = option->value.empty() ? nullptr : option;
}

ParsedCommand Grammar::parse(std::span<const Token> words, std::size_t end) const {
    Position position{&root_, {}, nullptr};
    for (const Token& word : words) {
        advance(position, word);
    }
    if (position.awaiting != nullptr) {
        throw SyntaxError(end, "missing argument.");
    }
    if (position.node->command == nullptr) {
        throw SyntaxError(end, "syntax error, expecting <command>.");
    }
    return {position.node->command, std::move(position.options)};
}

std::vector<Completion> Grammar::complete(std::span<const Token> words) const {
    Position position{&root_, {}, nullptr};
    try {
        for (const Token& word : words.first(words.size() - 1)) {
            advance(position, word);
        }
    } catch (const SyntaxError&) {
        return {};
    }
    return candidates(position, words.back().text);
}

}  // namespace eti::cli
