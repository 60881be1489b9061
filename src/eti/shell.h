// The interactive shell: prompts, answers, pages.
#pragma once

#include "eti/client.h"

namespace eti::client {

// run_shell returns when the operator leaves. Throws Unreachable when the daemon cannot be reached
// at the start; later that is told and the prompt stays.
void run_shell(Client& client);

}  // namespace eti::client
