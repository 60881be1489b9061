#include "eti/base/bounded.h"

#include <gtest/gtest.h>

#include <string>

namespace eti {
namespace {

TEST(BoundedList, keeps_the_first_values_and_remembers_that_there_were_more) {
    BoundedList<int, 3> list;
    EXPECT_TRUE(list.empty());
    for (int value = 1; value <= 3; ++value) {
        list.push(value);
    }
    EXPECT_TRUE(list.full());
    EXPECT_FALSE(list.truncated());
    list.push(4);
    EXPECT_TRUE(list.truncated());
    EXPECT_EQ(list.size(), 3U);
    EXPECT_EQ(list.view().front(), 1);
    EXPECT_EQ(list.view().back(), 3);
}

TEST(BoundedList, clear_forgets_values_and_truncation) {
    BoundedList<int, 1> list;
    list.push(1);
    list.push(2);
    list.clear();
    EXPECT_TRUE(list.empty());
    EXPECT_FALSE(list.truncated());
    list.mark_truncated();
    EXPECT_TRUE(list.truncated());
}

TEST(BoundedText, cuts_at_its_size_and_keeps_every_byte_value) {
    const std::string exact("a\0\xff", 3);
    BoundedText<3> text(exact);
    EXPECT_EQ(text.view(), exact);
    EXPECT_FALSE(text.truncated());
    text.assign("abcd");
    EXPECT_EQ(text.view(), "abc");
    EXPECT_TRUE(text.truncated());
    text.assign("");
    EXPECT_TRUE(text.empty());
    EXPECT_FALSE(text.truncated());
}

}  // namespace
}  // namespace eti
