// Fragments of one address pair, given to a cache with headers that fit.
#pragma once

#include "eti/decap/fragment_cache.h"
#include "tests/support/fragment_script.h"
#include "tests/support/packet_builder.h"

#include <string>
#include <string_view>

namespace eti::test {

inline Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

inline Bytes numbered(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<uint8_t>(i * 7 + i / 256);
    }
    return bytes;
}

inline Bytes default_header(bool ipv6) {
    return ipv6 ? test::ipv6("2001:db8::1", "2001:db8::2", 44, {})
                : test::ipv4("10.0.1.10", "192.0.2.1", net::kUdp, {}, {}, 0x2000);
}

// Host holds a cache, the time and the headers of the fragments it is given.
struct FragmentHost {
    explicit FragmentHost(const decap::FragmentLimits& limits = {})
        : cache(limits, {0x1234, 0x5678}) {}

    static decap::Fragment fragment(bool ipv6, uint32_t identification = 1) {
        decap::Fragment made;
        made.source = *net::parse_ip(ipv6 ? "2001:db8::1" : "10.0.1.10");
        made.destination = *net::parse_ip(ipv6 ? "2001:db8::2" : "192.0.2.1");
        made.identification = identification;
        made.protocol = net::kUdp;
        made.ipv6 = ipv6;
        return made;
    }
    decap::Reassembly add(decap::Fragment piece, std::size_t offset,
                          std::span<const uint8_t> payload, bool more) {
        const Bytes usual = default_header(piece.ipv6);
        piece.offset = static_cast<uint16_t>(offset);
        piece.payload = payload;
        piece.more = more;
        if (piece.header.empty()) {
            piece.header = usual;
        }
        return cache.add(piece, now, datagram);
    }
    decap::Reassembly add(const decap::Fragment& piece, std::size_t offset, std::string_view text,
                          bool more) {
        return add(piece, offset, bytes_of(text), more);
    }
    uint64_t count(decap::FragmentCounter counter) const { return cache.counters().get(counter); }
    std::string text() const {
        const std::size_t header = datagram.empty() ? 0 : datagram[0] >> 4 == 6 ? 40 : 20;
        return {datagram.begin() + static_cast<long>(header), datagram.end()};
    }

    decap::FragmentCache cache;
    Timestamp now{std::chrono::hours(24)};
    std::span<const uint8_t> datagram;
};

}  // namespace eti::test
