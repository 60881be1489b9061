#include "cli/pipes.h"

#include "cli/errors.h"
#include "cli/keywords.h"
#include "cli/regular_expression.h"
#include "cli/render.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

namespace eti::cli {
namespace {

constexpr std::size_t kMaxPipes = 16;

struct PipeWord {
    std::string_view word;
    std::string_view argument;  // empty: none
    std::string_view help;
};
constexpr std::array<PipeWord, 14> kPipes{{
    {"append", "<filename>", "Append output text to a file"},
    {"count", "", "Count occurrences"},
    {"display", "<form>", "Show additional kinds of information"},
    {"except", "<pattern>", "Show only text that does not match a pattern"},
    {"find", "<pattern>", "Search for first occurrence of pattern"},
    {"hold", "", "Hold text without exiting the --More-- prompt"},
    {"last", "<lines>", "Display end of output only"},
    {"match", "<pattern>", "Show only text that matches a pattern"},
    {"no-more", "", "Don't paginate output"},
    {"refresh", "<seconds>", "Show the output again every so many seconds"},
    {"resolve", "", "Resolve IP addresses"},
    {"save", "<filename>", "Save output text to a file"},
    {"tee", "<filename>", "Write output to a file and to the screen"},
    {"trim", "<columns>", "Trim specified number of columns from start of line"},
}};
constexpr std::array<PipeWord, 3> kForms{{
    {"json", "", "Show output in JSON format"},
    {"schema", "", "Show the JSON schema of the output"},
    {"xml", "", "Show output in XML format"},
}};
constexpr std::array<PipeWord, 1> kJsonForms{{{"flat", "", "Without wrapping every value"}}};
constexpr std::array<PipeWord, 1> kXmlForms{{{"rpc", "", "Show the remote procedure call"}}};

constexpr std::size_t kUsualLast = 10;
constexpr unsigned kMaxRefreshSeconds = 604'800;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

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

std::size_t count_of(const Token& token, const std::string& what) {
    std::size_t count = 0;
    const char* end = token.text.data() + token.text.size();
    const auto [stopped, error] = std::from_chars(token.text.data(), end, count);
    if (error != std::errc() || stopped != end) {
        throw SyntaxError(token.column, "syntax error, expecting " + what + ".");
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
    if (ends_ && !is_one_of(pipe.word, {"no-more", "hold"})) {
        throw SyntaxError(words[0].column, "syntax error, nothing is left after save and append.");
    }
    if (pipe.word == "display") {
        if (words.size() < 2) {
            throw SyntaxError(end, "missing argument.");
        }
        display(words.subspan(1));
        return;
    }
    const bool optional = is_one_of(pipe.word, {"last", "refresh"});
    const std::size_t most = pipe.argument.empty() ? 1 : 2;
    if (words.size() < most && !optional) {
        throw SyntaxError(end, "missing argument.");
    }
    if (words.size() > most) {
        throw SyntaxError(words[most].column, "syntax error.");
    }
    const Token* argument = words.size() == 2 ? &words[1] : nullptr;
    add_client_pipe(pipe.word, argument);
    add_filter(pipe.word, argument);
}

// What only the program at the terminal can do. hold is what its pager does anyway, and resolve
// does nothing: the control thread asks no name server.
void Pipeline::add_client_pipe(std::string_view pipe, const Token* argument) {
    if (is_one_of(pipe, {"save", "append", "tee"})) {
        file_ = OutputFile{argument->text, pipe == "append", pipe == "tee"};
        ends_ = pipe != "tee";
    } else if (pipe == "refresh") {
        refresh_seconds_ = argument == nullptr ? 1 : number_of(*argument, 1, kMaxRefreshSeconds);
    } else if (pipe == "no-more") {
        pager_ = false;
    }
}

void Pipeline::display(std::span<const Token> words) {
    const std::string_view form = choose(kForms, words[0]).word;
    form_ = form == "json" ? Form::Json : form == "xml" ? Form::Xml : Form::Schema;
    if (words.size() > 1 && form == "json") {
        choose(kJsonForms, words[1]);
        form_ = Form::FlatJson;
    } else if (words.size() > 1 && form == "xml") {
        choose(kXmlForms, words[1]);
        form_ = Form::Rpc;
    }
    const std::size_t most = form == "schema" ? 1 : 2;
    if (words.size() > most) {
        throw SyntaxError(words[most].column, "syntax error.");
    }
}

void Pipeline::add_filter(std::string_view pipe, const Token* argument) {
    if (pipe == "count") {
        filters_.emplace_back([](const Lines& lines, std::string& storage) {
            storage = "Count: " + std::to_string(lines.size()) + " lines";
            return Lines{storage};
        });
    } else if (pipe == "last") {
        const std::size_t count = argument == nullptr ? kUsualLast : count_of(*argument, "<lines>");
        filters_.emplace_back([count](Lines lines, std::string&) {
            lines.erase(lines.begin(),
                        lines.end() - static_cast<std::ptrdiff_t>(std::min(count, lines.size())));
            return lines;
        });
    } else if (pipe == "trim") {
        filters_.emplace_back(
            [count = count_of(*argument, "<columns>")](Lines lines, std::string&) {
                for (std::string_view& line : lines) {
                    line.remove_prefix(std::min(count, line.size()));
                }
                return lines;
            });
    } else if (pipe == "find") {
        filters_.emplace_back([pattern = pattern_of(*argument)](Lines lines, std::string&) {
            lines.erase(lines.begin(), std::find_if(lines.begin(), lines.end(), [&](auto line) {
                            return pattern->matches(line);
                        }));
            return lines;
        });
    } else if (pipe == "match" || pipe == "except") {
        filters_.emplace_back(
            [pattern = pattern_of(*argument), keep = pipe == "match"](Lines lines, std::string&) {
                std::erase_if(lines, [&](auto line) { return pattern->matches(line) != keep; });
                return lines;
            });
    }
}

std::vector<Completion> Pipeline::complete(std::span<const Token> words) {
    if (words.size() == 1) {
        return matching(kPipes, words[0].text);
    }
    const PipeWord& pipe = choose(kPipes, words[0]);
    if (pipe.word != "display") {
        return pipe.argument.empty() || words.size() > 2
                   ? std::vector<Completion>{}
                   : std::vector<Completion>{{std::string(pipe.argument), std::string(pipe.help)}};
    }
    if (words.size() == 2) {
        return matching(kForms, words[1].text);
    }
    if (words.size() == 3 && words[1].text == "json") {
        return matching(kJsonForms, words[2].text);
    }
    return words.size() == 3 && words[1].text == "xml" ? matching(kXmlForms, words[2].text)
                                                       : std::vector<Completion>{};
}

Answer Pipeline::answer(const Reply& reply) const {
    return answer(form_ == Form::Text  ? reply.text
                  : form_ == Form::Xml ? render_xml(reply.tree)
                                       : render_json(reply.tree));
}

Answer Pipeline::answer(std::string text) const {
    Answer answer{true, filter(std::move(text)), {}};
    answer.file = file_;
    answer.refresh_seconds = refresh_seconds_;
    answer.pager = pager_;
    return answer;
}

std::string Pipeline::filter(std::string text) const {
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
