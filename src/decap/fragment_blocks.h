// The payload of unfinished datagrams in blocks of 2 KiB, with a note of which bytes are there.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace eti::decap {

// FragmentBlocks is a pool taken at start-up. Offsets are multiples of 8 bytes, the unit in which
// fragments are placed; only a datagram's last unit may hold fewer.
class FragmentBlocks {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;
    static constexpr std::size_t kUnit = 8;
    static constexpr std::size_t kBlockBytes = 2048;
    static constexpr std::size_t kMaxPayload = 65536;

    // Map names the blocks of one datagram by their place in it.
    struct Map {
        Map() { blocks.fill(kNone); }
        std::array<uint32_t, kMaxPayload / kBlockBytes> blocks;
    };
    enum class Cover : uint8_t { Nothing, InOneRun, Otherwise };

    explicit FragmentBlocks(uint32_t blocks);

    // cover tells whether nothing of a range is there, or all of it as part of one run.
    Cover cover(const Map& map, std::size_t offset, std::size_t size) const;
    bool equal(const Map& map, std::size_t offset, std::span<const uint8_t> bytes) const;
    // missing counts the blocks that write would take from the pool.
    uint32_t missing(const Map& map, std::size_t offset, std::size_t size) const;
    // write stores bytes of a range that is not there yet; missing() blocks must be available.
    void write(Map& map, std::size_t offset, std::span<const uint8_t> bytes, bool starts_run);
    // read copies the datagram's first bytes, all of which must be there.
    void read(const Map& map, std::span<uint8_t> out) const;
    void release(Map& map);

    uint32_t available() const { return available_; }

  private:
    static constexpr std::size_t kUnits = kBlockBytes / kUnit;
    using Bits = std::array<uint64_t, kUnits / 64>;  // one per unit
    struct Block {
        Bits present{};
        Bits starts{};  // of a run
        uint32_t next_free = kNone;
        std::array<uint8_t, kBlockBytes> bytes{};
    };

    uint32_t allocate();

    std::vector<Block> blocks_;
    uint32_t free_ = kNone;
    uint32_t available_ = 0;
};

}  // namespace eti::decap
