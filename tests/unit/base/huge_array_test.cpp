#include "eti/base/huge_array.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace eti {
namespace {

struct alignas(64) Line {
    uint32_t value = 7;
};

TEST(HugeArray, HoldsValueInitialisedElementsInPlace) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{100'000}}) {
        HugeArray<Line> lines(size);
        ASSERT_EQ(lines.size(), size);
        EXPECT_TRUE(std::ranges::all_of(lines, [](const Line& line) { return line.value == 7; }));
        EXPECT_EQ(reinterpret_cast<uintptr_t>(&lines[size - 1]) % alignof(Line), 0U);
        lines[size - 1].value = 8;
        EXPECT_EQ(lines.end()[-1].value, 8U);
    }
}

}  // namespace
}  // namespace eti
