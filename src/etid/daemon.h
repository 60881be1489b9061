// The daemon: builds every object, wires it, runs it, takes it down.
#pragma once

#include "eti/config/settings.h"

#include <string>

namespace eti {

struct DaemonOptions {
    std::string config;
    std::string socket = "/run/etid.sock";
    std::string state = "/var/lib/etid";
    config::Settings settings;
};

// run_daemon returns the exit code: 0 after SIGTERM or SIGINT, 1 when something could not start,
// which the log then explains.
int run_daemon(const DaemonOptions& options, const std::string& version);

}  // namespace eti
