// The operational grammar: a tree of keywords built from the table of commands.
#pragma once

#include "cli/pipes.h"
#include "cli/tokens.h"
#include "eti/cli/backend.h"
#include "eti/cli/interpreter.h"
#include "eti/uplink/diagnostics.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

// Option is a keyword that may follow a command, in any order, at most once. Without a keyword it
// is a value alone, and those come in their order.
struct Option {
    std::string_view keyword;
    std::string_view value;  // "<name>", or empty: the keyword stands alone
    std::string_view help;
    bool required = false;
    // names offers what the daemon knows for the value; null: nothing.
    std::vector<std::string> (*names)(const control::Status&) = nullptr;

    std::string_view key() const { return keyword.empty() ? value : keyword; }
};

using OptionValues = std::map<std::string_view, std::string>;  // by key

struct Invocation {
    const control::Status& status;
    const control::SessionListing& sessions;   // empty unless the command asks for them
    const std::vector<uplink::Check>& checks;  // of the cloud link, likewise
    const OptionValues& options;
    Backend& backend;
    bool wants_tree;  // else the text is shown; only commands with long lists need to know

    bool has(std::string_view key) const { return options.contains(key); }
    // value returns an empty text when the option was not given.
    std::string value(std::string_view key) const {
        const auto found = options.find(key);
        return found == options.end() ? std::string() : found->second;
    }
    // number throws CommandError for anything but digits up to most.
    uint64_t number(std::string_view key, uint64_t otherwise, uint64_t most) const;
};

// What a command waits for before it runs.
enum class Needs : uint8_t { Nothing, Sessions, LinkChecks };

struct Command {
    std::string_view path;  // keywords separated by one blank
    std::string_view help;
    std::vector<Option> options;
    Reply (*run)(const Invocation&) = nullptr;  // throws CommandError
    // The reply's elements, see shape.h; the schema and the flat JSON form come from it.
    std::string_view shape;
    std::string_view rpc;  // its name in XML
    Needs needs = Needs::Nothing;
};

struct ParsedCommand {
    const Command* command = nullptr;
    OptionValues options;
};

class Grammar {
  public:
    explicit Grammar(std::span<const Command> commands);  // commands must outlive it

    // parse throws SyntaxError; end is the column past the line.
    ParsedCommand parse(std::span<const Token> words, std::size_t end) const;
    // complete answers for words of which the last one is incomplete (possibly empty).
    std::vector<Completion> complete(std::span<const Token> words,
                                     const control::Status& status) const;

  private:
    struct Node {
        std::map<std::string_view, std::unique_ptr<Node>> children;
        const Command* command = nullptr;
    };
    // Position is how far a line has been read.
    struct Position {
        const Node* node = nullptr;
        OptionValues options;
        const Option* awaiting = nullptr;  // the option whose value comes next
    };
    void advance(Position& position, const Token& word) const;
    static std::vector<Completion> keywords(const Position& position, std::string_view prefix);
    static const Option* next_value(const Position& position);

    Node root_;
};

}  // namespace eti::cli
