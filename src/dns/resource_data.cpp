#include "dns/resource_data.h"

#include "dns/name.h"

#include <algorithm>
#include <array>

namespace eti::dns {
namespace {

// RFC 9460 section 14.3.2.
constexpr uint16_t kIpv4Hint = 4;
constexpr uint16_t kIpv6Hint = 6;

}  // namespace

bool read_v4(wire::Reader& at, net::IpAddress& ip) {
    wire::Reader octets;
    if (!at.take(4, octets)) {
        return false;
    }
    const auto bytes = octets.bytes();
    ip = net::IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
    return true;
}

bool read_v6(wire::Reader& at, net::IpAddress& ip) {
    std::array<uint8_t, 16> bytes;
    wire::Reader octets;
    if (!at.take(bytes.size(), octets)) {
        return false;
    }
    std::ranges::copy(octets.bytes(), bytes.begin());
    ip = net::IpAddress(bytes);
    return true;
}

void read_hints(wire::Reader data, Hints& hints) {
    uint16_t priority = 0;
    // The target name is never compressed here, so passing it needs no message.
    if (!data.u16(priority) || priority == 0 || !skip_name(data)) {
        return;
    }
    uint16_t key = 0;
    wire::Reader value;
    while (data.u16(key) && data.u16_prefixed(value)) {
        net::IpAddress ip;
        while ((key == kIpv4Hint && read_v4(value, ip)) ||
               (key == kIpv6Hint && read_v6(value, ip))) {
            hints.push(ip);
        }
    }
}

}  // namespace eti::dns
