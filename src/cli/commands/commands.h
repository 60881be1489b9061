// The table of operational commands, one file per topic.
#pragma once

#include "cli/grammar.h"

#include <vector>

namespace eti::cli {

std::vector<Command> all_commands();

std::vector<Command> streaming_statistics_commands();
std::vector<Command> streaming_whitelist_commands();
std::vector<Command> streaming_session_commands();
std::vector<Command> dynamic_address_commands();
std::vector<Command> security_intelligence_commands();
std::vector<Command> security_intelligence_feed_commands();
std::vector<Command> security_intelligence_dns_commands();
std::vector<Command> anti_malware_commands();
std::vector<Command> diagnostics_commands();
std::vector<Command> dns_filtering_commands();
std::vector<Command> flow_session_commands();
std::vector<Command> system_commands();
std::vector<Command> policy_commands();
std::vector<Command> openeti_commands();
// Made of show commands.
std::vector<Command> monitor_commands(std::span<const Command> shows);

}  // namespace eti::cli
