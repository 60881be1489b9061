// help topic, help reference: what there is, found by a word.
#pragma once

#include "cli/grammar.h"

namespace eti::cli {

std::vector<Command> help_commands();

}  // namespace eti::cli
