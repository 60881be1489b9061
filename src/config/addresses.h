// Names of the global address book into ranges of addresses.
#pragma once

#include "config/model.h"
#include "eti/net/ip_address.h"

#include <string_view>
#include <vector>

namespace eti::config {

// compile_addresses turns the names of a policy's match statement into ranges; any gives none,
// which policy::Rule reads as "every address".
std::vector<net::IpRange> compile_addresses(const Tree& tree, const std::vector<Node>& names);

}  // namespace eti::config
