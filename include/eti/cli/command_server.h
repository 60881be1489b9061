// The control socket: a Unix stream socket that answers command lines.
#pragma once

#include "eti/cli/interpreter.h"
#include "eti/control/event_loop.h"

#include <memory>
#include <string>

namespace eti::cli {

struct CommandServerLimits {
    std::size_t clients = 32;
    std::chrono::milliseconds stalled{30'000};  // a client that takes no output is dropped after
    std::size_t load_bytes = 64U << 20;         // texts being loaded, of all clients together
};

// CommandServer listens from construction to destruction and removes its socket file then. A file
// nobody listens on is replaced; one with a listener, or that is no socket, is an error:
// std::runtime_error with the remedy. Clients are served one request each at a time, so that a slow
// reader holds one answer and nothing else.
class CommandServer {
  public:
    CommandServer(control::EventLoop& loop, Interpreter& interpreter, Backend& backend,
                  std::string path, CommandServerLimits limits = {});
    ~CommandServer();
    CommandServer(const CommandServer&) = delete;
    CommandServer& operator=(const CommandServer&) = delete;

    // announce shows a text above the prompt of every interactive client.
    void announce(const std::string& text);
    std::size_t clients() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace eti::cli
