// The control socket's lines, read and written.
#pragma once

#include "eti/cli/interpreter.h"

#include <string>
#include <string_view>

namespace eti::cli {

struct Request {
    enum class Operation { Execute, Complete };
    std::string id = "null";  // as JSON, repeated in the answer
    Operation operation = Operation::Execute;
    std::string line;
};

// parse_request returns false for anything but a valid request; why is a sentence, and the id is
// kept when it could be read.
bool parse_request(std::string_view text, Request& request, std::string& why);

// Both end in a newline.
std::string render_answer(const std::string& id, const std::string& host, const Answer& answer);
std::string render_completions(const std::string& id, const std::string& host,
                               const Completions& completions);

}  // namespace eti::cli
