// Big-endian integers at a known place. The caller has checked that the bytes are there.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace eti::wire {

// as_big_endian turns network order into the machine's, and back.
inline uint16_t as_big_endian(uint16_t value) {
    return std::endian::native == std::endian::big ? value : __builtin_bswap16(value);
}
inline uint32_t as_big_endian(uint32_t value) {
    return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
}
inline uint64_t as_big_endian(uint64_t value) {
    return std::endian::native == std::endian::big ? value : __builtin_bswap64(value);
}

template <typename Integer>
Integer load(const uint8_t* at) {
    Integer value = 0;
    std::memcpy(&value, at, sizeof value);
    return as_big_endian(value);
}

}  // namespace eti::wire
