#include "cli/commands/commands.h"

#include <iterator>

namespace eti::cli {

std::vector<Command> all_commands() {
    std::vector<Command> all;
    for (auto* topic :
         {streaming_statistics_commands, streaming_whitelist_commands, streaming_session_commands,
          dynamic_address_commands, security_intelligence_commands,
          security_intelligence_feed_commands, security_intelligence_dns_commands,
          anti_malware_commands, diagnostics_commands, dns_filtering_commands,
          flow_session_commands, policy_commands, system_commands, openeti_commands}) {
        std::vector<Command> commands = topic();
        all.insert(all.end(), std::make_move_iterator(commands.begin()),
                   std::make_move_iterator(commands.end()));
    }
    std::vector<Command> monitors = monitor_commands(all);
    all.insert(all.end(), std::make_move_iterator(monitors.begin()),
               std::make_move_iterator(monitors.end()));
    return all;
}

}  // namespace eti::cli
