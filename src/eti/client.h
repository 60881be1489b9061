// Talks to the daemon's control socket; knows no command.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eti::client {

class Socket;

// Unreachable is a sentence that names the socket and the remedy.
class Unreachable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The answer's members, as eti/cli/protocol.h tells them.
struct OutputFile {
    std::string path;
    bool append = false;
    bool show = false;
    std::string what;
};
struct Question {
    std::string text;
};
struct Prompt {
    bool configuration = false;
    std::string banner;
    std::string notice;
};
struct Settings {
    std::optional<unsigned> screen_length;
    std::optional<unsigned> screen_width;
    unsigned idle_minutes = 0;
    bool complete_on_space = true;
    bool timestamp = false;
    std::optional<std::string> prompt;
};

struct Reply {
    bool ok = false;
    std::string host;
    std::string output;
    std::optional<std::size_t> column;
    std::optional<OutputFile> file;
    std::optional<std::string> input;  // a file's name; empty: the terminal
    std::optional<Question> question;
    unsigned refresh_seconds = 0;
    bool pager = true;
    bool exit = false;
    Prompt prompt;
    Settings settings;
    // Of complete.
    std::optional<std::string> insert;
    bool caret = false;
    std::vector<std::string> words;
};

// Client keeps one connection, which is one session of the daemon. A lost one is told by
// Unreachable; the next request connects anew, to a new session.
class Client {
  public:
    explicit Client(std::string socket);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // attach also names the terminal to the daemon, again after each reconnect. All may throw
    // Unreachable.
    Reply attach(const std::string& terminal);
    Reply execute(std::string_view line);
    Reply complete(std::string_view line, char key);
    Reply load(std::string_view line, std::string_view text);
    Reply answer(std::string_view words);

    // Events: watch fd (-1: not connected), then receive_events; it returns false when the daemon
    // has closed the connection.
    int fd() const;
    bool receive_events();
    std::vector<std::string> take_events();

  private:
    Reply ask(const std::string& request, std::string_view after = {});
    Reply exchange(const std::string& request, std::string_view after);

    std::string socket_;
    std::optional<std::string> terminal_;  // of attach
    std::unique_ptr<Socket> connection_;
    std::vector<std::string> events_;
};

// caret_line is a line with '^' below the column of a text that starts after prompt.
std::string caret_line(std::string_view prompt, std::string_view line, std::size_t column);

}  // namespace eti::client
