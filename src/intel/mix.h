// Hashing of fixed-size keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace eti::intel {

// mix spreads every input bit over the result, so that lists of consecutive values (generated
// digests, neighbouring addresses) do not form long probe runs.
inline uint64_t mix(std::span<const uint8_t> key) {
    uint64_t hash = 0x9e3779b97f4a7c15U;
    const auto stir = [&hash] {
        hash *= 0xff51afd7ed558ccdU;
        hash ^= hash >> 32;
    };
    for (std::size_t at = 0; at < key.size(); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        std::memcpy(&word, key.data() + at, std::min(sizeof word, key.size() - at));
        hash ^= word;
        stir();
    }
    // A multiplication only carries upwards: bits of the last word's upper half need a second one
    // to reach the low bits, which choose the slot.
    stir();
    return hash;
}

inline uint64_t mix(uint32_t key) {
    uint64_t hash = (key + 1ULL) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
    return hash * 0xff51afd7ed558ccdU;
}

}  // namespace eti::intel
