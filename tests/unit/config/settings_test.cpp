// What a good configuration becomes: values, defaults, flags and warnings.
#include "eti/config/settings.h"

#include "config/model.h"
#include "eti/config/store.h"
#include "eti/net/ip_address.h"
#include "tests/unit/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace eti::config {
namespace {

using policy::Decision;
using policy::Enforcement;
using policy::Policy;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kMatchAny;
using testing::kPermit;
using testing::kWire;
using testing::kYangDirectory;
using testing::kZones;
using testing::load;
using ::testing::Not;

std::string zones_and(std::string_view text) {
    return std::string(kZones) + std::string(text);
}

TEST(Model, DescribesEveryStatement) {
    const Model model(kYangDirectory);
    std::vector<Statement> open = model.children(Statement());
    std::size_t seen = 0;
    while (!open.empty()) {
        const Statement statement = open.back();
        open.pop_back();
        EXPECT_FALSE(statement.description().empty()) << statement.name();
        for (const Statement& key : statement.keys()) {
            EXPECT_FALSE(key.description().empty()) << statement.name() << " " << key.name();
        }
        for (const Statement& child : model.children(statement)) {
            open.push_back(child);
        }
        ++seen;
    }
    EXPECT_GT(seen, 200U);
}

TEST(Settings, DefaultsOfTheModelAreThoseOfTheStruct) {
    const Limits model = load("").limits;
    const Limits plain;
    EXPECT_EQ(model.flows_per_worker, plain.flows_per_worker);
    EXPECT_EQ(model.sessions_per_worker, plain.sessions_per_worker);
    EXPECT_EQ(model.inspected_bytes_per_direction, plain.inspected_bytes_per_direction);
    EXPECT_EQ(model.out_of_order_segments_per_direction, plain.out_of_order_segments_per_direction);
    EXPECT_EQ(model.stream_blocks_per_worker, plain.stream_blocks_per_worker);
    EXPECT_EQ(model.fragmented_datagrams_per_worker, plain.fragmented_datagrams_per_worker);
    EXPECT_EQ(model.fragment_blocks_per_worker, plain.fragment_blocks_per_worker);
    EXPECT_EQ(model.dns_ring_slots, plain.dns_ring_slots);
    EXPECT_EQ(model.record_ring_slots, plain.record_ring_slots);
    EXPECT_EQ(model.certificate_ring_slots, plain.certificate_ring_slots);
    EXPECT_EQ(model.batch_records, plain.batch_records);
    EXPECT_EQ(model.batch_age, plain.batch_age);
    EXPECT_EQ(model.spool_bytes, plain.spool_bytes);
    EXPECT_EQ(model.mbufs, plain.mbufs);
    EXPECT_EQ(model.handoff_ring_slots, plain.handoff_ring_slots);
    EXPECT_EQ(model.tcp_idle_timeout, plain.tcp_idle_timeout);
    EXPECT_EQ(model.tcp_handshake_timeout, plain.tcp_handshake_timeout);
    EXPECT_EQ(model.udp_idle_timeout, plain.udp_idle_timeout);
    EXPECT_EQ(load("").workers, 1U);
}

TEST(Settings, LimitsAreRead) {
    const Settings settings = load(
        "set services openeti workers 3\n"
        "set services openeti certificate-list [ /b /a ]\n"
        "set services openeti limits flows-per-worker 2001 sessions-per-worker 2002 "
        "inspected-bytes-per-direction 5003 out-of-order-segments-per-direction 104 "
        "stream-blocks-per-worker 117 fragmented-datagrams-per-worker 118 "
        "fragment-blocks-per-worker 119 dns-ring-slots 120 "
        "record-ring-slots 2005 certificate-ring-slots 206 batch-records 207 batch-age 208 "
        "spool-bytes 8589934592 mbufs 2010 handoff-ring-slots 2011 tcp-idle-timeout 212 "
        "tcp-handshake-timeout 213 udp-idle-timeout 214\n");
    const Limits& limits = settings.limits;
    EXPECT_EQ(settings.workers, 3U);
    EXPECT_EQ(settings.certificate_lists, (std::vector<std::string>{"/b", "/a"}));
    EXPECT_EQ(limits.flows_per_worker, 2001U);
    EXPECT_EQ(limits.sessions_per_worker, 2002U);
    EXPECT_EQ(limits.inspected_bytes_per_direction, 5003U);
    EXPECT_EQ(limits.out_of_order_segments_per_direction, 104U);
    EXPECT_EQ(limits.stream_blocks_per_worker, 117U);
    EXPECT_EQ(limits.fragmented_datagrams_per_worker, 118U);
    EXPECT_EQ(limits.fragment_blocks_per_worker, 119U);
    EXPECT_EQ(limits.dns_ring_slots, 120U);
    EXPECT_EQ(limits.record_ring_slots, 2005U);
    EXPECT_EQ(limits.certificate_ring_slots, 206U);
    EXPECT_EQ(limits.batch_records, 207U);
    EXPECT_EQ(limits.batch_age.count(), 208);
    EXPECT_EQ(limits.spool_bytes, 8'589'934'592U);
    EXPECT_EQ(limits.mbufs, 2010U);
    EXPECT_EQ(limits.handoff_ring_slots, 2011U);
    EXPECT_EQ(limits.tcp_idle_timeout.count(), 212);
    EXPECT_EQ(limits.tcp_handshake_timeout.count(), 213);
    EXPECT_EQ(limits.udp_idle_timeout.count(), 214);
}

TEST(Settings, WireKeepsTheOrderOfItsInterfaces) {
    std::string text(kWire);
    const std::string order = "[ ge-0/0/0.0 ge-0/0/1.0 ]";
    text.replace(text.find(order), order.size(), "[ ge-0/0/1.0 ge-0/0/0.0 ]");
    const Settings settings = load(text + "set interfaces ge-0/0/1 mtu 9000\n");
    ASSERT_EQ(settings.wires.size(), 1U);
    const Wire& wire = settings.wires[0];
    EXPECT_EQ(wire.name, "W");
    EXPECT_EQ(wire.interfaces[0].name, "ge-0/0/1");
    EXPECT_EQ(wire.interfaces[0].zone, "untrust");
    EXPECT_EQ(wire.interfaces[0].mtu, 9000);
    EXPECT_EQ(wire.interfaces[1].name, "ge-0/0/0");
    EXPECT_EQ(wire.interfaces[1].mtu, 1500);
    EXPECT_EQ(std::get<AfPacketPort>(wire.interfaces[1].port).device, "veth0");
}

PortKind port_of(const std::string& statement) {
    std::string text(kWire);
    const std::string port = "af-packet veth0";
    text.replace(text.find(port), port.size(), statement);
    return load(text).wires.at(0).interfaces[0].port;
}

TEST(Settings, EveryKindOfPort) {
    EXPECT_EQ(std::get<AfXdpPort>(port_of("af-xdp eth7")).device, "eth7");
    EXPECT_EQ(std::get<PciPort>(port_of("pci 0000:03:00.0")).address, "0000:03:00.0");
    const auto memif = std::get<MemifPort>(port_of("memif /run/m id 9 role server"));
    EXPECT_EQ(memif.socket, "/run/m");
    EXPECT_EQ(memif.id, 9U);
    EXPECT_TRUE(memif.server);
    const auto plain = std::get<MemifPort>(port_of("memif /run/m"));
    EXPECT_EQ(plain.id, 0U);
    EXPECT_FALSE(plain.server);
    const auto files = std::get<PcapPort>(port_of("pcap receive-file a transmit-file b"));
    EXPECT_EQ(files.receive_file + files.transmit_file + files.device, "ab");
    EXPECT_EQ(std::get<PcapPort>(port_of("pcap device lo")).device, "lo");
}

TEST(Settings, WireWithoutAnyPortIsLeftOutAndSaid) {
    std::string text(kWire);
    for (const std::string line : {"set interfaces ge-0/0/0 openeti port af-packet veth0\n",
                                   "set interfaces ge-0/0/1 openeti port af-packet veth1\n"}) {
        text.erase(text.find(line), line.size());
    }
    const Settings settings = load(text);
    EXPECT_THAT(settings.wires, IsEmpty());
    EXPECT_THAT(settings.warnings, Contains(HasSubstr("secure-wire W is not run")));
}

TEST(Settings, CloudLink) {
    const Settings settings = load(
        "set security pki ca-profile CA file /ca.pem\n"
        "set security pki local-certificate me file /me.pem key-file /me.key\n"
        "set services ssl initiation profile a trusted-ca CA client-certificate me\n"
        "set services ssl initiation profile f trusted-ca all\n"
        "set services advanced-anti-malware connection url https://[2001:db8::1]:8443/x/y "
        "authentication tls-profile a\n"
        "set services security-intelligence url https://feeds.example/api/manifest.xml "
        "authentication tls-profile f\n"
        "set services openeti cloud token-file /token\n"
        "set services openeti feed public-key /feed.pub\n");
    const CloudLink& cloud = settings.cloud;
    EXPECT_EQ(cloud.analysis_url, "https://[2001:db8::1]:8443");
    EXPECT_EQ(cloud.feed_url, "https://feeds.example");
    ASSERT_TRUE(cloud.analysis_tls && cloud.feed_tls);
    EXPECT_EQ(cloud.analysis_tls->name, "a");
    EXPECT_EQ(cloud.analysis_tls->trusted_ca_file, "/ca.pem");
    EXPECT_EQ(cloud.analysis_tls->client_certificate_file, "/me.pem");
    EXPECT_EQ(cloud.analysis_tls->client_key_file, "/me.key");
    EXPECT_EQ(cloud.feed_tls->trusted_ca_file, "");
    EXPECT_EQ(cloud.token_file, "/token");
    EXPECT_EQ(cloud.feed_public_key_file, "/feed.pub");
    EXPECT_EQ(cloud.feed_shrink_percent, 50U) << "the default of the schema";
    EXPECT_EQ(cloud.feed_growth_percent, 900U);
}

TEST(Settings, HowMuchAFeedMayChange) {
    const CloudLink limits = load(
                                 "set services openeti feed shrink-limit 0\n"
                                 "set services openeti feed growth-limit 20\n")
                                 .cloud;
    EXPECT_EQ(limits.feed_shrink_percent, 0U);
    EXPECT_EQ(limits.feed_growth_percent, 20U);
    const CloudLink untouched = load("set system host-name a\n").cloud;
    EXPECT_EQ(untouched.feed_shrink_percent, 50U);
    EXPECT_EQ(untouched.feed_growth_percent, 900U);
}

TEST(Settings, CloudLinkOnThisMachineNeedsNoProfile) {
    const Settings settings =
        load("set services advanced-anti-malware connection url http://127.0.0.1:8080\n");
    EXPECT_EQ(settings.cloud.analysis_url, "http://127.0.0.1:8080");
    EXPECT_FALSE(settings.cloud.analysis_tls.has_value());
}

TEST(Settings, LogStreams) {
    const Settings settings = load(
        "set security log stream a host 192.0.2.1\n"
        "set security log stream b category secintel host 2001:db8::1 port 1514\n"
        "set security log stream b transport protocol tcp\n");
    ASSERT_EQ(settings.log_streams.size(), 2U);
    EXPECT_EQ(settings.log_streams[0].category, "all");
    EXPECT_EQ(settings.log_streams[0].port, 514);
    EXPECT_EQ(settings.log_streams[0].transport, LogTransport::Udp);
    EXPECT_EQ(settings.log_streams[1].name, "b");
    EXPECT_EQ(settings.log_streams[1].category, "secintel");
    EXPECT_EQ(settings.log_streams[1].host, "2001:db8::1");
    EXPECT_EQ(settings.log_streams[1].port, 1514);
    EXPECT_EQ(settings.log_streams[1].transport, LogTransport::Tcp);
}

TEST(Settings, LoginUsersAndTheirClasses) {
    const Settings settings = load(
        "set system login user alice class operator\n"
        "set system login user dave class firewall-team\n");
    ASSERT_EQ(settings.login_users.size(), 2U);
    EXPECT_EQ(settings.login_users[0].name, "alice");
    EXPECT_EQ(settings.login_users[0].class_name, "operator");
    EXPECT_THAT(settings.warnings,
                Contains(HasSubstr("system login user dave may run no command")));
}

const policy::Rule* match(const Settings& settings, const char* source, const char* destination,
                          uint8_t protocol, uint16_t port) {
    const policy::ZonePair* pair = settings.policy.find_pair("trust", "untrust");
    return Policy::match_rule(*pair, {.source = net::parse_ip(source).value(),
                                      .destination = net::parse_ip(destination).value(),
                                      .protocol = protocol,
                                      .source_port = 40'000,
                                      .destination_port = port});
}

TEST(Settings, AddressesAndApplicationsOfARule) {
    const Settings settings = load(zones_and(
        "set security address-book global address lan 10.1.0.0/16\n"
        "set security address-book global address dhcp range-address 10.2.0.10 to 10.2.0.20\n"
        "set security address-book global address six 2001:db8::/32\n"
        "set security address-book global address-set inner address [ dhcp six ]\n"
        "set security address-book global address-set outer address lan address-set inner\n"
        "set applications application alt protocol tcp destination-port 8443-8450\n"
        "set applications application-set web application [ alt junos-https ]\n"
        "set security policies from-zone trust to-zone untrust policy p match source-address outer "
        "destination-address any application [ web junos-icmp-all ]\n"
        "set security policies from-zone trust to-zone untrust policy p then permit\n"
        "set security policies from-zone trust to-zone untrust policy six match source-address "
        "any-ipv6 destination-address any application any\n"
        "set security policies from-zone trust to-zone untrust policy six then permit\n"
        "set security policies from-zone trust to-zone untrust policy four match source-address "
        "any-ipv4 destination-address any application junos-dns-udp\n"
        "set security policies from-zone trust to-zone untrust policy four then permit\n"));
    struct Case {
        const char* why;
        const char* source;
        uint8_t protocol;
        uint16_t port;
        const char* rule;
    };
    const Case cases[] = {
        {"prefix", "10.1.255.255", 6, 443, "p"},
        {"range, first", "10.2.0.10", 6, 8443, "p"},
        {"range, last", "10.2.0.20", 6, 8450, "p"},
        {"past the range, other rule", "10.2.0.21", 17, 53, "four"},
        {"past the range", "10.2.0.21", 6, 8443, "none"},
        {"IPv6 of the set", "2001:db8::5", 6, 443, "p"},
        {"other port, any IPv6", "2001:db8::5", 6, 80, "six"},
        {"IPv6 below the IPv4 block", "::1", 17, 1, "six"},
        {"the last IPv6 address", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6, 1, "six"},
        {"IPv4 is not IPv6", "192.0.2.1", 6, 80, "none"},
        {"ICMP", "10.1.0.1", 1, 0, "p"},
    };
    for (const Case& c : cases) {
        const policy::Rule* rule = match(settings, c.source, "198.51.100.1", c.protocol, c.port);
        EXPECT_EQ(rule == nullptr ? "none" : rule->name, c.rule) << c.why;
    }
}

const std::string kRule = std::string(kZones) + std::string(kMatchAny) +
                          "set security policies from-zone trust to-zone untrust policy p then "
                          "permit application-services security-intelligence-policy si\n";
const std::string kStreaming =
    "set services security-metadata-streaming policy eti http notification log\n"
    "set security policies from-zone trust to-zone untrust application-services "
    "security-metadata-streaming-policy eti\n";
const std::string kProfiles =
    "set services security-intelligence profile cc category CC\n"
    "set services security-intelligence profile ih category Infected-Hosts\n"
    "set services security-intelligence policy si CC cc\n"
    "set services security-intelligence policy si Infected-Hosts ih\n";

Decision certificate_decision(const std::string& cc_lines, unsigned level, std::string_view feed) {
    const Settings settings = load(kRule + kStreaming + kProfiles + cc_lines);
    return Policy::decide_certificate(settings.policy.pairs().at(0).rules.at(0), level, feed);
}

TEST(Settings, ActionsOfAProfile) {
    const std::string rule = "set services security-intelligence profile cc rule r ";
    const std::string level = rule + "match threat-level [ 9 10 ]\n";
    const std::string fallback = "set services security-intelligence profile cc default-rule then ";
    struct Case {
        const char* why;
        std::string lines;
        unsigned level;
        Decision expected;
    };
    const Case cases[] = {
        {"block alone drops",
         level + rule + "then action block",
         9,
         {Enforcement::BlockDrop, false}},
        {"block drop with log",
         level + rule + "then action block drop\n" + rule + "then log",
         9,
         {Enforcement::BlockDrop, true}},
        {"block close",
         level + rule + "then action block close",
         10,
         {Enforcement::BlockClose, false}},
        {"another level goes to the default",
         level + rule + "then action block",
         8,
         {Enforcement::Permit, false}},
        {"permit",
         level + rule + "then action permit\n" + rule + "then log",
         10,
         {Enforcement::Permit, true}},
        {"recommended closes at 10",
         level + rule + "then action recommended",
         10,
         {Enforcement::BlockClose, false}},
        {"recommended permits below",
         level + rule + "then action recommended",
         9,
         {Enforcement::Permit, false}},
        {"default rule", fallback + "action block close log", 1, {Enforcement::Permit, false}},
        {"default rule recommended at 10",
         fallback + "action recommended",
         10,
         {Enforcement::BlockClose, false}},
        {"default rule recommended below",
         fallback + "action recommended",
         9,
         {Enforcement::Permit, false}},
        {"rule for another feed",
         level + rule + "match feed-name cc_ip\n" + rule + "then action block",
         10,
         {Enforcement::Permit, false}},
        {"rule for this feed",
         level + rule + "match feed-name cc_cert_sha1\n" + rule + "then action block",
         10,
         {Enforcement::BlockDrop, false}},
    };
    for (const Case& c : cases) {
        if (c.why == std::string_view("default rule")) {
            const std::string lines = fallback + "action block close\n" + fallback + "log\n";
            EXPECT_EQ(certificate_decision(lines, c.level, "cc_cert_sha1"),
                      (Decision{Enforcement::BlockClose, true}))
                << c.why;
            continue;
        }
        EXPECT_EQ(certificate_decision(c.lines, c.level, "cc_cert_sha1"), c.expected) << c.why;
    }
}

TEST(Settings, FeedsAreUsedOnlyWhenARuleNeedsThem) {
    struct Case {
        const char* why;
        std::string text;
        bool hosts;
        bool certificates;
        const char* warning;  // empty: none about SecIntel
    };
    const std::string plain_rule =
        std::string(kZones) + std::string(kMatchAny) + std::string(kPermit);
    const Case cases[] = {
        {"both on an inspected pair", kRule + kStreaming + kProfiles, true, true, ""},
        {"no streaming on the pair", kRule + kProfiles, true, false,
         "from-zone trust to-zone untrust policy p: security-intelligence-policy without "
         "security-metadata-streaming-policy"},
        {"no SecIntel on the rule", plain_rule + kStreaming + kProfiles, false, true,
         "from-zone trust to-zone untrust policy p: security-metadata-streaming-policy without "
         "security-intelligence-policy"},
        {"profiles used by no rule", plain_rule + kProfiles, false, false,
         "security-intelligence profile cc is used by no policy"},
        {"only a policy without rules", std::string(kZones) + kStreaming + kProfiles, false, false,
         "from-zone trust to-zone untrust has no policy"},
        {"category disabled",
         kRule + kStreaming + kProfiles +
             "set services security-intelligence category CC disable\n",
         true, false, ""},
        {"all categories disabled",
         kRule + kStreaming + kProfiles +
             "set services security-intelligence category all disable\n",
         false, false, ""},
        {"feed disabled",
         kRule + kStreaming + kProfiles +
             "set services security-intelligence global-disable-feed feed-name "
             "cc_cert_sha1\n",
         true, false, ""},
        {"all feeds disabled",
         kRule + kStreaming + kProfiles +
             "set services security-intelligence global-disable-feed all\n",
         false, false, ""},
        {"a streaming policy that says nothing about http",
         kRule + kProfiles +
             "set services security-metadata-streaming policy eti\n"
             "set security policies from-zone trust to-zone untrust application-services "
             "security-metadata-streaming-policy eti\n",
         true, false, "security-metadata-streaming policy eti has no http statement"},
    };
    for (const Case& c : cases) {
        const Settings settings = load(c.text);
        EXPECT_EQ(settings.infected_hosts_used, c.hosts) << c.why;
        EXPECT_EQ(settings.certificate_feed_used, c.certificates) << c.why;
        if (*c.warning != '\0') {
            EXPECT_THAT(settings.warnings, Contains(HasSubstr(c.warning))) << c.why;
        } else {
            EXPECT_THAT(settings.warnings, Not(Contains(HasSubstr("security-intelligence-policy"))))
                << c.why;
        }
    }
}

TEST(Settings, StatementsWithoutEffectAreSaid) {
    struct Case {
        const char* line;
        const char* warning;
    };
    const std::string streaming = "set services security-metadata-streaming policy P ";
    const Case cases[] = {
        {"dns detections dga verdict-timeout 200",
         "accepted, not enforced: line 1: services security-metadata-streaming policy P dns: DNS "
         "is observed, not filtered"},
        {"dynamic-filter", "security-metadata-streaming policy P dynamic-filter: "},
        {"http detections all fallback-options notification log",
         "policy P http detections all fallback-options: "},
    };
    for (const Case& c : cases) {
        const Settings settings = load(streaming + c.line);
        EXPECT_THAT(settings.warnings, Contains(HasSubstr(c.warning)));
    }
    EXPECT_THAT(load("set system host-name a").warnings, Not(Contains(HasSubstr("not enforced"))));
    EXPECT_THAT(load(kRule + kProfiles +
                     "set security policies from-zone trust to-zone untrust policy p then count\n")
                    .warnings,
                Contains(HasSubstr("security policies from-zone trust to-zone untrust policy p "
                                   "then count")));
}

TEST(Settings, PoliciesWithoutEffectAreSaid) {
    const std::string dmz = "set security zones security-zone dmz\n";
    const auto pair = [](const std::string& from, const std::string& to) {
        return "set security policies from-zone " + from + " to-zone " + to + " policy p ";
    };
    const auto rule = [&](const std::string& from, const std::string& to) {
        return pair(from, to) +
               "match source-address any destination-address any application any\n" +
               pair(from, to) + "then permit\n";
    };
    struct Case {
        const char* from;
        const char* to;
        bool joined;
    };
    const Case cases[] = {{"trust", "untrust", true}, {"untrust", "trust", true},
                          {"any", "untrust", true},   {"any", "any", true},
                          {"trust", "trust", false},  {"dmz", "untrust", false},
                          {"dmz", "any", false}};
    for (const Case& c : cases) {
        const Settings settings = load(std::string(kWire) + dmz + rule(c.from, c.to));
        const auto said = Contains(HasSubstr("no secure-wire joins these zones"));
        if (c.joined) {
            EXPECT_THAT(settings.warnings, Not(said)) << c.from << " " << c.to;
        } else {
            EXPECT_THAT(settings.warnings, said) << c.from << " " << c.to;
        }
    }
    EXPECT_THAT(
        load("set services security-metadata-streaming policy P http action permit").warnings,
        Contains(HasSubstr("policy P is attached to no zone pair")));
}

TEST(Settings, RuleWithoutActionPermitsAndIsSaidOnce) {
    const Settings settings =
        load(kRule + kStreaming + kProfiles +
             "set services security-intelligence profile cc rule r match threat-level 10\n"
             "set security policies from-zone trust to-zone untrust policy q match source-address "
             "any destination-address any application any\n"
             "set security policies from-zone trust to-zone untrust policy q then permit "
             "application-services security-intelligence-policy si\n");
    std::size_t said = 0;
    for (const std::string& warning : settings.warnings) {
        said += warning.find("profile cc rule r has no action") != std::string::npos ? 1U : 0U;
    }
    EXPECT_EQ(said, 1U);
}

TEST(DefaultYangDirectory, TheEnvironmentComesFirst) {
    ASSERT_EQ(::setenv("ETI_YANG_DIR", "/somewhere", 1), 0);
    EXPECT_EQ(default_yang_directory(), "/somewhere");
    ASSERT_EQ(::unsetenv("ETI_YANG_DIR"), 0);
    EXPECT_NO_THROW(Loader{default_yang_directory()});
}

}  // namespace
}  // namespace eti::config
