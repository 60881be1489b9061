// The operational commands about configuration and the operator's session.
#pragma once

#include "cli/grammar.h"

#include <vector>

namespace eti::cli {

inline constexpr std::string_view kShowConfiguration = "show configuration";

std::vector<Command> configuration_commands();

}  // namespace eti::cli
