// Runs operational command lines: grammar, pipes and rendering.
#pragma once

#include "eti/cli/access.h"
#include "eti/cli/backend.h"
#include "eti/cli/protocol.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

// ClientAction is a pipe for the program at the terminal: save, append and tee with a file that the
// program itself opens, refresh with seconds, hold, no-more.
struct ClientAction {
    std::string action;
    std::string argument;
};

struct Answer {
    bool ok = true;
    std::string output;                 // ends in a newline unless empty
    std::optional<std::size_t> column;  // of the bad word, bytes from the line's start
    std::vector<ClientAction> client;   // in the order of the line
};

struct Completion {
    std::string word;
    std::string help;
};
struct Completions {
    std::size_t column = 0;  // where the word being completed starts
    std::vector<Completion> candidates;
};

// Interpreter belongs to the control thread.
class Interpreter {
  public:
    using Done = std::function<void(Answer)>;

    explicit Interpreter(Backend& backend, std::size_t max_output = kMaxOutputBytes);
    ~Interpreter();
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;

    // execute calls done exactly once, later for commands that ask the workers or the network. What
    // the caller's class does not allow is refused; every line leaves an entry in the audit log.
    void execute(std::string_view line, const Caller& caller, Done done);
    Completions complete(std::string_view line) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::cli
