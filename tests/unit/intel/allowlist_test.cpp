#include "eti/intel/allowlist.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace eti::intel {
namespace {

AllowlistEntry addresses(std::string_view range) {
    AllowlistEntry entry;
    entry.range = net::parse_ip_range(range).value();
    return entry;
}

AllowlistEntry hostname(std::string name) {
    AllowlistEntry entry;
    entry.kind = AllowlistKind::Hostname;
    entry.hostname = std::move(name);
    return entry;
}

TEST(Allowlist, empty_list_holds_nothing) {
    const Allowlist none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(none.contains_address(net::IpAddress()));
    EXPECT_FALSE(none.contains_hostname(""));
    EXPECT_FALSE(none.contains_hostname("example.com"));
    EXPECT_FALSE(none.contains_certificate(Sha1Digest{}));
}

TEST(Allowlist, addresses_match_inside_any_range) {
    const Allowlist list({addresses("10.0.0.0/24"), addresses("10.0.0.64-10.0.1.20"),
                          addresses("10.0.0.1"), addresses("192.0.2.7"),
                          addresses("2001:db8::/32")});
    struct Case {
        const char* ip;
        bool listed;
    };
    const Case cases[] = {
        {"9.255.255.255", false},   {"10.0.0.0", true},    {"10.0.0.200", true},
        {"10.0.1.20", true},        {"10.0.1.21", false},  {"192.0.2.6", false},
        {"192.0.2.7", true},        {"192.0.2.8", false},  {"2001:db8::", true},
        {"2001:db8:ffff::1", true}, {"2001:db9::", false}, {"::", false},
        {"ffff::", false},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(list.contains_address(net::parse_ip(c.ip).value()), c.listed) << c.ip;
    }
    EXPECT_EQ(list.entries().size(), 5U) << "entries stay as given";
}

TEST(Allowlist, a_range_inside_another_does_not_shorten_it) {
    const Allowlist list({addresses("10.0.0.0/8"), addresses("10.0.0.0/24")});
    EXPECT_TRUE(list.contains_address(net::parse_ip("10.200.0.1").value()));
}

TEST(Allowlist, a_range_wider_than_ipv4_holds_all_of_it) {
    AllowlistEntry wide;
    wide.range = {net::IpAddress(), net::IpAddress::v4(10, 0, 0, 9)};
    const Allowlist list({wide, addresses("2001:db8::1")});
    for (const char* listed : {"::1", "0.0.0.0", "10.0.0.9", "2001:db8::1"}) {
        EXPECT_TRUE(list.contains_address(net::parse_ip(listed).value())) << listed;
    }
    for (const char* other : {"10.0.0.10", "255.255.255.255", "1::", "2001:db8::2"}) {
        EXPECT_FALSE(list.contains_address(net::parse_ip(other).value())) << other;
    }
}

// Counts around each power of the index's fan, so that its last nodes are full, and not.
TEST(RangeIndex, finds_what_each_of_many_ranges_holds) {
    for (const uint32_t count : {1U, 2U, 15U, 16U, 17U, 255U, 256U, 257U, 4096U, 5000U}) {
        std::vector<std::pair<uint32_t, uint32_t>> ranges;
        for (uint32_t i = 0; i < count; ++i) {
            ranges.emplace_back(10 * i + 3, 10 * i + 6);
        }
        const RangeIndex<uint32_t> index(ranges);
        for (uint32_t key = 0; key < 10 * count + 10; ++key) {
            const bool listed = key < 10 * count && key % 10 >= 3 && key % 10 <= 6;
            ASSERT_EQ(index.contains(key), listed) << key << " of " << count;
        }
        EXPECT_FALSE(index.contains(0xffffffffU)) << count;
        ranges.emplace_back(0xffffffffU, 0xffffffffU);
        EXPECT_TRUE(RangeIndex<uint32_t>(ranges).contains(0xffffffffU)) << count;
    }
    EXPECT_FALSE(RangeIndex<uint32_t>().contains(0));
}

TEST(Allowlist, hostnames_match_exactly_or_by_suffix) {
    using std::string_literals::operator""s;
    const Allowlist list({hostname("example.com"), hostname(".suffix.test"), hostname(".org")});
    struct Case {
        const char* why;
        std::string name;
        bool listed;
    };
    const Case cases[] = {
        {"the name", "example.com", true},
        {"any case", "EXAMPLE.Com", true},
        {"root dot", "example.com.", true},
        {"two root dots", "example.com..", false},
        {"below an exact name", "www.example.com", false},
        {"ends alike", "badexample.com", false},
        {"shorter", "example.co", false},
        {"longer", "example.comm", false},
        {"below a suffix", "a.suffix.test", true},
        {"far below a suffix", "a.b.c.Suffix.Test", true},
        {"the suffix itself", "suffix.test", true},
        {"ends like the suffix", "badsuffix.test", false},
        {"suffix in the middle", "suffix.test.com", false},
        {"one label suffix", "anything.org", true},
        {"one label", "org", true},
        {"empty", "", false},
        {"a dot", ".", false},
        {"NUL inside", "example.com\0"s, false},
        {"NUL hides the rest", "evil.net\0.suffix.test"s, true},
        {"longer than a name can be", std::string(250, 'a') + ".suffix.test", false},
        {"longest", std::string(243, 'a') + ".suffix.test", true},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(list.contains_hostname(c.name), c.listed) << c.why;
    }
}

TEST(Allowlist, certificates_match_by_sha1) {
    AllowlistEntry entry;
    entry.kind = AllowlistKind::CertificateSha1;
    entry.sha1.fill(7);
    AllowlistEntry longer;
    longer.kind = AllowlistKind::CertificateSha256;
    longer.sha256.fill(8);
    const Allowlist list({entry, longer});
    EXPECT_TRUE(list.contains_certificate(entry.sha1));
    EXPECT_FALSE(list.contains_certificate(Sha1Digest{}));
}

}  // namespace
}  // namespace eti::intel
