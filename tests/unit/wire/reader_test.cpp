#include "eti/wire/reader.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <vector>

namespace eti::wire {
namespace {

constexpr std::array<uint8_t, 8> kBytes = {1, 2, 3, 4, 5, 6, 7, 8};

std::size_t offset(const Reader& reader) {
    return kBytes.size() - reader.remaining();
}

TEST(Reader, ReadsBigEndianIntegersInOrder) {
    Reader reader(kBytes);
    uint8_t one = 0;
    uint16_t two = 0;
    uint32_t three = 0;
    ASSERT_TRUE(reader.u8(one));
    ASSERT_TRUE(reader.u16(two));
    ASSERT_TRUE(reader.u24(three));
    EXPECT_EQ(one, 0x01);
    EXPECT_EQ(two, 0x0203);
    EXPECT_EQ(three, 0x040506U);
    EXPECT_EQ(reader.remaining(), 2U);
    Reader again(kBytes);
    uint32_t four = 0;
    ASSERT_TRUE(again.u32(four));
    EXPECT_EQ(four, 0x01020304U);
}

TEST(Reader, ReadsTheHighestValues) {
    const std::array<uint8_t, 4> ones = {0xff, 0xff, 0xff, 0xff};
    uint32_t value = 0;
    ASSERT_TRUE(Reader(ones).u32(value));
    EXPECT_EQ(value, 0xffffffffU);
    ASSERT_TRUE(Reader(ones).u24(value));
    EXPECT_EQ(value, 0xffffffU);
}

struct ShortRead {
    const char* why;
    std::vector<uint8_t> bytes;
    std::function<bool(Reader&)> read;
};

TEST(Reader, AFailedReadLeavesCursorAndOutputAlone) {
    uint8_t small = 77;
    uint16_t medium = 77;
    uint32_t large = 77;
    Reader out(kBytes);
    const std::array cases = {
        ShortRead{"u8 of nothing", {}, [&](Reader& r) { return r.u8(small); }},
        ShortRead{"u16 of one byte", {1}, [&](Reader& r) { return r.u16(medium); }},
        ShortRead{"u24 of two bytes", {1, 2}, [&](Reader& r) { return r.u24(large); }},
        ShortRead{"u32 of three bytes", {1, 2, 3}, [&](Reader& r) { return r.u32(large); }},
        ShortRead{"take beyond the end", {1, 2}, [&](Reader& r) { return r.take(3, out); }},
        ShortRead{"skip beyond the end", {1, 2}, [&](Reader& r) { return r.skip(3); }},
        ShortRead{
            "u8 prefix, body short by one", {2, 9}, [&](Reader& r) { return r.u8_prefixed(out); }},
        ShortRead{"u16 prefix cut", {0}, [&](Reader& r) { return r.u16_prefixed(out); }},
        ShortRead{"u16 prefix, body short by one",
                  {0, 2, 9},
                  [&](Reader& r) { return r.u16_prefixed(out); }},
        ShortRead{"u24 prefix, body far too short",
                  {255, 255, 255, 9},
                  [&](Reader& r) { return r.u24_prefixed(out); }},
    };
    for (const ShortRead& c : cases) {
        SCOPED_TRACE(c.why);
        Reader reader(c.bytes);
        EXPECT_FALSE(c.read(reader));
        EXPECT_EQ(reader.remaining(), c.bytes.size());
        EXPECT_EQ(small, 77);
        EXPECT_EQ(medium, 77);
        EXPECT_EQ(large, 77U);
        EXPECT_EQ(offset(out), 0U);
    }
}

TEST(Reader, TakesPrefixedRangesOfEveryWidth) {
    const std::vector<uint8_t> bytes = {1, 'a', 0, 2, 'b', 'c', 0, 0, 1, 'd', 0};
    Reader reader(bytes);
    Reader body;
    ASSERT_TRUE(reader.u8_prefixed(body));
    EXPECT_EQ(body.text(), "a");
    ASSERT_TRUE(reader.u16_prefixed(body));
    EXPECT_EQ(body.text(), "bc");
    ASSERT_TRUE(reader.u24_prefixed(body));
    EXPECT_EQ(body.text(), "d");
    ASSERT_TRUE(reader.u8_prefixed(body));
    EXPECT_TRUE(body.empty());
    EXPECT_TRUE(reader.empty());
}

TEST(Reader, SkipsAndTakesUpToTheLastByte) {
    Reader reader(kBytes);
    ASSERT_TRUE(reader.skip(3));
    Reader rest;
    ASSERT_TRUE(reader.take(5, rest));
    EXPECT_EQ(rest.bytes()[0], 4);
    EXPECT_EQ(rest.remaining(), 5U);
    EXPECT_TRUE(reader.skip(0));
    EXPECT_FALSE(reader.skip(1));
}

TEST(Reader, ADefaultReaderIsEmpty) {
    Reader reader;
    EXPECT_TRUE(reader.empty());
    EXPECT_TRUE(reader.text().empty());
}

}  // namespace
}  // namespace eti::wire
