// The interactive mode: a prompt with history and completion.
#pragma once

#include "eti/client.h"

namespace eti::client {

// run_interactive returns at exit, quit or end of input. Throws Unreachable when the daemon cannot
// be reached at the start; later that is told and the prompt stays.
void run_interactive(const Client& client);

}  // namespace eti::client
