#include "eti/tls/assembly_pool.h"

#include <gtest/gtest.h>

namespace eti::tls {
namespace {

TEST(AssemblyPool, GivesTheSmallSizeWhereItFits) {
    AssemblyPool pool(1, 1);
    EXPECT_EQ(pool.allocate(AssemblyPool::kSmallBytes).size(), AssemblyPool::kSmallBytes);
    EXPECT_EQ(pool.allocate(AssemblyPool::kSmallBytes + 1).size(), AssemblyPool::kLargeBytes);
}

TEST(AssemblyPool, FallsBackToALargeBufferWhenSmallOnesAreOut) {
    AssemblyPool pool(1, 1);
    ASSERT_FALSE(pool.allocate(1).empty());
    EXPECT_EQ(pool.allocate(1).size(), AssemblyPool::kLargeBytes);
    EXPECT_TRUE(pool.allocate(1).empty());
}

TEST(AssemblyPool, RefusesWhatNoBufferHolds) {
    AssemblyPool pool(1, 1);
    EXPECT_TRUE(pool.allocate(AssemblyPool::kLargeBytes + 1).empty());
    EXPECT_FALSE(pool.allocate(AssemblyPool::kLargeBytes).empty());
    EXPECT_TRUE(pool.allocate(AssemblyPool::kLargeBytes).empty());
}

TEST(AssemblyPool, BuffersAreDistinctAndReturnToTheirOwnSize) {
    AssemblyPool pool(2, 1);
    const auto first = pool.allocate(10);
    const auto second = pool.allocate(10);
    const auto large = pool.allocate(10'000);
    EXPECT_NE(first.data(), second.data());
    first.back() = 1;
    second.front() = 2;
    large.back() = 3;
    EXPECT_EQ(first.back(), 1);
    pool.free(large);
    pool.free(first);
    EXPECT_EQ(pool.allocate(10).data(), first.data());
    EXPECT_EQ(pool.allocate(10'000).data(), large.data());
}

}  // namespace
}  // namespace eti::tls
