// Records of sessions that are only counted any more, in a quarter of the memory.
#pragma once

#include "eti/base/digest_types.h"
#include "eti/base/huge_array.h"
#include "eti/metadata/record.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace eti::inspect {

// PackedRecords belongs to one worker. It takes all memory at construction and touches a block only
// when it is used. What it leaves out are the counts that SessionCounts and the flow hold.
class PackedRecords {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;
    // Of blocks, what most records take.
    static constexpr uint32_t kBlocksPerRecord = 8;

    explicit PackedRecords(uint32_t blocks);
    PackedRecords(const PackedRecords&) = delete;
    PackedRecords& operator=(const PackedRecords&) = delete;

    // pack returns the record's name here, or kNone where it does not fit.
    uint32_t pack(const metadata::Record& record, const std::optional<Sha256Digest>& leaf_sha256);
    // unpack fills a fresh record.
    void unpack(uint32_t packed, metadata::Record& record,
                std::optional<Sha256Digest>& leaf_sha256) const;
    void release(uint32_t packed);
    uint32_t in_use() const { return in_use_; }

  private:
    struct Block {
        uint32_t next;
        std::array<uint8_t, 188> bytes;
    };
    static_assert(sizeof(Block) == 192);

    Block& at(uint32_t index) const { return memory_.get()[index]; }
    uint32_t take();

    HugeMemory<Block> memory_;
    uint32_t blocks_;
    uint32_t fresh_ = 0;     // blocks from here on were never used
    uint32_t free_ = kNone;  // the others, chained
    uint32_t in_use_ = 0;
};

}  // namespace eti::inspect
