// What a candidate would have done to a few fixed sessions.
#include "eti/control/impact.h"

#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>

namespace eti::control {
namespace {

using policy::Decision;
using policy::Enforcement;

constexpr Sha1Digest kListed{0xaa};
constexpr Sha1Digest kLocal{0xbb};

policy::Profile profile_of(unsigned level, Decision decision) {
    policy::Profile profile;
    profile.name = "cc";
    policy::Profile::Rule rule;
    rule.threat_levels[level] = true;
    rule.decision = decision;
    profile.rules.push_back(rule);
    return profile;
}

config::Settings base() {
    config::Settings settings;
    config::Wire wire;
    wire.name = "W";
    wire.interfaces[0].name = "ge-0/0/0";
    wire.interfaces[0].zone = "trust";
    wire.interfaces[1].name = "ge-0/0/1";
    wire.interfaces[1].zone = "untrust";
    settings.wires.push_back(wire);
    policy::Rule rule;
    rule.name = "web";
    policy::ZonePair pair;
    pair.from = "trust";
    pair.to = "untrust";
    pair.streaming = policy::MetadataStreaming{"P", false, false};
    pair.rules.push_back(rule);
    settings.policy = policy::Policy({pair});
    return settings;
}

template <typename Change>
config::Settings changed(const Change& change) {
    config::Settings settings = base();
    std::vector<policy::ZonePair> pairs = settings.policy.pairs();
    change(settings, pairs);
    settings.policy = policy::Policy(pairs);
    return settings;
}

class ImpactTest : public testing::Test {
  protected:
    ImpactTest() {
        recent_.add(example_record(1), nullptr);  // nothing special
        metadata::Record listed = example_record(2);
        listed.certificate.seen = true;
        listed.certificate.sha1 = kListed;
        listed.client_hello.sni.assign("bad.example");
        recent_.add(listed, nullptr);
        metadata::Record local = example_record(3);
        local.client.ip = net::IpAddress::v4(10, 0, 1, 11);
        local.certificate.seen = true;
        local.certificate.sha1 = kLocal;
        recent_.add(local, nullptr);
        metadata::Record infected = example_record(4);
        infected.client.ip = net::IpAddress::v4(10, 0, 1, 66);
        recent_.add(infected, nullptr);
    }

    Impact compute(const config::Settings& next) {
        return impact(recent_, base(), next,
                      {listed_, added_, removed_, hosts_, allowed_, next_allowed_});
    }
    // changes is "ID:before>after ..." in the order of the result.
    std::string changes(const config::Settings& next) {
        std::string text;
        for (const SessionImpact& change : compute(next).sessions) {
            text += (text.empty() ? "" : " ") + std::to_string(change.session->record.id) + ":" +
                    std::string(name_of(change.before)) + ">" + std::string(name_of(change.after));
        }
        return text;
    }

