#include "eti/base/hex.h"

#include <gtest/gtest.h>

#include <array>

namespace eti {
namespace {

TEST(Hex, writes_two_lower_case_digits_per_byte) {
    const std::array<uint8_t, 4> bytes{0x00, 0x0f, 0xa5, 0xff};
    EXPECT_EQ(to_hex(bytes), "000fa5ff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, reads_what_it_should_and_nothing_else) {
    struct Case {
        const char* why;
        std::string_view text;
        bool good;
    };
    const Case cases[] = {
        {"lower case", "00a5ff", true},
        {"upper case", "00A5FF", true},
        {"colons", "00:a5:FF", true},
        {"some colons", "00a5:ff", true},
        {"empty", "", false},
        {"one digit short", "00a5f", false},
        {"one byte short", "00a5", false},
        {"one digit long", "00a5ff0", false},
        {"one byte long", "00a5ff00", false},
        {"colon in front", ":00a5ff", false},
        {"colon behind", "00a5ff:", false},
        {"two colons", "00::a5ff", false},
        {"colon inside a byte", "0:0a5ff", false},
        {"letter g", "00a5fg", false},
        {"prefix", "0x00a5ff", false},
        {"sign", "+0a5ff0", false},
        {"blank", "00a5ff ", false},
    };
    for (const Case& c : cases) {
        std::array<uint8_t, 3> out{};
        EXPECT_EQ(from_hex(c.text, out), c.good) << c.why;
        if (c.good) {
            EXPECT_EQ(to_hex(out), "00a5ff") << c.why;
        }
    }
}

}  // namespace
}  // namespace eti
