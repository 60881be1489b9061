// Walks the whole cloud link once, from the name of the service to the spool's disk.
#pragma once

#include "eti/uplink/uplink.h"

#include <string>
#include <vector>

namespace eti::uplink {

struct Check {
    std::string name;  // "DNS of analysis.example"
    bool ok = false;
    std::string detail;  // what was found; of a failure the reason and the remedy
};

// diagnose waits for the network, up to some seconds for each check: never on the control thread.
// host replaces the service's host; empty: the configured one. What cannot be tried because an
// earlier check failed is left out.
std::vector<Check> diagnose(const Options& options, const std::string& host);

}  // namespace eti::uplink
