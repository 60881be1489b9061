// Lines that must load: the vendor's own examples, the shipped file, and every statement once.
#include "config/model.h"
#include "config/set_lines.h"
#include "eti/config/store.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace eti::config {
namespace {

using testing::error_of;
using testing::kMatchAny;
using testing::kPermit;
using testing::kWire;
using testing::kZones;
using testing::load;

std::string join(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) {
        text += part;
    }
    return text;
}

void expect_loads(const std::string& why, const std::string& text) {
    const auto error = error_of(text);
    EXPECT_FALSE(error.has_value()) << why << ": " << error->what();
}

constexpr std::string_view kCloudTls = "set services ssl initiation profile cloud-tls\n";

constexpr std::string_view kVendorSecIntel =
    "set services security-intelligence profile ih-profile category Infected-Hosts rule if-rule "
    "match threat-level 10\n"
    "set services security-intelligence profile ih-profile rule if-rule then action block drop\n"
    "set services security-intelligence profile ih-profile rule if-rule then log\n"
    "set services security-intelligence profile cc-profile category CC\n"
    "set services security-intelligence profile cc-profile rule CC_rule match threat-level "
    "[ 8 9 10 ]\n"
    "set services security-intelligence profile cc-profile rule CC_rule then action block drop\n"
    "set services security-intelligence profile cc-profile rule CC_rule then log\n"
    "set services security-intelligence profile cc-profile default-rule then action permit\n"
    "set services security-intelligence policy pol1 Infected-Hosts ih-profile\n"
    "set services security-intelligence policy pol1 CC cc-profile\n";

TEST(VendorLines, MinimalConfiguration) {
    const std::string text = join(
        {"set system host-name eti1\n"
         "set vlans wire vlan-id 1\n"
         "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members wire\n"
         "set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members wire\n"
         "set security forwarding-options secure-wire W interface [ ge-0/0/0.0 ge-0/0/1.0 ]\n"
         "set security zones security-zone trust interfaces ge-0/0/0.0\n"
         "set security zones security-zone untrust interfaces ge-0/0/1.0\n"
         "set services advanced-anti-malware connection url https://analysis.example:443\n"
         "set services advanced-anti-malware connection authentication tls-profile cloud-tls\n"
         "set services security-intelligence url https://feeds.example/api/manifest.xml\n"
         "set services security-intelligence authentication tls-profile cloud-tls\n"
         "set services security-metadata-streaming policy eti http action permit\n"
         "set services security-metadata-streaming policy eti http notification log\n"
         "set security policies from-zone trust to-zone untrust application-services "
         "security-metadata-streaming-policy eti\n"
         "set security policies from-zone trust to-zone untrust policy any match source-address "
         "any\n"
         "set security policies from-zone trust to-zone untrust policy any match "
         "destination-address any\n"
         "set security policies from-zone trust to-zone untrust policy any match application any\n"
         "set security policies from-zone trust to-zone untrust policy any then permit "
         "application-services security-intelligence-policy si\n"
         "set security log mode stream\n"
         "set security log format sd-syslog\n"
         "set security log stream siem category secintel\n"
         "set security log stream siem host 192.0.2.10 port 514\n",
         kCloudTls, kVendorSecIntel,
         "set services security-intelligence policy si CC cc-profile\n"});
    const Settings settings = load(text);
    EXPECT_EQ(settings.host_name, "eti1");
    EXPECT_TRUE(settings.wires.empty()) << "no port was given";
    EXPECT_EQ(settings.cloud.analysis_url, "https://analysis.example:443");
    EXPECT_EQ(settings.cloud.feed_url, "https://feeds.example");
    EXPECT_TRUE(settings.certificate_feed_used);
}

TEST(VendorLines, SecIntelExampleOnOneLineToo) {
    const Settings settings = load(
        join({kZones, kVendorSecIntel,
              "set security policies from-zone trust to-zone untrust policy 1 match source-address "
              "any destination-address any application any\n"
              "set security policies from-zone trust to-zone untrust policy 1 then permit "
              "application-services security-intelligence-policy pol1\n"}));
    const policy::ZonePair* pair = settings.policy.find_pair("trust", "untrust");
    ASSERT_NE(pair, nullptr);
    ASSERT_EQ(pair->rules.size(), 1U);
    const policy::Rule& rule = pair->rules[0];
    using policy::Enforcement;
    EXPECT_EQ(policy::Policy::decide_infected_host(rule, 10).action, Enforcement::BlockDrop);
    EXPECT_EQ(policy::Policy::decide_infected_host(rule, 9).action, Enforcement::Permit);
    EXPECT_EQ(policy::Policy::decide_certificate(rule, 8, "cc_cert_sha1").action,
              Enforcement::BlockDrop);
    EXPECT_EQ(policy::Policy::decide_certificate(rule, 7, "cc_cert_sha1").action,
              Enforcement::Permit);
}

