// The control socket's lines, read and written.
#pragma once

#include "cli/completion_reply.h"
#include "eti/cli/answer.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace eti::cli {

struct Request {
    enum class Operation { Execute, Complete, Load, Answer, Attach };
    std::string id = "null";  // as JSON, repeated in the answer
    Operation operation = Operation::Execute;
    std::string line;
    std::optional<Key> key;  // of complete
    std::size_t bytes = 0;   // of load: how many follow the line
    std::string client;      // of attach
    std::string terminal;    // of attach
};

// parse_request returns false for anything but a valid request; why is a sentence, and the id is
// kept when it could be read.
bool parse_request(std::string_view text, Request& request, std::string& why);

// View is what an attached client shows around the output.
struct View {
    Prompt prompt;
    TerminalSettings terminal;
};

// All end in a newline. view may be null.
std::string render_answer(const std::string& id, const std::string& host, const Answer& answer,
                          const View* view = nullptr);
std::string render_completions(const std::string& id, const std::string& host,
                               const Completions& completions, const CompletionReply& reply);
std::string render_event(const std::string& text);

}  // namespace eti::cli
