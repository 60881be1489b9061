// Addresses in the data of resource records.
#pragma once

#include "eti/base/bounded.h"
#include "eti/net/ip_address.h"
#include "eti/wire/reader.h"

namespace eti::dns {

// Each takes one address off the front (RFC 1035 section 3.4.1, RFC 3596 section 2.2).
[[nodiscard]] bool read_v4(wire::Reader& at, net::IpAddress& ip);
[[nodiscard]] bool read_v6(wire::Reader& at, net::IpAddress& ip);

using Hints = BoundedList<net::IpAddress, 16>;

// read_hints collects ipv4hint and ipv6hint of an HTTPS or SVCB record (RFC 9460 section 2.2) as
// far as its data can be read. A record in alias mode has none.
void read_hints(wire::Reader data, Hints& hints);

}  // namespace eti::dns
