#include "eti/base/record_ring.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace eti {
namespace {

struct Item {
    uint64_t number;
    std::array<uint8_t, 4092> body;
    uint32_t check;
};

bool push(RecordRing<Item>& ring, uint64_t number) {
    Item* slot = ring.reserve();
    if (slot == nullptr) {
        return false;
    }
    slot->number = number;
    slot->check = static_cast<uint32_t>(~number);
    ring.commit();
    return true;
}

TEST(RecordRing, is_empty_at_first) {
    RecordRing<Item> ring(4);
    EXPECT_EQ(ring.front(), nullptr);
    EXPECT_EQ(ring.size(), 0U);
    EXPECT_GE(ring.capacity(), 4U);
}

TEST(RecordRing, refuses_when_full_and_takes_again_after_a_release) {
    RecordRing<Item> ring(4);
    uint64_t pushed = 0;
    while (push(ring, pushed)) {
        ++pushed;
    }
    EXPECT_EQ(pushed, ring.capacity());
    EXPECT_EQ(ring.size(), ring.capacity());
    ASSERT_NE(ring.front(), nullptr);
    EXPECT_EQ(ring.front()->number, 0U);
    ring.release();
    EXPECT_TRUE(push(ring, pushed));
    EXPECT_FALSE(push(ring, pushed + 1));
}

TEST(RecordRing, keeps_the_order_over_many_wraps_at_every_fill_level) {
    RecordRing<Item> ring(4);
    uint64_t pushed = 0;
    uint64_t taken = 0;
    for (std::size_t level = 1; level <= ring.capacity(); ++level) {
        for (int round = 0; round < 20; ++round) {
            while (pushed - taken < level) {
                ASSERT_TRUE(push(ring, pushed++));
            }
            while (taken < pushed) {
                const Item* item = ring.front();
                ASSERT_NE(item, nullptr);
                EXPECT_EQ(item->number, taken);
                EXPECT_EQ(item->check, static_cast<uint32_t>(~taken));
                ring.release();
                ++taken;
            }
        }
    }
    EXPECT_EQ(ring.front(), nullptr);
}

TEST(RecordRing, a_reserved_slot_is_invisible_until_committed) {
    RecordRing<Item> ring(2);
    ASSERT_NE(ring.reserve(), nullptr);
    EXPECT_EQ(ring.size(), 0U);
    EXPECT_EQ(ring.front(), nullptr);
}

TEST(RecordRing, reserve_and_front_may_be_repeated) {
    RecordRing<Item> ring(4);
    Item* slot = ring.reserve();
    EXPECT_EQ(ring.reserve(), slot);
    slot->number = 1;
    ring.commit();
    ASSERT_TRUE(push(ring, 2));
    const Item* front = ring.front();
    EXPECT_EQ(ring.front(), front);
    EXPECT_EQ(front->number, 1U);
    ring.release();
    ASSERT_NE(ring.front(), nullptr);
    EXPECT_EQ(ring.front()->number, 2U);
    ring.release();
    EXPECT_EQ(ring.front(), nullptr);
}

}  // namespace
}  // namespace eti
