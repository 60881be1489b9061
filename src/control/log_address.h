// A log receiver's address as a socket address. Only numbers are taken: resolving a name would make
// the control thread wait for the network.
#pragma once

#include "eti/config/settings.h"

#include <netdb.h>

#include <memory>
#include <string>

namespace eti::control {

using SocketAddress = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// log_address is null when the host is no address; problem says so.
SocketAddress log_address(const config::LogStream& stream, int type, std::string& problem);

}  // namespace eti::control
