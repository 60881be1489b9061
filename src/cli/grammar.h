// The operational grammar: a tree of keywords built from the table of commands.
#pragma once

#include "cli/command_line.h"
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
    std::string_view rpc{};  // the command's name in XML when this is given; empty: the usual one

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
    Session* session = nullptr;  // of the operator; null: a line without one
    Part rest{};                 // what followed the command, of those that take it

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
    std::string_view shape{};
    std::string_view rpc{};  // its name in XML
    Needs needs = Needs::Nothing;
    // What follows the path as it was typed, "<statement>"; empty: nothing may.
    std::string_view rest{};
    // Instead of run, for what is done to the operator's session. Throws as run does.
    Answer (*in_session)(Session&, const Call&) = nullptr;
    Completions (*complete_rest)(Session&, const Part&) = nullptr;
    unsigned refresh_seconds = 0;  // of monitor commands, which are shown again and again; 0: once
};

struct ParsedCommand {
    const Command* command = nullptr;
    OptionValues options;
    std::size_t words = 0;  // of the command and its options; the others are the rest
};

class Grammar {
  public:
    explicit Grammar(std::span<const Command> commands);  // commands must outlive it

    // parse throws SyntaxError; end is the column past the line.
    ParsedCommand parse(std::span<const Token> words, std::size_t end) const;
    // complete answers for words of which the last one is incomplete (possibly empty). Throws
    // SyntaxError for one before it.
    struct Found {
        std::vector<Completion> candidates;
        bool may_end = false;           // a whole command stands before the last word
        const Command* rest = nullptr;  // the command whose rest is being typed,
        std::size_t rest_at = 0;        // which starts at this word
    };
    Found complete(std::span<const Token> words, const control::Status& status) const;

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
    // advance returns false at the first word of a command's rest.
    bool advance(Position& position, const Token& word) const;
    static std::vector<Completion> keywords(const Position& position, std::string_view prefix);
    static const Option* next_value(const Position& position);
    // missing is the first required option that was not given, or null.
    static const Option* missing(const Position& position);

    Node root_;
};

}  // namespace eti::cli
