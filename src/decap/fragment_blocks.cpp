#include "decap/fragment_blocks.h"

#include "eti/base/check.h"

#include <algorithm>

namespace eti::decap {
namespace {

// for_each_block calls visit(place, offset in the block, bytes there, bytes before them) for the
// part of a range that lies in each block.
template <typename Visit>
void for_each_block(std::size_t offset, std::size_t size, Visit&& visit) {
    constexpr std::size_t kBlock = FragmentBlocks::kBlockBytes;
    for (std::size_t done = 0; done < size;) {
        const std::size_t inside = (offset + done) % kBlock;
        const std::size_t part = std::min(size - done, kBlock - inside);
        visit((offset + done) / kBlock, inside, part, done);
        done += part;
    }
}

// for_each_word calls visit(word, mask) for the units that size bytes from offset lie in.
template <typename Visit>
void for_each_word(std::size_t offset, std::size_t size, Visit&& visit) {
    std::size_t unit = offset / FragmentBlocks::kUnit;
    const std::size_t end = (offset + size + FragmentBlocks::kUnit - 1) / FragmentBlocks::kUnit;
    while (unit < end) {
        const std::size_t first = unit % 64;
        const std::size_t count = std::min(end - unit, 64 - first);
        visit(unit / 64, (~uint64_t{0} >> (64 - count)) << first);
        unit += count;
    }
}

}  // namespace

FragmentBlocks::FragmentBlocks(uint32_t blocks) : blocks_(blocks), available_(blocks) {
    for (uint32_t block = blocks; block > 0; --block) {
        blocks_[block - 1].next_free = free_;
        free_ = block - 1;
    }
}

FragmentBlocks::Cover FragmentBlocks::cover(const Map& map, std::size_t offset,
                                            std::size_t size) const {
    bool any = false;
    bool all = true;
    bool several_runs = false;
    for_each_block(offset, size,
                   [&](std::size_t place, std::size_t at, std::size_t part, std::size_t before) {
                       if (map.blocks[place] == kNone) {
                           all = false;
                           return;
                       }
                       const Block& block = blocks_[map.blocks[place]];
                       for_each_word(at, part, [&](std::size_t word, uint64_t mask) {
                           any = any || (block.present[word] & mask) != 0;
                           all = all && (block.present[word] & mask) == mask;
                           // A run may well start where the range does.
                           const uint64_t first = uint64_t{1} << (at / kUnit % 64);
                           const bool at_front = before == 0 && word == at / kUnit / 64;
                           const uint64_t inner = at_front ? mask & ~first : mask;
                           several_runs = several_runs || (block.starts[word] & inner) != 0;
                       });
                   });
    if (!any) {
        return Cover::Nothing;
    }
    return all && !several_runs ? Cover::InOneRun : Cover::Otherwise;
}

bool FragmentBlocks::equal(const Map& map, std::size_t offset,
                           std::span<const uint8_t> bytes) const {
    bool same = true;
    for_each_block(offset, bytes.size(),
                   [&](std::size_t place, std::size_t at, std::size_t part, std::size_t before) {
                       const auto& kept = blocks_[map.blocks[place]].bytes;
                       same = same && std::equal(kept.data() + at, kept.data() + at + part,
                                                 bytes.data() + before);
                   });
    return same;
}

uint32_t FragmentBlocks::missing(const Map& map, std::size_t offset, std::size_t size) const {
    uint32_t blocks = 0;
    for_each_block(offset, size, [&](std::size_t place, std::size_t, std::size_t, std::size_t) {
        blocks += map.blocks[place] == kNone ? 1U : 0U;
    });
    return blocks;
}

void FragmentBlocks::write(Map& map, std::size_t offset, std::span<const uint8_t> bytes,
                           bool starts_run) {
    for_each_block(offset, bytes.size(),
                   [&](std::size_t place, std::size_t at, std::size_t part, std::size_t before) {
                       if (map.blocks[place] == kNone) {
                           map.blocks[place] = allocate();
                       }
                       Block& block = blocks_[map.blocks[place]];
                       std::copy_n(bytes.data() + before, part, block.bytes.data() + at);
                       for_each_word(at, part, [&block](std::size_t word, uint64_t mask) {
                           block.present[word] |= mask;
                       });
                       if (starts_run && before == 0) {
                           block.starts[at / kUnit / 64] |= uint64_t{1} << (at / kUnit % 64);
                       }
                   });
}

void FragmentBlocks::read(const Map& map, std::span<uint8_t> out) const {
    for_each_block(
        0, out.size(), [&](std::size_t place, std::size_t, std::size_t part, std::size_t before) {
            std::copy_n(blocks_[map.blocks[place]].bytes.data(), part, out.data() + before);
        });
}

void FragmentBlocks::release(Map& map) {
    for (uint32_t& block : map.blocks) {
        if (block != kNone) {
            blocks_[block].next_free = free_;
            free_ = block;
            ++available_;
            block = kNone;
        }
    }
}

uint32_t FragmentBlocks::allocate() {
    ETI_ASSERT(free_ != kNone);
    const uint32_t block = free_;
    free_ = blocks_[block].next_free;
    --available_;
    blocks_[block].present = {};
    blocks_[block].starts = {};
    return block;
}

}  // namespace eti::decap
