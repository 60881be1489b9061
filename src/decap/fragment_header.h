// The headers of fragments: what an endpoint checks in them, and the header of the whole.
#pragma once

#include "decap/fragment_table.h"
#include "eti/decap/fragment_cache.h"

#include <cstdint>
#include <span>

namespace eti::decap {

inline constexpr std::size_t kMaxIpBytes = 65535;  // an IPv4 packet, or an IPv6 payload

// is_tiny_first tells whether an IPv6 first fragment ends before its upper-layer header does: 20
// bytes of TCP, 8 of UDP or ICMPv6, 1 of others (RFC 7112, as Linux reads it). Extension headers
// that do not end inside the fragment are no reason for Linux to refuse it.
bool is_tiny_first(const Fragment& fragment);

// ecn_bit is one bit for the code point of the fragment's header (RFC 3168 section 5).
uint8_t ecn_bit(const Fragment& fragment);
// ecn_contradicts: Linux throws datagrams away of which only some fragments can carry ECN.
bool ecn_contradicts(uint8_t ecn_seen);

// keep_header remembers what the whole packet needs of its first fragment.
void keep_header(const Fragment& fragment, Datagram& datagram);
// fits tells whether the whole packet's length fits its header's field.
bool fits(const Datagram& datagram);
// write_header puts the header of the whole packet in front; returns its size.
std::size_t write_header(const Datagram& datagram, std::span<uint8_t> out);

}  // namespace eti::decap
