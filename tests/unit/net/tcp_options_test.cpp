#include "eti/net/tcp_options.h"

#include <gtest/gtest.h>

#include <vector>

namespace eti::net {
namespace {

using Bytes = std::vector<uint8_t>;

struct Case {
    const char* why;
    Bytes options;
    bool timestamp;
    bool window_scale;
    bool md5;
};

TEST(TcpOptions, AreReadAsFarAsTheyMakeSense) {
    const Bytes md5 = [] {
        Bytes bytes(18, 0x55);
        bytes[0] = 19;
        bytes[1] = 18;
        return bytes;
    }();
    const Case cases[] = {
        {"none", {}, false, false, false},
        {"a SYN's: MSS, SACK permitted, timestamps, padding, scale",
         {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 1, 2, 0, 0, 0, 0, 1, 3, 3, 7},
         true,
         true,
         false},
        {"a segment's timestamps", {1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 0, 9}, true, false, false},
        {"MD5", md5, false, false, true},
        {"behind the end of the list", {0, 8, 10, 0, 0, 1, 2, 0, 0, 0, 9}, false, false, false},
        {"a length of 0 ends it", {3, 0, 8, 10, 0, 0, 1, 2, 0, 0, 0, 9}, false, false, false},
        {"a length of 1 ends it", {3, 1, 3, 3, 7}, false, false, false},
        {"an option that is cut", {8, 10, 0, 0, 1}, false, false, false},
        {"a timestamp of the wrong size", {8, 9, 0, 0, 1, 2, 0, 0, 0}, false, false, false},
        {"only a kind", {8}, false, false, false},
    };
    for (const Case& c : cases) {
        const TcpOptions read = parse_tcp_options(c.options);
        EXPECT_EQ(read.has_timestamp, c.timestamp) << c.why;
        EXPECT_EQ(read.has_window_scale, c.window_scale) << c.why;
        EXPECT_EQ(read.has_md5, c.md5) << c.why;
        if (c.timestamp) {
            EXPECT_EQ(read.timestamp, 0x102U) << c.why;
        }
        if (c.window_scale) {
            EXPECT_EQ(read.window_scale, 7U) << c.why;
        }
    }
}

TEST(TcpOptions, ALargerScaleCountsAsTheLargest) {
    EXPECT_EQ(parse_tcp_options(Bytes{3, 3, 200}).window_scale, 14U);
}

}  // namespace
}  // namespace eti::net
