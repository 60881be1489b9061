#include "eti/base/hex.h"
#include "eti/intel/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace eti::intel {
namespace {

TEST(AllowlistFeed, reads_every_kind) {
    const AllowlistFeed feed = parse_allowlist_feed(
        "# comment\r\n"
        "ip,192.0.2.7\r\n"
        " range , 10.0.0.5-10.0.0.9 # printers\r\n"
        "CIDR,2001:db8::1/64\r\n"
        "hostname,WWW.Example.com.\r\n"
        "hostname,.suffix.test\r\n"
        "\r\n"
        "sha1,40:86:96:C2:82:4D:4C:8A:B6:F6:A9:CA:36:80:A1:90:C5:76:16:30\r\n"
        "sha256,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(feed.error, "");
    EXPECT_EQ(feed.rejected_count, 0U);
    ASSERT_EQ(feed.entries.size(), 7U);
    EXPECT_EQ(feed.entries[0].range, net::parse_ip_range("192.0.2.7"));
    EXPECT_EQ(feed.entries[1].range, net::parse_ip_range("10.0.0.5-10.0.0.9"));
    EXPECT_EQ(feed.entries[2].range, net::parse_ip_range("2001:db8::/64"));
    EXPECT_EQ(feed.entries[3].hostname, "www.example.com");
    EXPECT_EQ(feed.entries[4].hostname, ".suffix.test");
    EXPECT_EQ(feed.entries[5].kind, AllowlistKind::CertificateSha1);
    EXPECT_EQ(to_hex(feed.entries[5].sha1), "408696c2824d4c8ab6f6a9ca3680a190c5761630");
    EXPECT_EQ(feed.entries[6].kind, AllowlistKind::CertificateSha256);
    EXPECT_EQ(feed.entries[6].sha256[0], 0xe3);
    EXPECT_EQ(feed.entries[6].feed, "eta_custom_whitelist");
}

TEST(AllowlistFeed, names_bad_lines_and_keeps_the_others) {
    struct Case {
        const char* line;
        const char* says;
    };
    const Case cases[] = {
        {"192.0.2.7", "not 'kind,value'"},
        {"ip,192.0.2", "not an address"},
        {"ip,192.0.2.0/24", "not an address"},
        {"ip,192.0.2.1-192.0.2.2", "not an address"},
        {"cidr,192.0.2.1", "not an address"},
        {"range,192.0.2.9-192.0.2.1", "not an address"},
        {"cidr,192.0.2.0/33", "not an address"},
        {"hostname,", "not a host name"},
        {"hostname,.", "not a host name"},
        {"hostname,a..b", "not a host name"},
        {"hostname,*.example.com", "not a host name or '.suffix': '*.example.com'"},
        {"hostname,exa mple.com", "not a host name"},
        {"sha1,abc", "not a SHA-1: 'abc'"},
        {"sha256,408696c2824d4c8ab6f6a9ca3680a190c5761630", "not a SHA-256"},
        {"url,http://a.b", "none of ip, range"},
        {",", "none of ip, range"},
    };
    for (const Case& c : cases) {
        const AllowlistFeed feed =
            parse_allowlist_feed("ip,10.0.0.1\n" + std::string(c.line) + "\nip,10.0.0.2\n");
        EXPECT_EQ(feed.error, "") << c.line;
        EXPECT_EQ(feed.entries.size(), 2U) << c.line;
        ASSERT_EQ(feed.rejected.size(), 1U) << c.line;
        EXPECT_EQ(feed.rejected[0].line, 2U) << c.line;
        EXPECT_THAT(feed.rejected[0].why, testing::HasSubstr(c.says)) << c.line;
    }
}

TEST(AllowlistFeed, may_hold_no_entries_but_not_be_cut_or_too_large) {
    EXPECT_EQ(parse_allowlist_feed("# no entries\n").error, "");
    EXPECT_NE(parse_allowlist_feed("").error, "");
    EXPECT_NE(parse_allowlist_feed("ip,10.0.0.1\n# END (2) entries\n").error, "");
    const AllowlistFeed many = parse_allowlist_feed("ip,10.0.0.1\nip,10.0.0.2\n", {100, 1});
    EXPECT_THAT(many.error, testing::HasSubstr("limit of 1 entries"));
    EXPECT_TRUE(many.entries.empty());
    EXPECT_NE(parse_allowlist_feed("ip,10.0.0.1\n", {5, 1}).error, "");
}

}  // namespace
}  // namespace eti::intel
