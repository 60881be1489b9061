#include "eti/base/bounded_map.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::enrich {
namespace {

const KeyedHash kHash({1, 2});

TEST(BoundedMap, forgets_what_was_touched_longest_ago) {
    BoundedMap<std::string, int> map(3, kHash);
    map.touch("a") = 1;
    map.touch("b") = 2;
    map.touch("c") = 3;
    map.touch("a");
    EXPECT_EQ(*map.oldest(), 2);
    map.touch("d") = 4;
    EXPECT_EQ(map.size(), 3U);
    EXPECT_EQ(map.evicted(), 1U);
    EXPECT_EQ(map.find("b"), nullptr);
    ASSERT_NE(map.find("a"), nullptr);
    EXPECT_EQ(*map.find("a"), 1);
    EXPECT_EQ(*map.find("c"), 3) << "finding does not touch";
    map.touch("e") = 5;
    EXPECT_EQ(map.find("c"), nullptr);
}

TEST(BoundedMap, erased_entries_leave_room) {
    BoundedMap<uint64_t, int> map(2, kHash);
    EXPECT_EQ(map.oldest(), nullptr);
    map.touch(1) = 1;
    map.touch(2) = 2;
    map.erase(2);
    map.erase(2);
    map.touch(3) = 3;
    EXPECT_EQ(map.evicted(), 0U);
    map.erase_oldest();
    EXPECT_EQ(map.find(1), nullptr);
    EXPECT_EQ(*map.oldest(), 3);
}

TEST(BoundedMap, holds_one) {
    BoundedMap<uint64_t, int> map(1, kHash);
    for (uint64_t key = 0; key < 100; ++key) {
        map.touch(key) = static_cast<int>(key);
        EXPECT_EQ(map.size(), 1U);
        EXPECT_EQ(*map.oldest(), static_cast<int>(key));
    }
}

TEST(KeyedHash, depends_on_the_secret_the_length_and_every_byte) {
    const KeyedHash other({1, 3});
    const std::string text = "0123456789abcdef01234";
    EXPECT_NE(kHash(text), other(text));
    EXPECT_NE(kHash(text), kHash(text + '\0'));
    EXPECT_NE(kHash(uint64_t{1}), kHash(uint64_t{2}));
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_NE(kHash(text), kHash(changed)) << at;
    }
}

}  // namespace
}  // namespace eti::enrich
