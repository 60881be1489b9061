// Names of applications, predefined and configured, into protocols and ports.
#pragma once

#include "config/model.h"
#include "eti/policy/policy.h"

#include <vector>

namespace eti::config {

// compile_applications turns the names of a policy's match statement into port ranges; any gives
// none, which policy::Rule reads as "everything".
std::vector<policy::PortRange> compile_applications(const Tree& tree,
                                                    const std::vector<Node>& names);

}  // namespace eti::config
