// What is typed under services openeti becomes tables, or an error with its place.
#include "eti/config/store.h"
#include "tests/unit/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eti::config {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::load;
using ::testing::Not;

const std::string kSha1(40, 'a');
const std::string kSha256(64, 'B');

TEST(LocalLists, AllowlistEntriesOfEachKind) {
    const std::string at = "set services openeti allowlist ";
    const Settings settings =
        load(at + "address 192.0.2.7\n" + at + "address 198.51.100.0/24\n" + at +
             "address 2001:db8::1-2001:db8::9\n" + at + "hostname *.Example.com\n" + at +
             "hostname one.example\n" + at + "certificate " + kSha1 + "\n" + at + "certificate " +
             kSha256 + "\n");
    const intel::Allowlist table(settings.allowlist);
    struct Case {
        const char* address;
        bool allowed;
    };
    for (const Case& c :
         {Case{"192.0.2.7", true}, Case{"192.0.2.8", false}, Case{"198.51.100.255", true},
          Case{"2001:db8::5", true}, Case{"2001:db8::a", false}}) {
        EXPECT_EQ(table.contains_address(*net::parse_ip(c.address)), c.allowed) << c.address;
    }
    EXPECT_TRUE(table.contains_hostname("www.example.com"));
    EXPECT_TRUE(table.contains_hostname("example.com"));
    EXPECT_FALSE(table.contains_hostname("www.one.example"));
    Sha1Digest sha1{};
    sha1.fill(0xaa);
    Sha256Digest sha256{};
    sha256.fill(0xbb);
    EXPECT_TRUE(table.contains_certificate(sha1));
    EXPECT_TRUE(table.contains_certificate(sha256));
    EXPECT_THAT(settings.warnings, Not(Contains(HasSubstr("services openeti"))));
}

TEST(LocalLists, CertificatesWithLevelAndReason) {
    const std::string at = "set services openeti local-certificates mine certificate ";
    const Settings settings = load(
        at + kSha1 + " threat-level 7 description \"seen at a customer\"\n" + at + kSha256 + "\n");
    ASSERT_EQ(settings.local_certificates.size(), 1U);
    const auto& list = settings.local_certificates[0];
    EXPECT_EQ(list.feed, "mine");
    ASSERT_EQ(list.entries.size(), 1U);
    EXPECT_EQ(list.entries[0].threat_level, 7);
    EXPECT_EQ(list.entries[0].reason, "seen at a customer");
    ASSERT_EQ(list.sha256_entries.size(), 1U);
    EXPECT_EQ(list.sha256_entries[0].threat_level, 10);
    EXPECT_THAT(settings.warnings, Not(Contains(HasSubstr("local-certificates"))));
}

TEST(LocalLists, ARangeThatIsNoneIsRefused) {
    for (const char* address : {"1.2.3.4/33", "1.2.3.256", "1.2.3.9-1.2.3.1"}) {
        try {
            load("set services openeti allowlist address " + std::string(address) + "\n");
            ADD_FAILURE() << address;
        } catch (const ConfigError& error) {
            EXPECT_THAT(error.what(), HasSubstr(address));
        }
    }
}

TEST(Exceptions, EachFaultHasItsAction) {
    const std::string at = "set services openeti exceptions ";
    EXPECT_EQ(load("").exceptions, Exceptions());
    EXPECT_EQ(load(at + "service-not-ready block\n").exceptions,
              (Exceptions{true, false, false, false}));
    EXPECT_EQ(load(at + "out-of-resources block\n").exceptions,
              (Exceptions{false, true, false, false}));
    EXPECT_EQ(load(at + "submission-timeout block\n").exceptions,
              (Exceptions{false, false, true, false}));
    EXPECT_EQ(load(at + "service-not-ready permit\n").exceptions, Exceptions());
    EXPECT_THAT(load(at + "verdict-timeout block\n").warnings,
                Contains(HasSubstr("accepted, not enforced: line 1: services openeti exceptions "
                                   "verdict-timeout")));
    EXPECT_EQ(load(at + "service-not-ready local-model\n").exceptions,
              (Exceptions{false, false, false, true}));
    EXPECT_THAT(load(at + "out-of-resources block\n").warnings,
                Not(Contains(HasSubstr("services openeti exceptions"))));
}

TEST(Privacy, WhatIsHiddenIsPartOfTheSettings) {
    const std::string at = "set services openeti privacy ";
    EXPECT_EQ(load("").privacy, Privacy());
    const Settings settings =
        load(at + "client-address keyed-hash\n" + at + "server-name registrable-domain\n");
    EXPECT_EQ(settings.privacy, (Privacy{true, true}));
    EXPECT_THAT(settings.warnings, Not(Contains(HasSubstr("not enforced"))));
}

}  // namespace
}  // namespace eti::config
