#include "eti/stream/segment_pool.h"

#include <gtest/gtest.h>

#include <set>

namespace eti::stream {
namespace {

TEST(SegmentPool, HandsOutEachBlockOnce) {
    SegmentPool pool(3);
    EXPECT_EQ(pool.available(), 3U);
    const std::set<uint32_t> blocks = {pool.allocate(), pool.allocate(), pool.allocate()};
    EXPECT_EQ(blocks.size(), 3U);
    EXPECT_EQ(blocks.count(SegmentPool::kNone), 0U);
    EXPECT_EQ(pool.allocate(), SegmentPool::kNone);
    EXPECT_EQ(pool.available(), 0U);
}

TEST(SegmentPool, ReusesWhatComesBackUnlinked) {
    SegmentPool pool(2);
    const uint32_t first = pool.allocate();
    pool.at(first).next = pool.allocate();
    pool.free(first);
    EXPECT_EQ(pool.available(), 1U);
    EXPECT_EQ(pool.allocate(), first);
    EXPECT_EQ(pool.at(first).next, SegmentPool::kNone);
}

TEST(SegmentPool, OfNothingIsAlwaysEmpty) {
    SegmentPool pool(0);
    EXPECT_EQ(pool.allocate(), SegmentPool::kNone);
}

TEST(SegmentPool, ReusedBlocksAreEmpty) {
    SegmentPool pool(1);
    const uint32_t block = pool.allocate();
    pool.at(block).present.fill(~uint64_t{0});
    pool.at(block).count = 7;
    pool.free(block);
    ASSERT_EQ(pool.allocate(), block);
    EXPECT_EQ(pool.at(block).count, 0U);
    for (const uint64_t word : pool.at(block).present) {
        EXPECT_EQ(word, 0U);
    }
}

}  // namespace
}  // namespace eti::stream