TEST(VendorLines, OverviewPageWithItsOwnNames) {
    expect_loads("the page names a zone once",
                 "set services security-metadata-streaming policy policy-name http action permit\n"
                 "set services security-metadata-streaming policy policy-name http notification "
                 "log\n"
                 "set security policies from-zone zone-name to-zone zone-name "
                 "application-services security-metadata-streaming-policy policy-name\n"
                 "set security zones security-zone zone-name\n");
}

TEST(VendorLines, MetadataStreamingInEveryForm) {
    const Settings settings = load(join(
        {kZones,
         "set services security-metadata-streaming policy P http action permit\n"
         "set services security-metadata-streaming policy P http notification log\n"
         "set services security-metadata-streaming policy P http detections encryptedc2 action "
         "permit\n"
         "set services security-metadata-streaming policy P http detections encryptedc2 "
         "notification log-detections\n"
         "set services security-metadata-streaming policy P http detections encryptedc2 "
         "fallback-options notification log\n"
         "set services security-metadata-streaming policy P dns detections dga action sinkhole\n"
         "set services security-metadata-streaming policy P dns detections dga verdict-timeout "
         "200\n"
         "set services security-metadata-streaming dns-cache custom-list benign *.example.com\n"
         "set security policies from-zone trust to-zone untrust application-services "
         "security-metadata-streaming-policy P\n"}));
    const policy::ZonePair* pair = settings.policy.find_pair("trust", "untrust");
    ASSERT_NE(pair, nullptr);
    ASSERT_TRUE(pair->streaming.has_value());
    EXPECT_TRUE(pair->streaming->log);
    EXPECT_TRUE(pair->streaming->log_detections);
}

TEST(VendorLines, SecureWireInAccessMode) {
    const Settings settings = load(
        "set vlans V10 vlan-id 10\n"
        "set interfaces ge-0/0/3 unit 0 family ethernet-switching interface-mode access\n"
        "set interfaces ge-0/0/3 unit 0 family ethernet-switching vlan members V10\n"
        "set interfaces ge-0/0/4 unit 0 family ethernet-switching interface-mode access\n"
        "set interfaces ge-0/0/4 unit 0 family ethernet-switching vlan members V10\n"
        "set security forwarding-options secure-wire W1 interface [ ge-0/0/3.0 ge-0/0/4.0 ]\n"
        "set security zones security-zone trust   interfaces ge-0/0/3.0\n"
        "set security zones security-zone untrust interfaces ge-0/0/4.0\n"
        "set security policies from-zone trust to-zone untrust policy P1 match source-address any "
        "destination-address any application any\n"
        "set security policies from-zone trust to-zone untrust policy P1 then permit\n"
        "set interfaces ge-0/0/3 openeti port pci 0000:03:00.0\n"
        "set interfaces ge-0/0/4 openeti port pci 03:00.1\n");
    ASSERT_EQ(settings.wires.size(), 1U);
    EXPECT_EQ(settings.wires[0].interfaces[0].zone, "trust");
    EXPECT_EQ(std::get<PciPort>(settings.wires[0].interfaces[1].port).address, "0000:03:00.1");
}

// Each line is loaded with the context; together they are every statement of the model.
const std::string kContext =
    join({kWire, kMatchAny, kPermit, kCloudTls, kVendorSecIntel,
          "set services security-metadata-streaming policy P http action permit\n"
          "set security pki ca-profile CA file /etc/ca.pem\n"
          "set security address-book global address net 10.0.0.0/8\n"
          "set applications application web protocol tcp destination-port 8000-8999\n"
          "set services security-intelligence profile dns-profile category DNS\n"});

