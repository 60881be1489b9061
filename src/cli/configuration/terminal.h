// set cli, show cli: how the operator's terminal is used.
#pragma once

#include "cli/grammar.h"

namespace eti::cli {

std::vector<Command> terminal_commands();

}  // namespace eti::cli
