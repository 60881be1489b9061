#include "eti/script.h"

#include "eti/dialogue.h"

#include <chrono>
#include <iostream>
#include <istream>
#include <thread>

namespace eti::client {
namespace {

constexpr char kEnd = 0x04;  // Ctrl-D ends a text within a script

// Script answers every question with its default; texts come from a stream.
class Script final : public Operator {
  public:
    explicit Script(std::istream& texts) : texts_(texts) {}

    void show(const Reply&, const std::string& text) override { std::cout << text << std::flush; }
    std::string answer(const std::string& question) override {
        std::cout << question << "\n" << std::flush;
        return {};
    }
    std::optional<std::string> typed_text() override {
        std::string text;
        for (std::string line; std::getline(texts_, line) && !line.starts_with(kEnd);) {
            text += line + "\n";
        }
        return text;
    }

  private:
    std::istream& texts_;
};

enum class Outcome { Done, Failed, Left };

Outcome run_command(Client& client, Operator& person, const std::string& line) {
    Reply reply = run_dialogue(client, person, line);
    if (!reply.ok) {
        if (reply.column) {
            std::cerr << line << '\n' << caret_line("", line, *reply.column) << '\n';
        }
        std::cerr << reply.output << std::flush;
        return Outcome::Failed;
    }
    std::cout << reply.output << std::flush;
    while (reply.refresh_seconds != 0 && reply.ok && std::cout) {
        std::this_thread::sleep_for(std::chrono::seconds(reply.refresh_seconds));
        reply = run_dialogue(client, person, line);
        std::cout << reply.output << std::flush;
    }
    return reply.exit ? Outcome::Left : reply.ok ? Outcome::Done : Outcome::Failed;
}

}  // namespace

bool run_commands(Client& client, const std::vector<std::string>& commands) {
    Script script(std::cin);
    for (const std::string& command : commands) {
        const Outcome outcome = run_command(client, script, command);
        if (outcome != Outcome::Done) {
            return outcome == Outcome::Left;
        }
    }
    return true;
}

bool run_stream(Client& client, std::istream& lines, const std::string& name) {
    Script script(lines);
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') {
            continue;
        }
        const Outcome outcome = run_command(client, script, line);
        if (outcome == Outcome::Failed) {
            std::cerr << name << ':' << number << ": the command failed, the rest was not run\n";
        }
        if (outcome != Outcome::Done) {
            return outcome == Outcome::Left;
        }
    }
    return true;
}

}  // namespace eti::client