const char* const kGoodLines[] = {
    "set system host-name eti-1.example",
    "set system login user admin full-name \"Jane Doe\" class super-user",
    "set system syslog file messages any any",
    "set system syslog file messages authorization info",
    "set system max-configuration-rollbacks 49 max-configurations-on-flash 0",
    "set vlans V20 description \"a text\" vlan-id 4094",
    "set interfaces ge-0/0/0 description uplink mtu 9192",
    "set interfaces ge-0/0/0 mtu 256",
    "set interfaces ge-0/0/5 unit 16385 description x",
    "set interfaces ge-0/0/5 unit 0 family ethernet-switching interface-mode trunk vlan members "
    "[ 10 20 all wire ]",
    "set interfaces xe-1/0/0 openeti port pci 0000:03:00.0",
    "set security dynamic-address feed-server f hostname h feed-name n update-interval 4294967295 "
    "hold-interval 1",
    "set security policies from-zone trust to-zone untrust policy p then permit "
    "application-services security-intelligence-policy pol1",
    "set services security-metadata-streaming policy Q http notification log",
    "set services security-metadata-streaming policy Q http detections encryptedc2 action permit "
    "notification log-detections fallback-options notification log",
    "set services security-metadata-streaming policy Q dns detections dga action sinkhole "
    "notification log fallback-options notification log",
    "set interfaces xe-1/0/0 openeti port af-xdp eth1",
    "set interfaces xe-1/0/0 openeti port memif /run/m.sock id 7 role server",
    "set interfaces xe-1/0/0 openeti port memif /run/m.sock",
    "set interfaces xe-1/0/0 openeti port pcap receive-file a.pcap transmit-file b.pcap",
    "set interfaces xe-1/0/0 openeti port pcap device eth0",
    "set applications application dns2 description x protocol udp destination-port 5353",
    "set applications application ping protocol icmp",
    "set applications application-set s description x application [ web junos-https ]",
    "set security address-book global address a 192.0.2.1 description x",
    "set security address-book global address a 2001:db8::/32",
    "set security address-book global address a range-address 10.0.0.1 to 10.0.0.9",
    "set security address-book global address-set s description x address net",
    "set security address-book global address-set s address net\n"
    "set security address-book global address-set t address-set s",
    "set security dynamic-address feed-server f description x hostname feeds.example "
    "update-interval 30 hold-interval 0 tls-profile cloud-tls feed-name n description y path /a",
    "set security dynamic-address feed-server f url https://feeds.example tls-profile cloud-tls "
    "validate-certificate-attributes subject-or-subject-alternative-names",
    "set security dynamic-address address-name a description x session-scan profile feed-name n",
    "set security dynamic-address address-name a profile category IPFilter feed n",
    "set security dynamic-address session-scan hold-interval 3600",
    "set security forwarding-options security-service fail-open",
    "set security log mode event format syslog utc-timestamp source-address 192.0.2.1",
    "set security log transport protocol tcp tls-profile cloud-tls",
    "set security log stream s severity info format binary category aamw host 2001:db8::1",
    "set security log stream s host 192.0.2.1 port 65535\n"
    "set security log stream s transport protocol tls tls-profile cloud-tls",
    "set security pki ca-profile CA ca-identity x file /a",
    "set security pki local-certificate me file /a key-file /b",
    "set security policies from-zone any to-zone any policy x description \"a text\" match "
    "source-address any-ipv4 destination-address any-ipv6 application junos-https\n"
    "set security policies from-zone any to-zone any policy x then permit",
    "set security policies from-zone trust to-zone untrust policy p match source-address net",
    "set security policies from-zone trust to-zone untrust policy p match application [ web "
    "junos-dns-udp ]",
    "set security policies from-zone trust to-zone untrust policy p then log session-init "
    "session-close",
    "set security policies from-zone trust to-zone untrust policy p then count",
    "set security policies from-zone trust to-zone untrust application-services "
    "security-metadata-streaming-policy P",
    "set security policies default-policy permit-all",
    "set security zones security-zone dmz description x",
    "set services advanced-anti-malware connection url http://127.0.0.1:8080",
    "set services advanced-anti-malware connection url https://[2001:db8::1]:443 authentication "
    "tls-profile cloud-tls",
    "set services advanced-anti-malware connection source-address 192.0.2.1 source-interface "
    "ge-0/0/0.0",
    "set services dns-filtering sinkhole ipv4-address 192.0.2.1 ipv6-address ::1 fqdn s.example "
    "dns-resp-ttl 0 wildcarding-level 10 txt-resp-err-code Noerror srv-resp-err-code Refused",
    "set services security-metadata-streaming policy Q dynamic-filter",
    "set services security-metadata-streaming policy Q http detections all action permit "
    "notification log fallback-options notification log",
    "set services security-metadata-streaming policy Q dns cache ttl benign 60 c2 172800",
    "set services security-metadata-streaming policy Q dns detections tunneling action deny "
    "notification log-detections inspection-depth 0",
    "set services security-metadata-streaming policy Q dns detections dga verdict-timeout 500\n"
    "set services security-metadata-streaming policy Q dns detections tunneling action permit",
    "set services security-metadata-streaming policy Q dns detections all action sinkhole",
    "set services security-metadata-streaming dns-cache custom-list c2 [ *.a.example *.b.c.d ]",
    "set services security-intelligence url http://[::1]:1/x url-parameter secret http-persist",
    "set services security-intelligence url https://f.example authentication auth-token abc",
    "set services security-intelligence category CC disable",
    "set services security-intelligence category all disable",
    "set services security-intelligence global-disable-feed feed-name [ global_dns cc_ip_data ]",
    "set services security-intelligence global-disable-feed all",
    "set services security-intelligence profile p description x category GeoIP",
    "set services security-intelligence profile cc-profile rule r match feed-name cc_cert_sha1 "
    "threat-level 1\n"
    "set services security-intelligence profile cc-profile rule r then action block close http "
    "message no",
    "set services security-intelligence profile cc-profile rule CC_rule then action block drop",
    "set services security-intelligence profile ih-profile default-rule then action recommended",
    "set services security-intelligence profile ih-profile default-rule then no-log",
    "set services security-intelligence profile dns-profile default-rule then action sinkhole",
    "set services security-intelligence policy pol1 description x DNS dns-profile",
    "set services security-intelligence default-policy CC cc-profile",
    "set services security-metadata-streaming policy Q dns detections tunneling fallback-options "
    "notification log",
    "set services security-metadata-streaming policy Q dns detections all notification log "
    "fallback-options notification log",
    "set services security-metadata-streaming dns-cache custom-list benign *.example.com",
    "set services security-intelligence url https://f.example authentication tls-profile cloud-tls",
    "set services security-intelligence profile cc-profile rule r match threat-level 1\nset "
    "services security-intelligence profile cc-profile rule r then action permit",
    "set services security-intelligence profile cc-profile rule r match threat-level 1\nset "
    "services security-intelligence profile cc-profile rule r then action recommended",
    "set services security-intelligence profile ih-profile rule if-rule-2 match threat-level "
    "1\nset services security-intelligence profile ih-profile rule if-rule-2 then action block "
    "close "
    "http file /f",
    "set services security-intelligence profile ih-profile rule if-rule-2 match threat-level "
    "1\nset services security-intelligence profile ih-profile rule if-rule-2 then action block "
    "close "
    "http redirect-url https://x/",
    "set services security-intelligence profile dns-profile rule r match threat-level 1\nset "
    "services security-intelligence profile dns-profile rule r then action sinkhole",
    "set services security-intelligence profile ih-profile default-rule then action block drop",
    "set services security-intelligence profile cc-profile default-rule then log",
    "set services security-intelligence profile ih-profile default-rule then action block close "
    "http file /f",
    "set services security-intelligence profile ih-profile default-rule then action block close "
    "http message m",
    "set services security-intelligence profile ih-profile default-rule then action block close "
    "http redirect-url u",
    "set services security-intelligence profile o category IPFilter\nset services "
    "security-intelligence policy pol1 IPFilter o\nset services security-intelligence "
    "default-policy IPFilter o",
    "set services security-intelligence profile o category GeoIP\nset services "
    "security-intelligence policy pol1 GeoIP o\nset services security-intelligence default-policy "
    "GeoIP o",
    "set services security-intelligence profile o category DNS\nset services security-intelligence "
    "policy pol1 DNS o\nset services security-intelligence default-policy DNS o",
    "set services security-intelligence profile o category Reverse-Shell\nset services "
    "security-intelligence policy pol1 Reverse-Shell o",
    "set services security-intelligence default-policy Infected-Hosts ih-profile",
    "set services ssl initiation profile p trusted-ca CA",
    "set services ssl initiation profile p trusted-ca all client-certificate me\n"
    "set security pki local-certificate me file /a key-file /b",
    "set services openeti workers 64",
    "set services openeti cloud token-file /etc/token",
    "set services openeti feed public-key /etc/key shrink-limit 0 growth-limit 1000000",
    "set services openeti certificate-list [ /a /b ]",
    "set services openeti limits recent-sessions 0 flows-per-worker 1024 sessions-per-worker 256 "
    "inspected-bytes-per-direction 4096 out-of-order-segments-per-direction 1 "
    "stream-blocks-per-worker 64 fragmented-datagrams-per-worker 16 "
    "fragment-blocks-per-worker 64 dns-ring-slots 16 "
    "record-ring-slots 64 certificate-ring-slots 16 batch-records 1 batch-age 10 "
    "spool-bytes 1099511627776 mbufs 1024 handoff-ring-slots 64 tcp-idle-timeout 86400 "
    "submission-timeout 90 "
    "tcp-handshake-timeout 600 udp-idle-timeout 3600",
    "set serv openeti work 2  # beginnings that only one keyword has",
    "  set  system\thost-name \"quoted\"  # indented, with a comment",
    "# only a comment",
};

