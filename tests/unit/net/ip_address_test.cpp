#include "eti/net/ip_address.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::net {
namespace {

TEST(ParseIp, reads_addresses_and_writes_them_in_canonical_form) {
    struct Case {
        const char* text;
        const char* canonical;
        bool v4;
    };
    const Case cases[] = {
        {"0.0.0.0", "0.0.0.0", true},
        {"10.1.2.3", "10.1.2.3", true},
        {"255.255.255.255", "255.255.255.255", true},
        {"::", "::", false},
        {"::1", "::1", false},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", false},
        {"2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1", false},
        {"fe80::1:0:0:1", "fe80::1:0:0:1", false},
        {"::ffff:192.0.2.1", "192.0.2.1", true},
        {"::ffff:c000:201", "192.0.2.1", true},
        {"64:ff9b::192.0.2.1", "64:ff9b::c000:201", false},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         false},
    };
    for (const Case& c : cases) {
        const auto ip = parse_ip(c.text);
        ASSERT_TRUE(ip.has_value()) << c.text;
        EXPECT_EQ(to_string(*ip), c.canonical) << c.text;
        EXPECT_EQ(ip->is_v4(), c.v4) << c.text;
        EXPECT_EQ(parse_ip(to_string(*ip)), ip) << c.text;
    }
}

TEST(ParseIp, refuses_everything_else) {
    using std::string_literals::operator""s;
    const std::string cases[] = {
        "",
        " ",
        "10.1.2",
        "10.1.2.3.4",
        "10.1.2.256",
        "10.1.2.-3",
        "010.1.2.3",
        "10.1.2.3 ",
        " 10.1.2.3",
        "10.1.2.3/8",
        "0x0a010203",
        "167838211",
        ":::",
        "1::2::3",
        "2001:db8::g",
        "12345::",
        "fe80::1%eth0",
        "[::1]",
        "1.2.3.4\0"s,
        "1.2.3.4\0x"s,
        "::1\0"s,
        "localhost",
        "::ffff:1.2.3",
        std::string(400, '1'),
    };
    for (const std::string& text : cases) {
        EXPECT_FALSE(parse_ip(text).has_value()) << text;
    }
}

TEST(ParseIp, no_address_cut_short_is_taken_for_the_whole) {
    const std::string text = "2001:db8:1:2:3:4:5:6789";
    const auto whole = parse_ip(text);
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto cut = parse_ip(text.substr(0, length));
        EXPECT_NE(cut, whole) << length;
    }
}

TEST(IpAddress, orders_numerically_with_all_v4_together) {
    const char* ascending[] = {"::",         "::1",         "0.0.0.0",   "9.255.255.255",
                               "10.0.0.0",   "10.0.0.1",    "200.0.0.0", "255.255.255.255",
                               "2001:db8::", "2001:db8::1", "fe80::"};
    for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
        EXPECT_LT(*parse_ip(ascending[i]), *parse_ip(ascending[i + 1])) << ascending[i];
    }
}

TEST(ParseIpRange, reads_addresses_prefixes_and_spans) {
    struct Case {
        const char* text;
        const char* first;
        const char* last;
    };
    const Case cases[] = {
        {"192.0.2.7", "192.0.2.7", "192.0.2.7"},
        {"192.0.2.7/32", "192.0.2.7", "192.0.2.7"},
        {"192.0.2.7/24", "192.0.2.0", "192.0.2.255"},
        {"192.0.2.7/25", "192.0.2.0", "192.0.2.127"},
        {"10.9.8.7/8", "10.0.0.0", "10.255.255.255"},
        {"1.2.3.4/0", "0.0.0.0", "255.255.255.255"},
        {"10.0.0.5-10.0.0.9", "10.0.0.5", "10.0.0.9"},
        {"10.0.0.5-10.0.0.5", "10.0.0.5", "10.0.0.5"},
        {"2001:db8::1", "2001:db8::1", "2001:db8::1"},
        {"2001:db8::1/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"},
        {"2001:db8::1/128", "2001:db8::1", "2001:db8::1"},
        {"2001:db8::ff/125", "2001:db8::f8", "2001:db8::ff"},
        {"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"fe80::1-fe80::9", "fe80::1", "fe80::9"},
    };
    for (const Case& c : cases) {
        const auto range = parse_ip_range(c.text);
        ASSERT_TRUE(range.has_value()) << c.text;
        EXPECT_EQ(range->first, *parse_ip(c.first)) << c.text;
        EXPECT_EQ(range->last, *parse_ip(c.last)) << c.text;
    }
}

TEST(ParseIpRange, refuses_everything_else) {
    const char* cases[] = {
        "",
        "/",
        "-",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8x",
        "10.0.0.0/ 8",
        "/8",
        "10.0.0.9-10.0.0.5",
        "10.0.0.1-",
        "-10.0.0.1",
        "10.0.0.1-::1",
        "2001:db8::/129",
        "10.0.0.0/8/8",
        "10.0.0.1-10.0.0.2-10.0.0.3",
        "10.0.0.0/8-10.0.0.9",
        "10.0.0.0/99999999999999999999",
    };
    for (const char* text : cases) {
        EXPECT_FALSE(parse_ip_range(text).has_value()) << text;
    }
}

TEST(IpRange, contains_its_ends_and_nothing_beside) {
    const auto range = parse_ip_range("10.0.0.5-10.0.0.9");
    ASSERT_TRUE(range.has_value());
    EXPECT_TRUE(range->contains(*parse_ip("10.0.0.5")));
    EXPECT_TRUE(range->contains(*parse_ip("10.0.0.9")));
    EXPECT_FALSE(range->contains(*parse_ip("10.0.0.4")));
    EXPECT_FALSE(range->contains(*parse_ip("10.0.0.10")));
    EXPECT_FALSE(range->contains(*parse_ip("::10.0.0.6")));
}

}  // namespace
}  // namespace eti::net
