// Runs operational command lines: grammar, pipes and rendering.
#pragma once

#include "eti/cli/access.h"
#include "eti/cli/answer.h"
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

class Session;

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
    // Commands that belong to an operator's session are done in it, and refused without one.
    void execute(std::string_view line, const Caller& caller, Done done,
                 Session* session = nullptr);
    Completions complete(std::string_view line, Session* session = nullptr) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::cli
