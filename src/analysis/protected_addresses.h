// What no list for other enforcers may name: blocking it would cut off the network or this service.
#pragma once

#include "eti/net/ip_address.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

// protected_addresses are those never to be blocked, the listening address, and this machine's own
// addresses, gateways and resolvers as they are now. Linux: getifaddrs, /proc/net, resolv.conf.
std::vector<net::IpRange> protected_addresses(const std::string& listening);

// The texts of /etc/resolv.conf (resolv.conf(5)), /proc/net/route and /proc/net/ipv6_route
// (proc(5)); lines that are none are passed over.
std::vector<net::IpAddress> resolvers_in(std::string_view resolv_conf);
std::vector<net::IpAddress> gateways_in(std::string_view route);
std::vector<net::IpAddress> gateways6_in(std::string_view ipv6_route);

}  // namespace eti::analysis
