// What may follow a command after '|': display forms and line filters, chained.
#pragma once

#include "cli/element.h"
#include "cli/tokens.h"
#include "eti/cli/interpreter.h"

#include <functional>
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
    // filter is for text that is already in its form.
    std::string filter(std::string text) const;
    // client_actions are the pipes that only the program at the terminal can do.
    const std::vector<ClientAction>& client_actions() const { return client_actions_; }

  private:
    using Lines = std::vector<std::string_view>;
    using Filter = std::function<Lines(Lines, std::string& storage)>;

    void add(std::span<const Token> words, std::size_t end);
    void display(std::span<const Token> words);
    void add_filter(std::string_view pipe, const Token* argument);

    Form form_ = Form::Text;
    std::vector<Filter> filters_;
    std::vector<ClientAction> client_actions_;
    bool ends_ = false;  // the output went to a file
};

}  // namespace eti::cli
