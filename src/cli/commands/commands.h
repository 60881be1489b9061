// The table of operational commands, one file per topic.
#pragma once

#include "cli/grammar.h"

#include <vector>

namespace eti::cli {

std::vector<Command> all_commands();

std::vector<Command> metadata_streaming_commands();
std::vector<Command> dynamic_address_commands();
std::vector<Command> security_intelligence_commands();
std::vector<Command> anti_malware_commands();
std::vector<Command> flow_session_commands();
std::vector<Command> system_commands();

}  // namespace eti::cli
