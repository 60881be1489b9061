// What one operator does in configuration mode: editing, showing, loading and committing.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

// Choice is one possible completion.
struct Choice {
    char marker = ' ';  // '>': has statements below it, '+': takes several values
    std::string word;   // "<name>" for a value to be typed
    std::string help;
    bool user_defined = false;  // a name from the configuration: offered by Tab, not by Space
};
struct Choices {
    std::size_t column = 0;  // from 0, in the arguments: where the word being completed starts
    std::vector<Choice> choices;
    bool may_end = false;  // the line may be sent as it is
};

// EditError refuses a command, which then has changed nothing. what() is what the operator reads.
class EditError : public std::runtime_error {
  public:
    explicit EditError(const std::string& message, std::optional<std::size_t> at = {})
        : std::runtime_error(message), column(at) {}

    std::optional<std::size_t> column;  // of the bad word, from 0, in the arguments
};

enum class Access { Shared, Private, Exclusive };
enum class Form { Text, Set, Xml, Json };
enum class LoadMode { Merge, Override, Replace, Update, Set, Patch };

struct ShowOptions {
    Form form = Form::Text;
    bool inheritance = false;  // with what groups and defaults add, and where it comes from
    bool changed = false;      // mark what differs from the active configuration
    bool relative = false;     // set lines relative to the level shown
    bool omit = false;         // leave out what apply-flags omit marks
};

// The words of a statement's verb, for completion.
enum class Verb {
    Set,       // any statement of the schema
    Edit,      // containers and list entries
    Existing,  // what the candidate holds: show, delete, activate, deactivate, protect, annotate
    Rename,    // existing "to" new; also copy
    Insert,    // existing "before"/"after" existing
    Wildcard,  // wildcard delete
};

struct LoadResult {
    std::vector<std::string> errors;  // "terminal:3:(12) syntax error: xyz"; the rest was loaded
    std::vector<std::string> warnings;
};

struct Operator {
    std::string user;      // root
    std::string client;    // "cli", "other"
    std::string terminal;  // pts/0; empty: none
    int process = 0;       // its id
};

struct CommitOptions {
    bool check = false;   // validate only
    bool impact = false;  // with check: say what Hooks::impact says as well
    std::optional<unsigned> confirmed_minutes;
    std::string comment;
    std::string at;  // "hh:mm[:ss]", "yyyy-mm-dd hh:mm[:ss]"; empty: now
};
struct CommitResult {
    bool ok = false;
    std::string output;  // the vendor's sentences, each with its newline
};

// EditSession is one operator's stay in configuration mode; its end discards a private candidate
// and gives back an exclusive lock. Arguments are the words after the command, without it and
// without pipes, relative to the level the operator stands at. Control thread only.
class EditSession {
  public:
    struct Impl;
    explicit EditSession(std::unique_ptr<Impl> impl);
    ~EditSession();
    EditSession(const EditSession&) = delete;
    EditSession& operator=(const EditSession&) = delete;

    // Where the operator stands.
    std::string banner() const;  // "[edit services security-metadata-streaming]"
    bool at_top() const;
    void edit(std::string_view arguments);
    void up(unsigned levels);  // throws EditError beyond the top
    void top();
    // with_level runs one command at another level: "top set ...", "up 2 show".
    std::string level() const;  // its words; edit(level()) from the top comes back

    // Changes. Each throws EditError, or returns warnings such as "warning: statement not found".
    using Warnings = std::vector<std::string>;
    Warnings set(std::string_view arguments);
    Warnings remove(std::string_view arguments);  // "" removes all below the level: ask first
    Warnings wildcard_remove(std::string_view arguments);
    Warnings rename(std::string_view arguments);  // "policy A to policy B"
    Warnings copy(std::string_view arguments);
    Warnings insert(std::string_view arguments);  // "policy A before policy B"
    Warnings activate(std::string_view arguments);
    Warnings deactivate(std::string_view arguments);
    Warnings protect(std::string_view arguments);
    Warnings unprotect(std::string_view arguments);
    Warnings annotate(std::string_view arguments);         // 'policy "why it is here"'
    Warnings replace_pattern(std::string_view arguments);  // 'pattern A with B [upto N]'

    // Displays; secrets are masked in every form.
    std::string show(std::string_view arguments, const ShowOptions& options) const;
    // compare shows the candidate against the active configuration, or against a rollback.
    std::string compare(std::string_view arguments, std::optional<unsigned> rollback) const;
    Choices complete(Verb verb, std::string_view arguments) const;
    bool changed() const;  // the candidate differs from the active configuration

    // load takes a whole text in any form (told by its first characters; Set and Patch by the
    // mode). name stands for it in messages. relative: below the operator's level.
    LoadResult load(LoadMode mode, std::string_view text, const std::string& name, bool relative);
    void load_factory_default();
    // saved is the candidate at the operator's level as "save" writes it.
    std::string saved() const;

    CommitResult commit(const CommitOptions& options);
    // rollback replaces the candidate by revision 0 (active) to 49. Throws EditError.
    void rollback(unsigned revision);

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::config
