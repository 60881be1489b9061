#include "eti/policy/policy.h"

#include "eti/net/ip_address.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::policy {
namespace {

constexpr Decision kPermit{};
constexpr Decision kLog{.action = Enforcement::Permit, .log = true};
constexpr Decision kDrop{.action = Enforcement::BlockDrop, .log = true};
constexpr Decision kClose{.action = Enforcement::BlockClose, .log = false};

net::IpAddress ip(std::string_view text) {
    return net::parse_ip(text).value();
}
net::IpRange range(std::string_view text) {
    return net::parse_ip_range(text).value();
}

ZonePair pair_of(std::string from, std::string to) {
    ZonePair pair;
    pair.from = std::move(from);
    pair.to = std::move(to);
    return pair;
}

Profile::Rule profile_rule(std::vector<std::string> feeds, std::vector<unsigned> levels,
                           Decision decision) {
    Profile::Rule rule;
    rule.feeds = std::move(feeds);
    for (const unsigned level : levels) {
        rule.threat_levels.at(level) = true;
    }
    rule.decision = decision;
    return rule;
}

TEST(FindPair, TheMostExactContextWins) {
    struct Case {
        const char* why;
        const char* from;
        const char* to;
        const char* expected;  // "from/to" or "none"
    };
    const Policy policy({pair_of("any", "any"), pair_of("any", "untrust"), pair_of("trust", "any"),
                         pair_of("trust", "untrust")});
    const Case cases[] = {
        {"exact pair, although listed last", "trust", "untrust", "trust/untrust"},
        {"known from-zone, other to-zone", "trust", "dmz", "trust/any"},
        {"known to-zone, other from-zone", "dmz", "untrust", "any/untrust"},
        {"neither zone named", "dmz", "guest", "any/any"},
        {"the reverse direction is another pair", "untrust", "trust", "any/any"},
    };
    for (const Case& c : cases) {
        const ZonePair* found = policy.find_pair(c.from, c.to);
        ASSERT_NE(found, nullptr) << c.why;
        EXPECT_EQ(found->from + "/" + found->to, c.expected) << c.why;
    }
}

TEST(FindPair, ZonesWithoutContextHaveNone) {
    const Policy policy({pair_of("trust", "untrust")});
    EXPECT_EQ(policy.find_pair("untrust", "trust"), nullptr);
    EXPECT_EQ(policy.find_pair("trust", ""), nullptr);
    EXPECT_EQ(Policy().find_pair("trust", "untrust"), nullptr);
}

Rule rule_named(std::string name) {
    Rule rule;
    rule.name = std::move(name);
    return rule;
}

// web: 10/8 and fd00::/8 to anything on tcp/443; dns: anyone to 192.0.2.53 on udp/53;
// tunnel: protocol 47 from 10.9.9.9.
ZonePair office() {
    ZonePair pair = pair_of("trust", "untrust");
    Rule web = rule_named("web");
    web.sources = {range("10.0.0.0/8"), range("fd00::/8")};
    web.applications = {{.protocol = 6, .first = 443, .last = 443},
                        {.protocol = 6, .first = 8000, .last = 8999}};
    Rule dns = rule_named("dns");
    dns.destinations = {range("192.0.2.53")};
    dns.applications = {{.protocol = 17, .first = 53, .last = 53}};
    Rule tunnel = rule_named("tunnel");
    tunnel.sources = {range("10.9.9.9")};
    tunnel.applications = {{.protocol = 47}};
    pair.rules = {web, dns, tunnel};
    return pair;
}

TEST(MatchRule, FirstRuleThatSelectsTheTraffic) {
    struct Case {
        const char* why;
        const char* source;
        const char* destination;
        uint8_t protocol;
        uint16_t port;
        const char* expected;
    };
    const Case cases[] = {
        {"first address of the range", "10.0.0.0", "198.51.100.1", 6, 443, "web"},
        {"last address of the range", "10.255.255.255", "198.51.100.1", 6, 443, "web"},
        {"one past the range", "11.0.0.0", "198.51.100.1", 6, 443, "none"},
        {"IPv6 source", "fd00::1", "2001:db8::1", 6, 443, "web"},
        {"first port of a range", "10.0.0.1", "198.51.100.1", 6, 8000, "web"},
        {"one below the port range", "10.0.0.1", "198.51.100.1", 6, 7999, "none"},
        {"last port of a range", "10.0.0.1", "198.51.100.1", 6, 8999, "web"},
        {"one past the port range", "10.0.0.1", "198.51.100.1", 6, 9000, "none"},
        {"right port, other protocol", "10.0.0.1", "198.51.100.1", 17, 443, "none"},
        {"destination address", "172.16.0.1", "192.0.2.53", 17, 53, "dns"},
        {"other destination", "172.16.0.1", "192.0.2.54", 17, 53, "none"},
        {"protocol without ports", "10.9.9.9", "192.0.2.1", 47, 0, "tunnel"},
    };
    const ZonePair pair = office();
    for (const Case& c : cases) {
        const Selector selector{.source = ip(c.source),
                                .destination = ip(c.destination),
                                .protocol = c.protocol,
                                .source_port = 50'000,
                                .destination_port = c.port};
        const Rule* found = Policy::match_rule(pair, selector);
        EXPECT_EQ(found == nullptr ? "none" : found->name, c.expected) << c.why;
    }
}

TEST(MatchRule, EmptyListsMeanAny) {
    ZonePair pair = pair_of("trust", "untrust");
    const Selector selector{.source = ip("192.0.2.1"), .destination = ip("::1"), .protocol = 1};
    EXPECT_EQ(Policy::match_rule(pair, selector), nullptr) << "no rule, no match";
    pair.rules = {rule_named("first"), rule_named("second")};
    EXPECT_EQ(Policy::match_rule(pair, selector), &pair.rules[0]);
}

TEST(ProfileDecide, FeedRuleThenThreatLevelThenDefault) {
    struct Case {
        const char* why;
        unsigned level;
        const char* feed;
        Decision expected;
    };
    Profile profile;
    profile.rules = {profile_rule({}, {8, 9, 10}, kDrop),
                     profile_rule({"cc_cert_sha1"}, {9, 10}, kClose)};
    profile.default_decision = kLog;
    const Case cases[] = {
        {"a rule naming the feed beats an earlier rule by level", 10, "cc_cert_sha1", kClose},
        {"the feed's rule does not list this level", 8, "cc_cert_sha1", kDrop},
        {"another feed goes by level", 10, "cc_ip_data", kDrop},
        {"no rule lists the level", 7, "cc_cert_sha1", kLog},
        {"no rule lists level 0", 0, "cc_ip_data", kLog},
        {"a level beyond the scale reads nothing", 11, "cc_cert_sha1", kLog},
        {"a huge level reads nothing", ~0U, "cc_cert_sha1", kLog},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(profile.decide(c.level, c.feed), c.expected) << c.why;
    }
}

TEST(ProfileDecide, ARuleForOneFeedNeverActsOnAnother) {
    Profile profile;
    profile.rules = {profile_rule({"cc_ip_data", "cc_url_data"}, {10}, kDrop)};
    EXPECT_EQ(profile.decide(10, "cc_url_data"), kDrop);
    EXPECT_EQ(profile.decide(10, "cc_cert_sha1"), kPermit);
}

TEST(ProfileDecide, TheFirstOfTwoEqualRulesDecides) {
    Profile profile;
    profile.rules = {profile_rule({}, {5}, kClose), profile_rule({}, {5}, kDrop)};
    EXPECT_EQ(profile.decide(5, "x"), kClose);
}

TEST(DecideCertificate, WithoutProfileOnlyLevelTenIsClosed) {
    const Rule rule = rule_named("any");
    EXPECT_EQ(Policy::decide_certificate(rule, 10, "cc_cert_sha1"),
              (Decision{.action = Enforcement::BlockClose, .log = true}));
    for (unsigned level = 0; level < 10; ++level) {
        EXPECT_EQ(Policy::decide_certificate(rule, level, "cc_cert_sha1"), kLog) << level;
    }
}

TEST(DecideCertificate, TheProfileDecidesWhenThereIsOne) {
    Rule rule = rule_named("any");
    rule.certificates = Profile{};
    EXPECT_EQ(Policy::decide_certificate(rule, 10, "cc_cert_sha1"), kPermit);
    rule.certificates->rules = {profile_rule({}, {7}, kDrop)};
    EXPECT_EQ(Policy::decide_certificate(rule, 7, "cc_cert_sha1"), kDrop);
}

TEST(DecideInfectedHost, OnlyAProfileEnforces) {
    Rule rule = rule_named("any");
    EXPECT_EQ(Policy::decide_infected_host(rule, 10), kPermit);
    rule.infected_hosts = Profile{};
    rule.infected_hosts->rules = {profile_rule({"Infected-Hosts"}, {10}, kDrop),
                                  profile_rule({}, {7, 8, 9}, kClose)};
    EXPECT_EQ(Policy::decide_infected_host(rule, 10), kDrop) << "the feed by its name";
    EXPECT_EQ(Policy::decide_infected_host(rule, 8), kClose);
    EXPECT_EQ(Policy::decide_infected_host(rule, 6), kPermit);
}

TEST(InspectEverything, SelectsClosesAndDrops) {
    const Policy policy = Policy::inspect_everything("inside", "outside");
    const ZonePair* pair = policy.find_pair("inside", "outside");
    ASSERT_NE(pair, nullptr);
    EXPECT_EQ(policy.pairs().size(), 1U);
    EXPECT_TRUE(pair->streaming.has_value());
    for (const char* address : {"10.0.0.1", "2001:db8::1"}) {
        for (const uint8_t protocol : {uint8_t{6}, uint8_t{17}}) {
            const Selector selector{
                .source = ip(address), .destination = ip(address), .protocol = protocol};
            const Rule* rule = Policy::match_rule(*pair, selector);
            ASSERT_NE(rule, nullptr) << address;
            EXPECT_EQ(Policy::decide_certificate(*rule, 1, "file").action, Enforcement::BlockClose);
            EXPECT_EQ(Policy::decide_infected_host(*rule, 7).action, Enforcement::BlockDrop);
        }
    }
}

}  // namespace
}  // namespace eti::policy
