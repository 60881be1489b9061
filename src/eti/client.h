// Talks to the daemon's control socket; knows no command.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eti::client {

// Unreachable is a sentence that names the socket and the remedy.
class Unreachable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct Candidate {
    std::string word;
    std::string help;
};

struct Reply {
    bool ok = false;
    std::string host;
    std::string output;
    std::optional<std::size_t> column;
    std::vector<Candidate> candidates;
};

// Client opens one connection per request, so that a restarted daemon is no event.
class Client {
  public:
    explicit Client(std::string socket) : socket_(std::move(socket)) {}

    Reply execute(std::string_view line) const { return ask("execute", line); }    // may throw
    Reply complete(std::string_view line) const { return ask("complete", line); }  // Unreachable

  private:
    Reply ask(const char* operation, std::string_view line) const;

    std::string socket_;
};

// caret_line is a line with '^' below the column of a text that starts after prompt.
std::string caret_line(std::string_view prompt, std::string_view line, std::size_t column);

}  // namespace eti::client
