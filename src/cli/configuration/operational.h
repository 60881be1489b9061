// The operational commands about configuration and the operator's session.
#pragma once

#include "cli/grammar.h"

#include <vector>

namespace eti::cli {

std::vector<Command> configuration_commands();

}  // namespace eti::cli
