#include "cli/grammar.h"

#include "cli/errors.h"
#include "cli/keywords.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eti::cli {
namespace {

constexpr std::array<Keyword, 22> kKeywordHelp{{
    {"show", "Show system information"},
    {"clear", "Clear information in the system"},
    {"help", "Provide help information"},
    {"set", "Set CLI properties"},
    {"start", "Start a shell"},
    {"cli", "Command-line interface settings"},
    {"system", "Show system information"},
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
    for (const Keyword& row : kKeywordHelp) {
        if (row.word == keyword) {
            return std::string(row.help);
        }
    }
    return {};
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

bool Grammar::advance(Position& position, const Token& word) const {
    if (position.awaiting != nullptr) {
        position.options[position.awaiting->keyword] = word.text;
        position.awaiting = nullptr;
        return true;
    }
    std::vector<Completion> found = candidates(position, word.text);
    const auto exact = std::find_if(found.begin(), found.end(),
                                    [&](const Completion& c) { return c.word == word.text; });
    if (exact != found.end()) {
        found = {*exact};
    }
    const Command* command = position.node->command;
    if (found.empty() && command != nullptr && !command->rest.empty()) {
        return false;
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
        return true;
    }
    const Option* option = find_option(*command, keyword);
    position.options[option->keyword] = {};
    position.awaiting = option->value.empty() ? nullptr : option;
    return true;
}

ParsedCommand Grammar::parse(std::span<const Token> words, std::size_t end) const {
    Position position{&root_, {}, nullptr};
    std::size_t read = 0;
    while (read < words.size() && advance(position, words[read])) {
        ++read;
    }
    if (position.awaiting != nullptr) {
        throw SyntaxError(end, "missing argument.");
    }
    if (position.node->command == nullptr) {
        throw SyntaxError(end, "syntax error, expecting <command>.");
    }
    return {position.node->command, std::move(position.options), read};
}

Grammar::Found Grammar::complete(std::span<const Token> words) const {
    Position position{&root_, {}, nullptr};
    const std::size_t last = words.size() - 1;
    std::size_t read = 0;
    while (read < last && advance(position, words[read])) {
        ++read;
    }
    const Command* command = position.node->command;
    Found found;
    found.may_end = command != nullptr && position.awaiting == nullptr;
    if (read == last) {
        found.candidates = candidates(position, words.back().text);
    }
    if (found.may_end && !command->rest.empty()) {
        found.rest = command;
        found.rest_at = read;
    }
    return found;
}

}  // namespace eti::cli
