// Variable-length integers (RFC 9000 section 16).
#pragma once

#include "eti/wire/reader.h"

#include <cstdint>

namespace eti::quic {

// The two first bits give the length: 1, 2, 4 or 8 bytes. Longer forms than needed are legal.
[[nodiscard]] inline bool read_varint(wire::Reader& reader, uint64_t& out) {
    wire::Reader copy = reader;
    uint8_t byte = 0;
    if (!copy.u8(byte)) {
        return false;
    }
    uint64_t value = byte & 0x3fU;
    for (unsigned left = (1U << (byte >> 6)) - 1; left > 0; --left) {
        if (!copy.u8(byte)) {
            return false;
        }
        value = value << 8 | byte;
    }
    reader = copy;
    out = value;
    return true;
}

}  // namespace eti::quic
