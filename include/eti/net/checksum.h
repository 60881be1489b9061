// The Internet checksum (RFC 1071).
#pragma once

#include "eti/wire/load.h"

#include <cstdint>
#include <span>

namespace eti::net {

// Checksum sums 16-bit big-endian words over any number of parts, each of even length but the
// last.
class Checksum {
  public:
    void add(std::span<const uint8_t> bytes);
    void add(uint16_t word) { sum_ += wire::as_big_endian(word); }
    uint16_t finish() const;  // ready to be stored big-endian

  private:
    uint64_t sum_ = 0;  // of words as they lie in memory: 2^32 parts of 64 KiB fit
};

}  // namespace eti::net
