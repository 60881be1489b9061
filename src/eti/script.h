// Commands without a person: -c, -f and standard input. All of them run in one session.
#pragma once

#include "eti/client.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace eti::client {

// Both stop at the first command that fails and return false then. Throw Unreachable.
bool run_commands(Client& client, const std::vector<std::string>& commands);
bool run_stream(Client& client, std::istream& lines, const std::string& name);

}  // namespace eti::client
