#include "eti/stream/segment_pool.h"

#include "eti/base/check.h"

namespace eti::stream {

SegmentPool::SegmentPool(uint32_t blocks) : blocks_(blocks) {
    for (uint32_t block = blocks; block > 0; --block) {
        free(block - 1);
    }
}

uint32_t SegmentPool::allocate() {
    const uint32_t block = free_;
    if (block == kNone) {
        return kNone;
    }
    free_ = blocks_[block].next;
    --available_;
    blocks_[block].next = kNone;
    blocks_[block].count = 0;
    blocks_[block].present = {};
    return block;
}

void SegmentPool::free(uint32_t block) {
    ETI_ASSERT(block < blocks_.size() && available_ < blocks_.size());
    blocks_[block].next = free_;
    free_ = block;
    ++available_;
}

}  // namespace eti::stream
