// IPv4 addresses as numbers.
#pragma once

#include "eti/net/ip_address.h"
#include "eti/wire/load.h"

#include <cstdint>

namespace eti::intel {

// v4_of is an IPv4 address's, or the last 32 bits of another.
inline uint32_t v4_of(const net::IpAddress& ip) {
    return wire::load<uint32_t>(ip.bytes().data() + 12);
}
inline net::IpAddress ip_of(uint32_t v4) {
    const auto byte = [&](unsigned shift) { return static_cast<uint8_t>(v4 >> shift); };
    return net::IpAddress::v4(byte(24), byte(16), byte(8), byte(0));
}

}  // namespace eti::intel
