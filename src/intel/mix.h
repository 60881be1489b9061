// Hashing of fixed-size keys into open-addressing tables.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace eti::intel {

// mix spreads every input bit over the result, so that lists of consecutive values (generated
// digests, neighbouring addresses) do not form long probe runs.
inline uint64_t mix(std::span<const uint8_t> key) {
    uint64_t hash = 0x9e3779b97f4a7c15U;
    for (std::size_t at = 0; at < key.size(); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        std::memcpy(&word, key.data() + at, std::min(sizeof word, key.size() - at));
        hash = (hash ^ word) * 0xff51afd7ed558ccdU;
        hash ^= hash >> 32;
    }
    return hash;
}

// slots_for is the table size, a power of two, that leaves at least half of the slots empty.
inline std::size_t slots_for(std::size_t entries) {
    return std::bit_ceil(entries * 2);
}

}  // namespace eti::intel
