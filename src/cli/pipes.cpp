#include "cli/pipes.h"

#include "cli/errors.h"
#include "cli/keywords.h"
#include "cli/regular_expression.h"
#include "cli/render.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace eti::cli {
namespace {

constexpr std::size_t kMaxPipes = 16;
constexpr unsigned kMaxRefreshSeconds = 604'800;

struct PipeWord {
    std::string_view word;
    std::string_view argument;  // empty: none
    std::string_view help;
};
constexpr std::array<PipeWord, 11> kPipes{{
    {"append", "<filename>", "Append output text to a file"},
    {"count", "", "Count occurrences"},
    {"display", "<form>", "Show additional kinds of information"},
    {"except", "<pattern>", "Show only text that does not match a pattern"},
    {"find", "<pattern>", "Search for first occurrence of pattern"},
    {"last", "<lines>", "Display end of output only"},
    {"match", "<pattern>", "Show only text that matches a pattern"},
    {"no-more", "", "Don't paginate output"},
    {"refresh", "<seconds>", "Show the output again every so many seconds"},
    {"save", "<filename>", "Save output text to a file"},
    {"tee", "<filename>", "Write output to a file and to the screen"},
}};
constexpr std::array<PipeWord, 2> kForms{{
    {"json", "", "Show output in JSON format"},
    {"xml", "", "Show output in XML format"},
}};

// choose finds the one word that token names or abbreviates. Throws SyntaxError.
template <std::size_t N>
const PipeWord& choose(const std::array<PipeWord, N>& words, const Token& token) {
    const PipeWord* found = nullptr;
    for (const PipeWord& word : words) {
        if (word.word == token.text) {
            return word;
        }
        if (!token.text.empty() && word.word.starts_with(token.text)) {
            if (found != nullptr) {
                throw SyntaxError(token.column, "'" + token.text + "' is ambiguous.");
            }
            found = &word;
        }
    }
    if (found == nullptr) {
        throw SyntaxError(token.column, "syntax error.");
    }
    return *found;
}

template <std::size_t N>
std::vector<Completion> matching(const std::array<PipeWord, N>& words, std::string_view prefix) {
    std::vector<Completion> found;
    for (const PipeWord& word : words) {
        if (word.word.starts_with(prefix)) {
            found.push_back({std::string(word.word), std::string(word.help)});
        }
    }
    return found;
}

std::size_t line_count_of(const Token& token) {
    std::size_t count = 0;
    const char* end = token.text.data() + token.text.size();
    const auto [stopped, error] = std::from_chars(token.text.data(), end, count);
    if (error != std::errc() || stopped != end) {
        throw SyntaxError(token.column, "syntax error, expecting <lines>.");
    }
    return count;
}

std::shared_ptr<const RegularExpression> pattern_of(const Token& token) {
    try {
        return std::make_shared<const RegularExpression>(token.text);
    } catch (const CommandError& error) {
        throw SyntaxError(token.column, error.what());
    }
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

}  // namespace

Pipeline Pipeline::parse(std::span<const Token> tokens, std::size_t end) {
    Pipeline pipeline;
    std::size_t pipes = 0;
    while (!tokens.empty()) {
        const std::size_t start = tokens.front().column;
        tokens = tokens.subspan(1);  // the '|'
        const auto next =
            std::find_if(tokens.begin(), tokens.end(), [](const Token& t) { return t.pipe; });
        const auto count = static_cast<std::size_t>(next - tokens.begin());
        if (++pipes > kMaxPipes) {
            throw SyntaxError(start, "more than " + std::to_string(kMaxPipes) + " pipes.");
        }
        pipeline.add(tokens.first(count), next == tokens.end() ? end : next->column);
        tokens = tokens.subspan(count);
    }
    return pipeline;
}

void Pipeline::add(std::span<const Token> words, std::size_t end) {
    if (words.empty()) {
        throw SyntaxError(end, "missing argument.");
    }
    const PipeWord& pipe = choose(kPipes, words[0]);
    const std::size_t expected = pipe.argument.empty() ? 1 : 2;
    if (words.size() < expected) {
        throw SyntaxError(end, "missing argument.");
    }
    if (words.size() > expected) {
        throw SyntaxError(words[expected].column, "syntax error.");
    }
    if (pipe.word == "display") {
        form_ = choose(kForms, words[1]).word == "json" ? Form::Json : Form::Xml;
    } else if (pipe.word == "count") {
        filters_.emplace_back([](const Lines& lines, std::string& storage) {
            storage = "Count: " + std::to_string(lines.size()) + " lines";
            return Lines{storage};
        });
    } else if (pipe.word == "last") {
        filters_.emplace_back([count = line_count_of(words[1])](Lines lines, std::string&) {
            lines.erase(lines.begin(),
                        lines.end() - static_cast<std::ptrdiff_t>(std::min(count, lines.size())));
            return lines;
        });
    } else if (pipe.word == "find") {
        filters_.emplace_back([pattern = pattern_of(words[1])](Lines lines, std::string&) {
            lines.erase(lines.begin(), std::find_if(lines.begin(), lines.end(), [&](auto line) {
                            return pattern->matches(line);
                        }));
            return lines;
        });
    } else if (pipe.word == "match" || pipe.word == "except") {
        filters_.emplace_back([pattern = pattern_of(words[1]), keep = pipe.word == "match"](
                                  Lines lines, std::string&) {
            std::erase_if(lines, [&](auto line) { return pattern->matches(line) != keep; });
            return lines;
        });
    } else if (pipe.word == "save" || pipe.word == "append" || pipe.word == "tee") {
        file_ = OutputFile{words[1].text, pipe.word == "append", pipe.word == "tee"};
    } else if (pipe.word == "refresh") {
        refresh_seconds_ = number_of(words[1], 1, kMaxRefreshSeconds);
    } else if (pipe.word == "no-more") {
        pager_ = false;
    }
}

std::vector<Completion> Pipeline::complete(std::span<const Token> words) {
    if (words.size() == 1) {
        return matching(kPipes, words[0].text);
    }
    if (words.size() != 2) {
        return {};
    }
    const PipeWord& pipe = choose(kPipes, words[0]);
    if (pipe.word == "display") {
        return matching(kForms, words[1].text);
    }
    return pipe.argument.empty()
               ? std::vector<Completion>{}
               : std::vector<Completion>{{std::string(pipe.argument), std::string(pipe.help)}};
}

Answer Pipeline::answer(const Reply& reply) const {
    Answer answer{true, apply(reply), {}};
    answer.file = file_;
    answer.refresh_seconds = std::max(refresh_seconds_, reply.refresh_seconds);
    answer.pager = pager_;
    return answer;
}

std::string Pipeline::apply(const Reply& reply) const {
    std::string text = reply.text;
    if (form_ != Form::Text) {
        text = form_ == Form::Json ? render_json(reply.tree) : render_xml(reply.tree);
    }
    for (const Filter& filter : filters_) {
        std::string storage;
        std::string next;
        for (const std::string_view line : filter(split_lines(text), storage)) {
            next += line;
            next += '\n';
        }
        text = std::move(next);
    }
    return text;
}

}  // namespace eti::cli
