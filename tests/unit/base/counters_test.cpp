#include "eti/base/counters.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace eti {
namespace {

enum class Cell : uint8_t { First, Second };

TEST(CounterBlock, starts_at_zero_and_counts_each_cell_for_itself) {
    CounterBlock<Cell, 2> block;
    EXPECT_EQ(block.get(Cell::First), 0U);
    block.add(Cell::First);
    block.add(Cell::First, 41);
    block.add(Cell::Second, 7);
    EXPECT_EQ(block.get(Cell::First), 42U);
    EXPECT_EQ(block.get(Cell::Second), 7U);
}

TEST(CounterBlock, set_replaces_the_value) {
    CounterBlock<Cell, 2> block;
    block.add(Cell::Second, 9);
    block.set(Cell::Second, 3);
    EXPECT_EQ(block.get(Cell::Second), 3U);
    EXPECT_EQ(block.get(Cell::First), 0U);
}

TEST(CounterBlock, does_not_share_a_cache_line_with_its_neighbour) {
    EXPECT_EQ(alignof(decltype(CounterBlock<Cell, 2>())), 64U);
    EXPECT_EQ(sizeof(CounterBlock<Cell, 2>) % 64, 0U);
}

}  // namespace
}  // namespace eti
