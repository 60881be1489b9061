// Teredo (RFC 4380 section 5.1.1): IPv6 in UDP, behind an authentication and an origin indication.
#include "tunnels.h"

namespace eti::decap {
namespace {

enum : uint16_t { kOrigin = 0, kAuthentication = 1 };

bool skip_authentication(net::Region& body) {
    uint16_t kind = 0;
    uint8_t identifier_bytes = 0;
    uint8_t value_bytes = 0;
    wire::Reader header = body.bytes;
    if (!header.u16(kind) || kind != kAuthentication) {
        return true;
    }
    constexpr std::size_t kNonceAndConfirmation = 9;
    if (!header.u8(identifier_bytes) || !header.u8(value_bytes) ||
        !header.skip(identifier_bytes + value_bytes + kNonceAndConfirmation)) {
        return false;
    }
    body.bytes = header;
    return true;
}

bool skip_origin(net::Region& body) {
    uint16_t kind = 0;
    wire::Reader header = body.bytes;
    return !header.u16(kind) || kind != kOrigin || body.bytes.skip(8);
}

}  // namespace

net::ParseResult enter_teredo(net::Region body, net::PacketView& inner) {
    const uint32_t start = body.offset();
    if (!skip_authentication(body) || !skip_origin(body)) {
        return net::ParseResult::NotIp;
    }
    if (body.trace != nullptr && body.offset() != start) {
        body.trace->one_way = true;
    }
    return net::parse_ipv6(body, inner);
}

}  // namespace eti::decap
