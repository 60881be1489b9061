// TCP sequence numbers (RFC 9293 section 3.4): 32 bits, compared modulo 2^32.
#pragma once

#include <cstdint>

namespace eti::stream {

// distance is how far b lies after a; negative when b lies before a.
constexpr int32_t distance(uint32_t a, uint32_t b) {
    return static_cast<int32_t>(b - a);
}
constexpr bool before(uint32_t a, uint32_t b) {
    return distance(a, b) > 0;
}

}  // namespace eti::stream
