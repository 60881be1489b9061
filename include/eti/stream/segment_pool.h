// Fixed blocks for TCP bytes that arrived too early. One pool per worker, taken at start-up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace eti::stream {

class SegmentPool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;
    static constexpr std::size_t kBlockBytes = 2032;

    struct Block {
        uint32_t next = kNone;  // in a stream's queue, or in the free list
        uint32_t sequence = 0;
        uint32_t size = 0;
        uint32_t continues = 0;  // 1: the next block goes on with the same run of bytes
        std::array<uint8_t, kBlockBytes> bytes{};
    };

    explicit SegmentPool(uint32_t blocks);

    // allocate returns kNone when the pool is empty.
    uint32_t allocate();
    void free(uint32_t block);
    Block& at(uint32_t block) { return blocks_[block]; }
    uint32_t available() const { return available_; }

  private:
    std::vector<Block> blocks_;
    uint32_t free_ = kNone;
    uint32_t available_ = 0;
};

}  // namespace eti::stream