TEST(GoodLines, EveryStatementLoads) {
    for (const char* line : kGoodLines) {
        expect_loads(line, join({kContext, line, "\n"}));
    }
}

void note_typed(Node node, std::set<const lysc_node*>& seen) {
    if (!node.typed()) {
        return;
    }
    seen.insert(node.statement().raw());
    for (const Node& child : node.children()) {
        note_typed(child, seen);
    }
}

void expect_seen(const Model& model, Statement parent, const std::set<const lysc_node*>& seen) {
    for (const Statement& child : model.children(parent)) {
        // What is allowed everywhere, and groups, which hold everything, are not in this tree.
        if (!child.extension("refused") && !child.universal() && !child.hierarchy()) {
            EXPECT_TRUE(seen.contains(child.raw())) << parent.name() << " " << child.name();
            expect_seen(model, child, seen);
        }
    }
}

TEST(GoodLines, TogetherAreEveryStatementOfTheModel) {
    const Model model(testing::kYangDirectory);
    std::set<const lysc_node*> seen;
    for (const char* line : kGoodLines) {
        const Tree tree = parse_set_lines(model, kContext + line, "test.conf");
        for (const Node& top : tree.tops()) {
            note_typed(top, seen);
        }
    }
    for (const char* name : {"vendor_statements.conf", "vendor_statements_other_choices.conf"}) {
        const Tree tree = parse_set_lines(model, testing::data_file(name), name);
        for (const Node& top : tree.tops()) {
            note_typed(top, seen);
        }
    }
    expect_seen(model, Statement(), seen);
}

