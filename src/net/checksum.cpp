#include "eti/net/checksum.h"

namespace eti::net {

void Checksum::add(std::span<const uint8_t> bytes) {
    std::size_t i = 0;
    for (; i + 1 < bytes.size(); i += 2) {
        sum_ += static_cast<uint64_t>(bytes[i] << 8 | bytes[i + 1]);
    }
    if (i < bytes.size()) {
        sum_ += static_cast<uint64_t>(bytes[i] << 8);
    }
}

uint16_t Checksum::finish() const {
    uint64_t sum = sum_;
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<uint16_t>(~sum);
}

}  // namespace eti::net