    RecentSessions recent_{10};
    intel::Sha1Blocklist listed_{
        std::vector<intel::Sha1Blocklist::Source>{{"cc_cert_sha1", {{kListed, 10, "Dridex"}}}}};
    intel::Sha1Blocklist added_;
    std::vector<std::string> removed_;
    intel::Allowlist allowed_;
    intel::Allowlist next_allowed_;
    intel::InfectedHosts hosts_{
        std::vector<intel::InfectedHost>{{net::IpAddress::v4(10, 0, 1, 66), 9, "why", {}, {}}}};
};

TEST_F(ImpactTest, TheSameConfigurationChangesNothing) {
    EXPECT_EQ(changes(base()), "");
    EXPECT_EQ(impact_text(compute(base())),
              "Impact on the last 4 sessions:\n  none would have been treated differently\n");
}

TEST_F(ImpactTest, EachKindOfChangeIsFound) {
    using Pairs = std::vector<policy::ZonePair>;
    struct Case {
        const char* why;
        config::Settings next;
        std::string expected;
    };
    const Case cases[] = {
        {"a profile that only logs level 10", changed([](auto&, Pairs& pairs) {
             pairs[0].rules[0].certificates = profile_of(10, {Enforcement::Permit, true});
         }),
         "2:blocked (close)>permitted and logged"},
        {"a profile that drops instead", changed([](auto&, Pairs& pairs) {
             pairs[0].rules[0].certificates = profile_of(10, {Enforcement::BlockDrop, true});
         }),
         "2:blocked (close)>blocked (drop)"},
        {"infected hosts from level 9 on", changed([](auto&, Pairs& pairs) {
             pairs[0].rules[0].infected_hosts = profile_of(9, {Enforcement::BlockDrop, false});
         }),
         "4:permitted>blocked (drop)"},
        {"a threshold above the host's level", changed([](auto&, Pairs& pairs) {
             pairs[0].rules[0].infected_hosts = profile_of(10, {Enforcement::BlockDrop, false});
         }),
         ""},
        {"a policy for one client only", changed([](auto&, Pairs& pairs) {
             pairs[0].rules[0].sources = {*net::parse_ip_range("10.0.1.10")};
         }),
         "4:permitted>not inspected 3:permitted>not inspected"},
        {"no metadata streaming", changed([](auto&, Pairs& pairs) { pairs[0].streaming.reset(); }),
         "4:permitted>not inspected 3:permitted>not inspected 2:blocked (close)>not inspected "
         "1:permitted>not inspected"},
        {"the zone renamed, policies with it",
         changed([](config::Settings& settings, Pairs& pairs) {
             settings.wires[0].interfaces[0].zone = "inside";
             pairs[0].from = "inside";
         }),
         ""},
        {"the zone renamed, policies forgotten", changed([](config::Settings& settings, Pairs&) {
             settings.wires[0].interfaces[0].zone = "inside";
         }),
         "4:permitted>not inspected 3:permitted>not inspected 2:blocked (close)>not inspected "
         "1:permitted>not inspected"},
        {"the wire is gone",
         changed([](config::Settings& settings, Pairs&) { settings.wires.clear(); }),
         "4:permitted>not inspected 3:permitted>not inspected 2:blocked (close)>not inspected "
         "1:permitted>not inspected"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(changes(c.next), c.expected) << c.why;
    }
}

TEST_F(ImpactTest, LocalListsComeAndGo) {
    added_ = intel::Sha1Blocklist(
        std::vector<intel::Sha1Blocklist::Source>{{"mine.csv", {{kLocal, 10, "own"}}}});
    EXPECT_EQ(changes(base()), "3:permitted>blocked (close)");
    removed_ = {"cc_cert_sha1"};
    EXPECT_EQ(changes(base()), "3:permitted>blocked (close) 2:blocked (close)>permitted");
}

TEST_F(ImpactTest, TheTextNamesSessionsHostsAndReasons) {
    const auto next = changed([](auto&, std::vector<policy::ZonePair>& pairs) {
        pairs[0].rules[0].infected_hosts = profile_of(9, {Enforcement::BlockDrop, false});
        pairs[0].rules[0].certificates = profile_of(10, {Enforcement::Permit, false});
    });
    EXPECT_EQ(impact_text(compute(next)),
              "Impact on the last 4 sessions:\n"
              "  would have been blocked: 1 session of 1 host (10.0.1.66)\n"
              "  would not have been blocked: 1 session of 1 host (10.0.1.10)\n"
              "Infected hosts:\n"
              "  10.0.1.66: permitted, would be blocked (drop) (1 session)\n"
              "Sessions:\n"
              "  4  10.0.1.66/36612 --> 203.0.113.5/443: permitted, would be blocked (drop) "
              "(policy web, infected host)\n"
              "  2  10.0.1.10/36612 --> 203.0.113.5/443 bad.example: blocked (close), would be "
              "permitted (policy web, certificate in cc_cert_sha1)\n");
}

TEST_F(ImpactTest, AnAllowlistSavesFromTheListAndFromInspection) {
    intel::AllowlistEntry certificate;
    certificate.kind = intel::AllowlistKind::CertificateSha1;
    certificate.sha1 = kListed;
    next_allowed_ = intel::Allowlist({certificate});
    EXPECT_EQ(changes(base()), "2:blocked (close)>permitted");
    intel::AllowlistEntry name;
    name.kind = intel::AllowlistKind::Hostname;
    name.hostname = ".example";
    next_allowed_ = intel::Allowlist({name});
    EXPECT_EQ(changes(base()), "2:blocked (close)>not inspected");
    std::swap(allowed_, next_allowed_);
    EXPECT_EQ(changes(base()), "2:not inspected>blocked (close)") << "the entry is taken away";
}

}  // namespace
}  // namespace eti::control
