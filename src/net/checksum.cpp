#include "eti/net/checksum.h"

#include <bit>
#include <cstring>

namespace eti::net {
namespace {

uint64_t fold(uint64_t sum) {
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

}  // namespace

// Ones' complement sums do not depend on the byte order (RFC 1071 section 2 B), nor on the width
// of the words as long as carries come back in: 8 bytes at a time, swapped once at the end.
void Checksum::add(std::span<const uint8_t> bytes) {
    uint64_t sum = 0;
    while (bytes.size() >= 8) {
        uint64_t word = 0;
        std::memcpy(&word, bytes.data(), 8);
        sum += word;
        sum += sum < word ? 1U : 0U;
        bytes = bytes.subspan(8);
    }
    uint64_t rest = 0;
    if (!bytes.empty()) {
        std::memcpy(&rest, bytes.data(), bytes.size());
    }
    sum += rest;
    sum += sum < rest ? 1U : 0U;
    const auto folded = static_cast<uint16_t>(fold(sum));
    if constexpr (std::endian::native == std::endian::little) {
        sum_ += static_cast<uint16_t>(folded << 8 | folded >> 8);
    } else {
        sum_ += folded;
    }
}

uint16_t Checksum::finish() const {
    return static_cast<uint16_t>(~fold(sum_));
}

}  // namespace eti::net
