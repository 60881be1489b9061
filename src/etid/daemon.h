// The daemon: builds every object, wires it, runs it, takes it down.
#pragma once

#include <string>

namespace eti {

struct DaemonOptions {
    std::string config;  // read at the first start; later the last commit in state is in force
    std::string socket = "/run/etid.sock";
    std::string state = "/var/lib/etid";
};

// run_daemon returns the exit code: 0 after SIGTERM or SIGINT, 2 for a configuration that is not
// accepted, 1 when something else could not start; the log explains it.
int run_daemon(const DaemonOptions& options, const std::string& version);

}  // namespace eti
