// Fixed blocks for TCP bytes that are kept for a while. One pool per worker, taken at start-up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace eti::stream {

class SegmentPool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;
    static constexpr std::size_t kBlockBytes = 2048;

    // Block holds the bytes number * kBlockBytes and up of a stream, as far as they are present.
    struct Block {
        uint32_t next = kNone;  // in a stream's list, or in the free list
        uint32_t number = 0;
        uint32_t count = 0;                                   // bytes present
        std::array<uint64_t, kBlockBytes / 64> present = {};  // one bit a byte
        std::array<uint8_t, kBlockBytes> bytes;
    };

    explicit SegmentPool(uint32_t blocks);

    // allocate returns a block without bytes, or kNone when the pool is empty.
    uint32_t allocate();
    void free(uint32_t block);
    Block& at(uint32_t block) { return blocks_[block]; }
    const Block& at(uint32_t block) const { return blocks_[block]; }
    uint32_t available() const { return available_; }

  private:
    std::vector<Block> blocks_;
    uint32_t free_ = kNone;
    uint32_t available_ = 0;
};

}  // namespace eti::stream
