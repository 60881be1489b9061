#include "cli/completion_reply.h"

#include "cli/keywords.h"

#include <algorithm>

namespace eti::cli {
namespace {

bool is_value(const Completion& candidate) {
    return candidate.word.starts_with('<') || candidate.word.starts_with('[');
}

char character_of(Key key) {
    return key == Key::Help ? '?' : ' ';
}

std::string quoted(const std::string& word) {
    if (word.find_first_of(" \t\"|;{}[]#") == std::string::npos) {
        return word;
    }
    std::string text = "\"";
    for (const char c : word) {
        text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    }
    return text + "\"";
}

// Words that the key may put in place of the one being typed.
std::vector<Completion> words_for(const Completions& completions, std::string_view typed, Key key) {
    std::vector<Completion> words;
    for (const Completion& candidate : completions.candidates) {
        if (is_value(candidate) || (candidate.user_defined && key != Key::Tab)) {
            continue;
        }
        if (candidate.word == typed) {
            return {candidate};
        }
        if (candidate.word.starts_with(typed)) {
            words.push_back(candidate);
        }
    }
    return words;
}

std::string common_prefix(const std::vector<Completion>& words) {
    std::string prefix = words.front().word;
    for (const Completion& other : words) {
        const auto [end, unused] =
            std::mismatch(prefix.begin(), prefix.end(), other.word.begin(), other.word.end());
        prefix.erase(end, prefix.end());
    }
    return prefix;
}

std::string listing(const Completions& completions) {
    std::vector<Completion> rows;
    if (completions.may_end) {
        rows.push_back({"<[Enter]>", "Execute this command"});
    }
    rows.insert(rows.end(), completions.candidates.begin(), completions.candidates.end());
    if (completions.pipes) {
        rows.push_back({"|", "Pipe through a command"});
    }
    return rows.empty() ? "No valid completions\n" : possible_completions(rows) + "\n";
}

}  // namespace

CompletionReply reply_to_key(const Completions& completions, std::string_view line, Key key) {
    const std::string_view typed = line.substr(std::min(completions.column, line.size()));
    if (completions.quoted) {
        return {std::string(typed) + character_of(key), {}, {}};
    }
    const std::string literal = std::string(typed) + " ";
    if (completions.problem && key != Key::Help) {
        return key == Key::Space ? CompletionReply{literal, {}, {}} : CompletionReply{};
    }
    if (completions.problem) {
        return {{}, completions.problem->message + "\n", completions.problem->column};
    }
    if (key == Key::Help) {
        return {{}, listing(completions), {}};
    }
    if (typed.empty() && key == Key::Space) {
        return {literal, {}, {}};
    }
    const std::vector<Completion> words = words_for(completions, typed, key);
    if (words.size() == 1) {
        return {quoted(words.front().word) + " ", {}, {}};
    }
    if (words.empty()) {  // a value, or a mistake that is told when the line is sent
        return key == Key::Space ? CompletionReply{literal, {}, {}} : CompletionReply{};
    }
    if (key == Key::Tab) {
        const std::string prefix = common_prefix(words);
        return prefix.size() > typed.size() ? CompletionReply{prefix, {}, {}}
                                            : CompletionReply{{}, listing(completions), {}};
    }
    const bool value = std::any_of(completions.candidates.begin(), completions.candidates.end(),
                                   [](const Completion& c) { return is_value(c); });
    if (value) {
        return {literal, {}, {}};
    }
    return {{}, ambiguous(std::string(typed), words) + "\n", completions.column};
}

}  // namespace eti::cli
