// What a command line is answered with, and what the client then does with its own user's rights:
// the daemon never opens a file an operator names.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace eti::cli {

// OutputFile is where the client writes the output.
struct OutputFile {
    std::string path;
    bool append = false;
    bool show = false;            // print it as well
    std::string what = "output";  // of "Wrote 42 lines of output to 'F'"
};

// Input is a text the client reads and sends with the line that asked for it (load).
struct Input {
    std::string file;  // empty: the terminal, until ^D
};

struct Question {
    std::string text;             // "Exit with uncommitted changes? [yes,no] (yes) "
    bool yes_by_default = false;  // what an empty line means, and a script
};

struct Answer {
    bool ok = true;
    std::string output;                 // ends in a newline unless empty
    std::optional<std::size_t> column;  // of the bad word, bytes from the line's start
    std::optional<OutputFile> file{};
    unsigned refresh_seconds = 0;  // run the line again every so often, until a key; 0: do not
    bool pager = true;
    std::optional<Input> input{};
    std::optional<Question> question{};
    bool exit = false;  // the operator leaves the shell
};

struct Completion {
    std::string word;  // "<name>": a value to be typed
    std::string help;
    char marker = ' ';          // '>': has statements below it, '+': takes several values
    bool user_defined = false;  // a name from the configuration: offered by Tab, not by Space
};
struct Problem {
    std::size_t column = 0;  // of the bad word
    std::string message;
};
struct Completions {
    std::size_t column = 0;  // where the word being completed starts
    std::vector<Completion> candidates;
    bool may_end = false;              // the line may be sent as it is
    bool pipes = false;                // or go on with '|'
    bool quoted = false;               // within quotes: every character stands for itself
    std::optional<Problem> problem{};  // with a word before the one being completed
};

// Prompt is what stands above and in the prompt.
struct Prompt {
    bool configuration = false;
    std::string banner;  // "[edit services]"; empty in operational mode
    std::string notice;  // "# commit confirmed will be rolled back in 9 minutes", or empty
};

// TerminalSettings are those of "set cli"; the client obeys them. Absent: as the terminal is.
struct TerminalSettings {
    std::optional<unsigned> screen_length;  // 0: no pager
    std::optional<unsigned> screen_width;
    unsigned idle_minutes = 0;  // 0: for ever
    bool complete_on_space = true;
    bool timestamp = false;
    std::optional<std::string> prompt;
};

}  // namespace eti::cli
