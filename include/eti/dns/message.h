// What a DNS response says: under which name which addresses were asked for (RFC 1035).
#pragma once

#include "eti/base/bounded.h"
#include "eti/net/ip_address.h"

#include <cstdint>
#include <span>

namespace eti::dns {

// A name in the presentation form of RFC 1035 section 5.1: lower case, no dot at the end, every
// byte printable ASCII without space. Other bytes read \DDD; a dot or backslash inside a label has
// a backslash before it. The root is ".".
using Name = BoundedText<255>;

struct Answer {
    Name name;             // of the question
    bool cname = false;    // the addresses belong to an alias of the name
    uint32_t ttl = 0;      // seconds; the least of the chain and the addresses
    uint16_t answers = 0;  // addresses in the message, those beyond the list's bound included
    BoundedList<net::IpAddress, 16> addresses;
};

enum class Parsed : uint8_t {
    Answer,     // the question's name has addresses, out is filled
    NoAnswer,   // a query, an error, or nothing with an address
    Malformed,  // header or question cannot be read
};

// Bounds on one message; what is beyond them is not looked at.
inline constexpr std::size_t kMaxAliases = 16;
inline constexpr std::size_t kMaxRecords = 64;  // of the types that name or hold an address

// parse_response reads one message without the length that TCP puts before it. Addresses come from
// A and AAAA records and from the hints of HTTPS and SVCB records (RFC 9460) that stand at the end
// of the CNAME chain. The answer section counts as far as it can be read, like stub resolvers do.
// out is meaningful after Parsed::Answer only.
[[nodiscard]] Parsed parse_response(std::span<const uint8_t> message, Answer& out);

}  // namespace eti::dns
