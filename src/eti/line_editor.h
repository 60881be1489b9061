// Reads a line with Emacs keys, history and completion by the daemon.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace eti::client {

// What a key does to the line, as the daemon says.
struct KeyEffect {
    std::size_t column = 0;             // where the word being typed starts, in bytes
    std::optional<std::string> insert;  // in its place
    std::string show;                   // below the line, then the prompt comes again
};

class LineEditor {
  public:
    struct Hooks {
        std::function<KeyEffect(std::string_view line, char key)> key;  // '?', ' ' or tab
        std::function<void(std::string_view text)> write;
        std::function<int()> event_fd;             // -1: none
        std::function<std::string()> take_events;  // what is to be shown above the prompt
    };
    enum class End : uint8_t { Line, Interrupted, EndOfInput, Idle };

    LineEditor(Hooks hooks, std::string history_file);
    ~LineEditor();
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    struct Options {
        std::string above;  // lines above the prompt, shown again with it; end in a newline
        std::string prompt;
        bool complete_on_space = true;
        std::optional<std::chrono::minutes> idle;
    };
    End read(const Options& options, std::string& line);
    void remember(const std::string& line);  // in the history and its file

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::client
