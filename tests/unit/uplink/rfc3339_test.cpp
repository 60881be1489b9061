#include "uplink/rfc3339.h"

#include <gtest/gtest.h>

namespace eti::uplink {
namespace {

TEST(Rfc3339, ReadsAndWritesTheSameText) {
    for (const char* text : {"1970-01-01T00:00:00Z", "2026-11-24T03:46:14Z", "2024-02-29T23:59:59Z",
                             "2026-11-24T03:46:14.000000001Z", "2261-12-31T23:59:59.123456789Z"}) {
        const auto time = parse_rfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(format_rfc3339(*time), text);
    }
    EXPECT_EQ(parse_rfc3339("1970-01-02T00:00:00.5Z"),
              Timestamp{} + std::chrono::days(1) + std::chrono::milliseconds(500));
}

TEST(Rfc3339, RefusesEverythingElse) {
    const std::string valid = "2026-11-24T03:46:14.125Z";
    for (std::size_t size = 0; size < valid.size(); ++size) {
        EXPECT_FALSE(parse_rfc3339(valid.substr(0, size))) << size;
    }
    for (const char* text :
         {"2026-11-24T03:46:14+00:00", "2026-11-24 03:46:14Z", "2026-02-29T00:00:00Z",
          "2026-13-01T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T03:60:14Z",
          "2026-11-24T03:46:61Z", "2026-11-24T03:46:14.Z", "2026-11-24T03:46:14.1234567890Z",
          "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "2026-11-24T03:46:1xZ"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace eti::uplink
