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
};

class Pipeline {
  public:
    // parse reads the tokens from the first '|' on; end is the column past the line.
    // Throws SyntaxError.
    static Pipeline parse(std::span<const Token> tokens, std::size_t end);
    // complete answers for the tokens after the last '|', the last one being incomplete.
    static std::vector<Completion> complete(std::span<const Token> words);

    // Rpc and Schema speak of the command and need no reply.
    enum class Form : uint8_t { Text, Json, FlatJson, Xml, Rpc, Schema };
    Form form() const { return form_; }
    bool wants_tree() const { return form_ != Form::Text; }
    // answer takes the text in its form, filters it, and says what the client does with it.
    Answer answer(std::string text) const;
    // The same for a reply without a shape: as text, JSON or XML.
    Answer answer(const Reply& reply) const;

  private:
    using Lines = std::vector<std::string_view>;
    using Filter = std::function<Lines(Lines, std::string& storage)>;

    void add(std::span<const Token> words, std::size_t end);
    void display(std::span<const Token> words);
    void add_filter(std::string_view pipe, const Token* argument);
    void add_client_pipe(std::string_view pipe, const Token* argument);
    std::string filter(std::string text) const;

    Form form_ = Form::Text;
    std::vector<Filter> filters_;
    std::optional<OutputFile> file_;
    unsigned refresh_seconds_ = 0;
    bool pager_ = true;
    bool ends_ = false;  // the output went to a file
};

}  // namespace eti::cli
