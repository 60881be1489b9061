#include "eti/base/published.h"

#include "eti/base/quiescent.h"

#include <gtest/gtest.h>

#include <memory>

namespace eti {
namespace {

// watched makes a value whose end of life the test can see.
std::shared_ptr<const int> watched(int value, std::weak_ptr<const int>& watch) {
    std::shared_ptr<const int> pointer(std::make_unique<int>(value));
    watch = pointer;
    return pointer;
}

TEST(Published, readers_see_the_new_value_and_generation_at_once) {
    QuiescentDomain domain(1);
    Published<int> table(domain, std::make_shared<const int>(1));
    const auto before = table.generation();
    EXPECT_EQ(*table.read(), 1);
    table.publish(std::make_shared<const int>(2));
    EXPECT_EQ(*table.read(), 2);
    EXPECT_EQ(*table.owned(), 2);
    EXPECT_NE(table.generation(), before);
}

TEST(Published, retired_value_lives_until_every_online_reader_was_quiescent) {
    QuiescentDomain domain(2);
    domain.online(0);
    domain.online(1);
    std::weak_ptr<const int> first;
    Published<int> table(domain, watched(1, first));
    table.publish(std::make_shared<const int>(2));

    EXPECT_EQ(domain.reclaim(), 1U) << "no reader was quiescent";
    domain.quiescent(0);
    EXPECT_EQ(domain.reclaim(), 1U) << "one reader was quiescent, the other not";
    EXPECT_FALSE(first.expired());
    domain.quiescent(1);
    EXPECT_EQ(domain.reclaim(), 0U);
    EXPECT_TRUE(first.expired());
}

TEST(Published, a_quiescent_state_before_the_retirement_does_not_count) {
    QuiescentDomain domain(1);
    domain.online(0);
    std::weak_ptr<const int> first;
    Published<int> table(domain, watched(1, first));
    domain.quiescent(0);
    table.publish(std::make_shared<const int>(2));
    EXPECT_EQ(domain.reclaim(), 1U);
    EXPECT_FALSE(first.expired());
}

TEST(Published, offline_readers_hold_nothing_back) {
    QuiescentDomain domain(2);
    domain.online(0);
    std::weak_ptr<const int> first;
    Published<int> table(domain, watched(1, first));
    table.publish(std::make_shared<const int>(2));
    domain.offline(0);
    EXPECT_EQ(domain.reclaim(), 0U);
    EXPECT_TRUE(first.expired());
}

TEST(Published, several_retirements_are_freed_in_order) {
    QuiescentDomain domain(1);
    domain.online(0);
    std::weak_ptr<const int> first;
    std::weak_ptr<const int> second;
    Published<int> table(domain, watched(1, first));
    table.publish(watched(2, second));
    domain.quiescent(0);
    table.publish(std::make_shared<const int>(3));
    EXPECT_EQ(domain.reclaim(), 1U);
    EXPECT_TRUE(first.expired());
    EXPECT_FALSE(second.expired());
}

TEST(QuiescentDomain, destruction_frees_what_is_left) {
    std::weak_ptr<const int> object;
    {
        QuiescentDomain domain(1);
        domain.online(0);
        domain.retire(watched(1, object));
        EXPECT_EQ(domain.reclaim(), 1U);
    }
    EXPECT_TRUE(object.expired());
}

TEST(QuiescentDomain, works_without_readers) {
    QuiescentDomain domain(0);
    domain.retire(std::make_shared<const int>(1));
    EXPECT_EQ(domain.reclaim(), 0U);
}

}  // namespace
}  // namespace eti
