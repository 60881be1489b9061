#include "cli/grammar.h"

#include "cli/errors.h"
#include "cli/keyword_help.h"
#include "cli/keywords.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace eti::cli {
namespace {

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

std::vector<Completion> Grammar::keywords(const Position& position, std::string_view prefix) {
    std::vector<Completion> found;
    if (position.options.empty()) {  // after an option only more options may come
        for (const auto& [keyword, child] : position.node->children) {
            if (keyword.starts_with(prefix)) {
                const Command* command = child->command;
                found.push_back(
                    {std::string(keyword),
                     std::string(command != nullptr ? command->help : keyword_help(keyword))});
            }
        }
    }
    if (position.node->command != nullptr) {
        for (const Option& option : position.node->command->options) {
            if (!option.keyword.empty() && option.keyword.starts_with(prefix) &&
                !position.options.contains(option.keyword)) {
                found.push_back({std::string(option.keyword), std::string(option.help)});
            }
        }
    }
    return found;
}

// next_value is the value that may come without a keyword, or null.
const Option* Grammar::next_value(const Position& position) {
    if (position.node->command == nullptr) {
        return nullptr;
    }
    for (const Option& option : position.node->command->options) {
        if (option.keyword.empty() && !position.options.contains(option.value)) {
            return &option;
        }
    }
    return nullptr;
}

const Option* Grammar::missing(const Position& position) {
    for (const Option& option : position.node->command->options) {
        if (option.required && !position.options.contains(option.key())) {
            return &option;
        }
    }
    return nullptr;
}

bool Grammar::advance(Position& position, const Token& word) const {
    if (position.awaiting != nullptr) {
        position.options[position.awaiting->key()] = word.text;
        position.awaiting = nullptr;
        return true;
    }
    std::vector<Completion> found = keywords(position, word.text);
    const auto exact = std::find_if(found.begin(), found.end(),
                                    [&](const Completion& c) { return c.word == word.text; });
    if (exact != found.end()) {
        found = {*exact};
    }
    const Option* value = next_value(position);
    if (value != nullptr && !word.text.empty() && (found.empty() || word.text != found[0].word)) {
        position.options[value->key()] = word.text;
        return true;
    }
    const Command* command = position.node->command;
    if (found.empty() && command != nullptr && !command->rest.empty()) {
        return false;
    }
    if (command != nullptr && names_another_system(word.text)) {
        throw SyntaxError(word.column,
                          "syntax error, this device has no logical systems and no tenants.");
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
    if (option->value.empty()) {
        position.options[option->keyword];
    } else {
        position.awaiting = option;
    }
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
    if (const Option* option = missing(position); option != nullptr) {
        throw SyntaxError(end, "missing argument, expecting " + std::string(option->key()) + ".");
    }
    return {position.node->command, std::move(position.options), read};
}

Grammar::Found Grammar::complete(std::span<const Token> words,
                                 const control::Status& status) const {
    Position position{&root_, {}, nullptr};
    const std::size_t last = words.size() - 1;
    std::size_t read = 0;
    while (read < last && advance(position, words[read])) {
        ++read;
    }
    const Command* command = position.node->command;
    const std::string& prefix = words.back().text;
    Found found;
    found.may_end =
        command != nullptr && position.awaiting == nullptr && missing(position) == nullptr;
    const Option* value = position.awaiting;
    if (read == last && value == nullptr) {
        found.candidates = keywords(position, prefix);
        value = next_value(position);
    }
    if (value != nullptr) {
        found.candidates.push_back({std::string(value->value), std::string(value->help)});
        for (const std::string& name :
             value->names != nullptr ? value->names(status) : std::vector<std::string>{}) {
            if (name.starts_with(prefix)) {
                found.candidates.push_back({name, {}, ' ', true});
            }
        }
    }
    if (found.may_end && !command->rest.empty()) {
        found.rest = command;
        found.rest_at = read;
    }
    return found;
}

uint64_t Invocation::number(std::string_view key, uint64_t otherwise, uint64_t most) const {
    if (!has(key)) {
        return otherwise;
    }
    const std::string text = value(key);
    uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end || number > most) {
        throw CommandError("Value " + text + " is not within range (0.." + std::to_string(most) +
                           ")");
    }
    return number;
}

}  // namespace eti::cli