TEST(GoodLines, LastLineNeedsNoLineFeedAndCrlfIsFine) {
    EXPECT_EQ(load("set system host-name a").host_name, "a");
    EXPECT_EQ(load("set system host-name a\r\n# x\r\nset vlans v\r\n").host_name, "a");
    EXPECT_EQ(load("").host_name, "eti");
}

TEST(GoodLines, TheLaterOfTwoValuesStands) {
    EXPECT_EQ(load("set system host-name a\nset system host-name b\n").host_name, "b");
}

TEST(GoodLines, CutAnywhereTheyLoadOrAreRefused) {
    for (const std::string line : kGoodLines) {
        for (std::size_t size = 0; size < line.size(); ++size) {
            const auto error = error_of(line.substr(0, size));
            EXPECT_TRUE(!error || !error->reason.empty()) << line.substr(0, size);
        }
    }
}

TEST(ShippedFile, LoadsWithoutAWarning) {
    const Settings settings = testing::loader().load(ETI_SOURCE_DIR "/config/etid.conf");
    EXPECT_EQ(settings.warnings, std::vector<std::string>());
    ASSERT_EQ(settings.wires.size(), 1U);
    EXPECT_EQ(std::get<AfPacketPort>(settings.wires[0].interfaces[0].port).device, "veth0");
    EXPECT_TRUE(settings.infected_hosts_used);
    EXPECT_TRUE(settings.certificate_feed_used);
    EXPECT_EQ(settings.log_streams.size(), 1U);
}

TEST(ShippedFile, ItsInactiveLinesLoadToo) {
    std::ifstream file(ETI_SOURCE_DIR "/config/etid.conf");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t at = 0; (at = text.find("#set ", at)) != std::string::npos;) {
        text.erase(at, 1);
    }
    EXPECT_EQ(load(text).certificate_lists.size(), 1U);
}

}  // namespace
}  // namespace eti::config
