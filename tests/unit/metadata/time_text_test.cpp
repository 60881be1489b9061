#include "eti/metadata/record_json.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace eti::metadata {
namespace {

using namespace std::chrono_literals;

TEST(FormatTime, writes_microseconds_rounded_down) {
    EXPECT_EQ(format_time(Timestamp{}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(format_time(Timestamp(1795491974s + 123456789ns)), "2026-11-24T03:46:14.123456Z");
    EXPECT_EQ(format_time(Timestamp(951782400s)), "2000-02-29T00:00:00.000000Z");
    EXPECT_EQ(format_time(Timestamp(-1ns)), "1969-12-31T23:59:59.999999Z");
}

TEST(ParseTime, reads_rfc_3339) {
    struct Case {
        const char* text;
        Timestamp time;
    };
    const Case cases[] = {
        {"1970-01-01T00:00:00Z", Timestamp{}},
        {"2026-11-24T03:46:14.123456Z", Timestamp(1795491974s + 123456us)},
        {"2026-11-24t03:46:14.5z", Timestamp(1795491974s + 500ms)},
        {"2026-11-24 03:46:14Z", Timestamp(1795491974s)},
        {"2026-11-24T03:46:14.1234567899Z", Timestamp(1795491974s + 123456789ns)},
        {"2026-11-24T05:46:14+02:00", Timestamp(1795491974s)},
        {"2026-11-23T22:16:14-05:30", Timestamp(1795491974s)},
        {"1969-12-31T23:59:59.5Z", Timestamp(-500ms)},
        {"1998-12-31T23:59:60Z", Timestamp(915148800s)},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(parse_time(c.text), c.time) << c.text;
    }
}

TEST(ParseTime, refuses_everything_else) {
    const char* cases[] = {"",
                           "2026-11-24",
                           "2026-11-24T03:46:14",
                           "2026-11-24T03:46Z",
                           "2026-13-24T03:46:14Z",
                           "2026-02-30T03:46:14Z",
                           "2026-11-24T24:00:00Z",
                           "2026-11-24T03:60:14Z",
                           "2026-11-24T03:46:61Z",
                           "2026-11-24T03:46:14.Z",
                           "2026-11-24T03:46:14ZZ",
                           "2026-11-24T03:46:14+0200",
                           "2026-11-24T03:46:14+24:00",
                           " 2026-11-24T03:46:14Z",
                           "-026-11-24T03:46:14Z",
                           "0001-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z"};
    for (const char* text : cases) {
        EXPECT_FALSE(parse_time(text).has_value()) << text;
    }
}

TEST(ParseTime, takes_back_what_format_time_writes_but_no_part_of_it) {
    const Timestamp time(1795491974s + 123456us);
    const std::string text = format_time(time);
    EXPECT_EQ(parse_time(text), time);
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_FALSE(parse_time(text.substr(0, length)).has_value()) << length;
    }
}

}  // namespace
}  // namespace eti::metadata
