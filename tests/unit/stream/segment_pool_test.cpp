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

TEST(SegmentPool, ABlockIsTwoKibibytes) {
    EXPECT_EQ(sizeof(SegmentPool::Block), 2048U);
}

}  // namespace
}  // namespace eti::stream
