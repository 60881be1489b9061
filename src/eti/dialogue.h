// One command from its line to its last answer: texts to load, questions, files to write.
#pragma once

#include "eti/client.h"

#include <functional>
#include <optional>
#include <string>

namespace eti::client {

// Operator is who sits before the program: a person at a terminal, or a script.
class Operator {
  public:
    Operator() = default;
    virtual ~Operator() = default;
    Operator(const Operator&) = delete;
    Operator& operator=(const Operator&) = delete;

    virtual void show(const Reply& reply, const std::string& text) = 0;
    // answer is what the operator says to a question; empty: its default.
    virtual std::string answer(const std::string& question) = 0;
    // typed_text is what he types until ^D; none: he discarded it.
    virtual std::optional<std::string> typed_text() = 0;
};

// run_dialogue shows each answer's output but the last one's, which it returns. A reply that could
// not be followed (an unreadable file) comes back with ok false and the reason as its output.
// Throws Unreachable.
Reply run_dialogue(Client& client, Operator& person, const std::string& line);

// deliver writes the file that a reply asks for and returns what is to be shown.
Reply deliver(Reply reply);

}  // namespace eti::client
