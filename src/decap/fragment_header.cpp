#include "decap/fragment_header.h"

#include "eti/base/check.h"
#include "eti/net/checksum.h"
#include "eti/net/packet_view.h"
#include "eti/wire/reader.h"

#include <algorithm>

namespace eti::decap {
namespace {

constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr unsigned kMaxExtensionHeaders = 32;

// Extension headers (IANA).
enum : uint8_t {
    kHopByHop = 0,
    kRouting = 43,
    kFragment = 44,
    kAuthentication = 51,
    kNoNextHeader = 59,
    kDestinationOptions = 60,
};

bool is_extension(uint8_t next_header) {
    return next_header == kHopByHop || next_header == kRouting || next_header == kFragment ||
           next_header == kAuthentication || next_header == kNoNextHeader ||
           next_header == kDestinationOptions;
}

std::size_t least_upper_bytes(uint8_t next_header) {
    switch (next_header) {
        case net::kTcp:
            return 20;
        case net::kUdp:
        case net::kIcmpV6:
            return 8;
        default:
            return 1;
    }
}

void store_u16(std::span<uint8_t> out, std::size_t at, std::size_t value) {
    out[at] = static_cast<uint8_t>(value >> 8);
    out[at + 1] = static_cast<uint8_t>(value);
}

std::size_t write_ipv4(const Datagram& datagram, std::span<uint8_t> out) {
    const auto header = out.first(datagram.header_bytes);
    store_u16(header, 2, header.size() + datagram.length);
    constexpr uint8_t kDontFragment = 0x40;
    header[6] &= kDontFragment;
    header[7] = 0;
    store_u16(header, 10, 0);
    net::Checksum checksum;
    checksum.add(header);
    store_u16(header, 10, checksum.finish());
    return header.size();
}

}  // namespace

bool is_tiny_first(const Fragment& fragment) {
    if (!fragment.ipv6 || fragment.offset != 0) {
        return false;
    }
    wire::Reader body(fragment.payload);
    uint8_t next_header = fragment.protocol;
    for (unsigned i = 0; i < kMaxExtensionHeaders && is_extension(next_header); ++i) {
        uint8_t following = 0;
        uint8_t length = 0;
        if (next_header == kFragment || next_header == kNoNextHeader || !body.u8(following) ||
            !body.u8(length)) {
            return false;
        }
        // RFC 8200 section 4: in units of 8 bytes, minus 1; RFC 4302: of 4 bytes, minus 2.
        if (!body.skip(next_header == kAuthentication ? length * 4U + 6U : length * 8U + 6U)) {
            return !is_extension(following);
        }
        next_header = following;
    }
    return !is_extension(next_header) && body.remaining() < least_upper_bytes(next_header);
}

uint8_t ecn_bit(const Fragment& fragment) {
    ETI_ASSERT(fragment.header.size() >= 2);
    const unsigned shift = fragment.ipv6 ? 4 : 0;  // the traffic class straddles two bytes
    return static_cast<uint8_t>(1U << (unsigned{fragment.header[1]} >> shift & 3U));
}

bool ecn_contradicts(uint8_t ecn_seen) {
    constexpr uint8_t kNotCapable = 1;
    return (ecn_seen & kNotCapable) != 0 && ecn_seen != kNotCapable;
}

void keep_header(const Fragment& fragment, Datagram& datagram) {
    ETI_ASSERT(fragment.header.size() >= (fragment.ipv6 ? kIpv6Bytes : kIpv4Bytes));
    datagram.prefix_bytes = static_cast<uint32_t>(fragment.header.size());
    const auto kept = fragment.header.first(
        std::min(fragment.header.size(), fragment.ipv6 ? kIpv6Bytes : datagram.header.size()));
    std::copy(kept.begin(), kept.end(), datagram.header.begin());
    datagram.header_bytes = static_cast<uint8_t>(kept.size());
    datagram.next_header = fragment.protocol;
}

bool fits(const Datagram& datagram) {
    const std::size_t before =
        datagram.key.family == 6 ? datagram.prefix_bytes - kIpv6Bytes : datagram.prefix_bytes;
    return before + datagram.length <= kMaxIpBytes;
}

std::size_t write_header(const Datagram& datagram, std::span<uint8_t> out) {
    std::copy_n(datagram.header.begin(), datagram.header_bytes, out.begin());
    if (datagram.key.family != 6) {
        return write_ipv4(datagram, out);
    }
    store_u16(out, 4, datagram.length);
    out[6] = datagram.next_header;
    return kIpv6Bytes;
}

}  // namespace eti::decap
