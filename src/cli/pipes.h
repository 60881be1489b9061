// What may follow a command after '|': display forms and line filters, chained.
#pragma once

#include "cli/element.h"
#include "cli/tokens.h"
#include "eti/cli/answer.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eti::cli {

struct Reply {
    Element tree;
    std::string text;
    unsigned refresh_seconds = 0;  // of monitor commands
};

class Pipeline {
  public:
    // parse reads the tokens from the first '|' on; end is the column past the line.
    // Throws SyntaxError.
    static Pipeline parse(std::span<const Token> tokens, std::size_t end);
    // complete answers for the tokens after the last '|', the last one being incomplete.
    static std::vector<Completion> complete(std::span<const Token> words);

    bool wants_tree() const { return form_ != Form::Text; }
    // answer is the reply in its form, filtered, and what the client does with it.
    Answer answer(const Reply& reply) const;

  private:
    enum class Form : uint8_t { Text, Json, Xml };
    using Lines = std::vector<std::string_view>;
    using Filter = std::function<Lines(Lines, std::string& storage)>;

    void add(std::span<const Token> words, std::size_t end);
    std::string apply(const Reply& reply) const;

    Form form_ = Form::Text;
    std::vector<Filter> filters_;
    std::optional<OutputFile> file_;
    unsigned refresh_seconds_ = 0;
    bool pager_ = true;
};

}  // namespace eti::cli
