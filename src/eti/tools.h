// The subcommands that are no operational commands: metrics and doctor.
#pragma once

#include "eti/client.h"

#include <string>

namespace eti::client {

// Each returns the program's exit code and may throw Unreachable.
int run_metrics(Client& client);
// run_doctor looks at the machine and the configuration file; the cloud link is walked by the
// daemon, when one answers.
int run_doctor(Client& client, const std::string& config, bool json);

}  // namespace eti::client
