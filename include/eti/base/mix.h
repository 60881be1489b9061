// The step of multiply-mix hashes such as wyhash. Keyed by a secret factor it is hard to aim at.
#pragma once

#include <cstdint>

namespace eti {

// mix folds the 128-bit product of its arguments.
inline uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace eti
