// One operator's stay: mode, candidate and terminal settings, from connect to disconnect.
#pragma once

#include "eti/cli/interpreter.h"
#include "eti/config/workspace.h"

#include <memory>
#include <string>
#include <string_view>

namespace eti::cli {

// Session belongs to the control thread; one request at a time. Its end discards a private
// candidate and gives back an exclusive lock.
class Session {
  public:
    using Done = Interpreter::Done;

    // interpreter and backend must outlive it.
    Session(Interpreter& interpreter, Backend& backend, Caller caller);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // attach names the program ("cli") and the terminal ("pts/0", empty: none) of the operator.
    void attach(std::string client, std::string terminal);

    // Each calls done exactly once, execute perhaps later.
    void execute(std::string_view line, Done done);
    // load takes the text that an answer's input asked for; line is the command that asked.
    void load(std::string_view line, std::string_view text, const Done& done);
    // answer takes the operator's words for an answer's question; empty: the default.
    void answer(std::string_view words, const Done& done);

    Completions complete(std::string_view line);
    Prompt prompt() const;
    TerminalSettings& terminal();
    const TerminalSettings& terminal() const;

    const Caller& caller() const;
    bool in_configuration() const;
    Answer enter(config::Access access);  // "configure"; throws config::EditError
    Backend& backend() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::cli
