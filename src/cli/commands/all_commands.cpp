#include "cli/commands/commands.h"

#include <iterator>

namespace eti::cli {

std::vector<Command> all_commands() {
    std::vector<Command> all;
    for (auto* topic :
         {metadata_streaming_commands, dynamic_address_commands, security_intelligence_commands,
          anti_malware_commands, flow_session_commands, system_commands}) {
        std::vector<Command> commands = topic();
        all.insert(all.end(), std::make_move_iterator(commands.begin()),
                   std::make_move_iterator(commands.end()));
    }
    return all;
}

}  // namespace eti::cli
