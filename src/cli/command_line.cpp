#include "cli/command_line.h"

#include "cli/errors.h"

#include <algorithm>

namespace eti::cli {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool past_word(std::string_view line) {
    return line.empty() || kBlanks.find(line.back()) != std::string_view::npos ||
           line.back() == '|';
}

}  // namespace

CommandLine::CommandLine(std::string_view line)
    : line_(line), list_(tokenize(line)), last_(line.find_last_not_of(kBlanks) + 1) {
    const auto pipe = std::find_if(list_.tokens.begin(), list_.tokens.end(),
                                   [](const Token& t) { return t.pipe; });
    words_ = static_cast<std::size_t>(pipe - list_.tokens.begin());
}

void CommandLine::require_closed_quotes() const {
    if (list_.open_quote) {
        throw SyntaxError(list_.tokens.back().column, "syntax error, missing closing quote.");
    }
}

Part CommandLine::words() const {
    if (words_ == list_.tokens.size()) {
        return all_words();
    }
    const std::string_view before = line_.substr(0, list_.tokens[words_].column);
    return {line_, std::span(list_.tokens).first(words_), before.find_last_not_of(kBlanks) + 1};
}

Part CommandLine::all_words() const {
    return {line_, std::span(list_.tokens), last_};
}

std::span<const Token> CommandLine::pipes() const {
    return std::span(list_.tokens).subspan(words_);
}

LineInProgress::LineInProgress(std::string_view line) : line_(line), list_(tokenize(line)) {
    if (!list_.open_quote && (list_.tokens.empty() || past_word(line))) {
        list_.tokens.push_back({{}, line.size(), false});
    }
    const auto pipe = std::find_if(list_.tokens.rbegin(), list_.tokens.rend(),
                                   [](const Token& t) { return t.pipe; });
    pipe_ = pipe == list_.tokens.rend()
                ? list_.tokens.size()
                : list_.tokens.size() - 1 - static_cast<std::size_t>(pipe - list_.tokens.rbegin());
}

Part LineInProgress::first_words() const {
    const std::span all(list_.tokens);
    const auto pipe = std::find_if(all.begin(), all.end(), [](const Token& t) { return t.pipe; });
    const std::size_t end = pipe == all.end() ? line_.size() : pipe->column;
    return {line_, all.first(static_cast<std::size_t>(pipe - all.begin())), end};
}

std::span<const Token> LineInProgress::last_pipe() const {
    const std::span all(list_.tokens);
    return in_pipe() ? all.subspan(pipe_ + 1) : all;
}

}  // namespace eti::cli
