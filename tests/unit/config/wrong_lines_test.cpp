// Wrong lines: each is refused with the line, the column and the reason a user needs.
#include "eti/config/store.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace eti::config {
namespace {

using testing::error_of;
using testing::kMatchAny;
using testing::kPermit;
using testing::kWire;
using testing::kZones;

// The expected place is marked in the text by '^', which is taken out before it is loaded.
struct Case {
    const char* why;
    std::string text;
    const char* reason;  // how the reason begins
};

void check(const Case& c, const std::string& context = {}) {
    std::string text = context + c.text;
    const std::size_t mark = text.find('^');
    ASSERT_NE(mark, std::string::npos) << c.why;
    text.erase(mark, 1);
    const std::string before = text.substr(0, mark);
    std::size_t line = 1;
    for (const char character : before) {
        line += character == '\n' ? 1U : 0U;
    }
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;

    const auto error = error_of(text);
    ASSERT_TRUE(error.has_value()) << c.why;
    EXPECT_EQ(error->line, line) << c.why << ": " << error->what();
    EXPECT_EQ(error->column, column) << c.why << ": " << error->what();
    EXPECT_TRUE(error->reason.starts_with(c.reason)) << c.why << ": " << error->what();
    EXPECT_EQ(error->what(), "test.conf:" + std::to_string(line) + ":" + std::to_string(column) +
                                 ": " + error->reason);
}

TEST(WrongLines, Syntax) {
    const Case cases[] = {
        {"another command", "^delete system", "unknown command 'delete'"},
        {"a beginning of set is not set", "^se system host-name a", "unknown command 'se'"},
        {"nothing after set", "set^", "missing argument."},
        {"nothing after set but a comment", "set^  # x", "missing argument."},
        {"unknown at the top", "set ^foo bar",
         "syntax error: unknown statement 'foo'; expecting "
         "one of: system, vlans, interfaces"},
        {"the vendor's example", "set services security-metadata-streaming ^polcy P",
         "syntax error: unknown statement 'polcy'; expecting one of: policy, dns-cache"},
        {"a list without its key", "set services security-metadata-streaming policy^",
         "missing argument."},
        {"a container alone", "set services security-metadata-streaming^", "missing argument."},
        {"a leaf without its value", "set system host-name^   ", "missing argument."},
        {"a list of values without values", "set services openeti certificate-list^",
         "missing argument."},
        {"an open bracket", "set services openeti certificate-list [ /a^", "missing argument."},
        {"an empty list", "set services openeti certificate-list [ ^]",
         "syntax error: ']' belongs around a list of values"},
        {"a list for one value", "set system host-name ^[ a b ]",
         "syntax error: '[' belongs around a list of values"},
        {"a bracket for a keyword", "set ^[ system ]",
         "syntax error: '[' belongs around a list of values"},
        {"a stray closing bracket", "set system host-name a ^]",
         "syntax error: ']' belongs around a list of values"},
        {"a word too many", "set system host-name a ^b",
         "syntax error: unknown statement 'b'; expecting one of: host-name, login"},
        {"two keywords begin so", "set system ^max 3",
         "'max' is ambiguous; possible completions: max-configuration-rollbacks, "
         "max-configurations-on-flash"},
        {"an empty keyword", "set ^\"\"", "syntax error: unknown statement ''"},
        {"an open quote", "set system host-name ^\"a", "missing closing quote"},
        {"not printable", std::string("set system host-name a^\x02"), "invalid character"},
        {"the second line", "set system host-name a\nset ^bad", "syntax error: unknown statement"},
        {"after blank lines and comments", "\n# x\n\n  set ^bad", "syntax error: unknown"},
        {"the second zone's keyword", "set security policies from-zone a ^policy p",
         "syntax error: unknown statement 'policy'; expecting one of: to-zone"},
        {"the second zone", "set security policies from-zone a to-zone^", "missing argument."},
        {"no deny under http",
         "set services security-metadata-streaming policy P http action ^deny",
         "syntax error: unknown value 'deny'; expecting one of: permit"},
        {"an invented hierarchy", "set services ^encrypted-traffic-insights policy P",
         "syntax error: unknown statement 'encrypted-traffic-insights'"},
        {"a keyword after a positional value", "set security log stream s host 192.0.2.10 ^prt 514",
         "syntax error: unknown statement 'prt'; expecting one of: port"},
    };
    for (const Case& c : cases) {
        check(c);
    }
}

TEST(WrongLines, Values) {
    const Case cases[] = {
        {"above the range", "set interfaces ge-0/0/0 mtu ^9228",
         "Value 9228 is not within range (256..9192)"},
        {"below the range", "set interfaces ge-0/0/0 mtu ^255",
         "Value 255 is not within range (256..9192)"},
        {"larger than the type", "set services openeti workers ^99999999999999999999999",
         "Value 99999999999999999999999 is not within range (1..64)"},
        {"larger than a type without a range",
         "set interfaces x openeti port memif /s id ^4294967296",
         "Value 4294967296 is not within range (0..4294967295)"},
        {"not a number", "set vlans v vlan-id ^one", "Invalid numeric value: 'one'"},
        {"negative", "set vlans v vlan-id ^-1", "Invalid numeric value: '-1'"},
        {"threat level 0",
         "set services security-intelligence profile p rule r match threat-level ^0",
         "Value 0 is not within range (1..10)"},
        {"the second of a list",
         "set services security-intelligence profile p rule r match threat-level [ 10 ^11 ]",
         "Value 11 is not within range (1..10)"},
        {"verdict-timeout",
         "set services security-metadata-streaming policy P dns detections dga verdict-timeout ^49",
         "Value 49 is not within range (50..500)"},
        {"unknown enum", "set security log mode ^foo",
         "syntax error: unknown value 'foo'; expecting one of: stream, event, stream-event"},
        {"name too long", "set security zones security-zone ^" + std::string(64, 'z'),
         "Must be a string of 1 to 63 characters"},
        {"name empty", "set security zones security-zone ^\"\"",
         "Must be a string of 1 to 63 characters"},
        {"name with a blank", "set security zones security-zone ^\"a b\"", "invalid name"},
        {"name with both quotes", "set security zones security-zone ^\"a'\\\"\"", "invalid name"},
        {"reserved zone", "set security zones security-zone ^any",
         "the zone name 'any' is reserved"},
        {"reserved application", "set applications application ^junos-foo protocol tcp",
         "the name is reserved for a predefined application"},
        {"host name", "set system host-name ^-a", "invalid host name"},
        {"plain http elsewhere",
         "set services advanced-anti-malware connection url ^http://analysis.example",
         "invalid url"},
        {"not a url", "set services security-intelligence url ^feeds.example", "invalid url"},
        {"logical interface", "set security forwarding-options secure-wire W interface ^ge-0/0/0",
         "invalid interface; expecting <interface>.<unit>"},
        {"device", "set interfaces x openeti port af-packet ^../etc", "invalid device"},
        {"pci address", "set interfaces x openeti port pci ^03.00.0", "invalid PCI address"},
        {"prefix", "set security address-book global address a ^10.0.0", "invalid ip prefix"},
        {"other address book", "set security address-book ^mine address a 10.0.0.1",
         "only the address book 'global' is supported"},
        {"wildcard form",
         "set services security-metadata-streaming dns-cache custom-list c2 ^www.example.com",
         "invalid domain"},
        {"stream host", "set security log stream s host ^siem.example", "invalid ip address"},
    };
    for (const Case& c : cases) {
        check(c);
    }
}

TEST(WrongLines, StatementsOfAFirewallAreRefusedWithASentence) {
    const std::string rule = "set security policies from-zone trust to-zone untrust policy p then ";
    const Case cases[] = {
        {"deny", rule + "^deny", "then deny is not supported: openeti is not a firewall"},
        {"reject", rule + "^reject", "then reject is not supported: openeti is not a firewall"},
        {"nat", "set security ^nat source rule-set r from zone trust", "nat is not supported"},
        {"deny-all", "set security policies default-policy ^deny-all",
         "default-policy deny-all is not supported: openeti is not a firewall"},
        {"tap", "set security forwarding-options ^mode tap interface ge-0/0/0.0",
         "only secure-wire forwarding is supported"},
    };
    for (const Case& c : cases) {
        check(c);
    }
}

TEST(WrongLines, ReferencesToNothing) {
    const std::string pair = "set security policies from-zone trust to-zone untrust ";
    const Case cases[] = {
        {"metadata streaming policy",
         pair + "application-services security-metadata-streaming-policy ^nope\n",
         "security-metadata-streaming policy must be defined"},
        {"SecIntel policy",
         pair + "policy p then permit application-services security-intelligence-policy ^nope\n",
         "security intelligence policy must be defined"},
        {"SecIntel profile", "set services security-intelligence policy si CC ^nope",
         "security intelligence profile must be defined"},
        {"SecIntel profile of a category that is not enforced",
         "set services security-intelligence policy si GeoIP ^nope",
         "security intelligence profile must be defined"},
        {"TLS profile of the feed",
         "set services security-intelligence url https://f authentication tls-profile ^nope",
         "Referenced SSL initiation profile is not defined"},
        {"TLS profile of the cloud link",
         "set services advanced-anti-malware connection url https://a authentication tls-profile "
         "^nope",
         "Referenced SSL initiation profile and URL must be defined"},
        {"the later of two lines for one value",
         "set security pki ca-profile c file /c\nset services ssl initiation profile p trusted-ca "
         "c\nset services ssl initiation profile p trusted-ca ^nope",
         "Referenced CA profile is not defined"},
        {"CA", "set services ssl initiation profile p trusted-ca ^nope",
         "Referenced CA profile is not defined"},
        {"local certificate", "set services ssl initiation profile p client-certificate ^nope",
         "Referenced local certificate is not defined"},
        {"from-zone", "set security policies from-zone ^a to-zone trust policy q",
         "from-zone should be 'any' or configured under [security zones security-zone]"},
        {"to-zone", "set security policies from-zone trust to-zone ^a policy q",
         "to-zone should be 'any' or configured under [security zones security-zone]"},
        {"source address", pair + "policy p match source-address ^nope",
         "source-address must be defined in the global address book"},
        {"destination address", pair + "policy p match destination-address [ any ^nope ]",
         "destination-address must be defined in the global address book"},
        {"application", pair + "policy p match application ^nope",
         "application must be defined under [applications]"},
        {"predefined application", pair + "policy p match application ^junos-nope",
         "application junos-nope is not predefined; the predefined ones are: junos-dns-tcp"},
        {"member of an address set", "set security address-book global address-set s address ^nope",
         "address must be defined in the global address book"},
        {"member of an application set", "set applications application-set s application ^nope",
         "application must be defined under [applications]"},
        {"vlan", "set interfaces x unit 0 family ethernet-switching vlan members ^nope",
         "vlan must be defined under [vlans]"},
        {"interface of a zone", "set security zones security-zone trust interfaces ^x.0",
         "interface unit must be defined under [interfaces]"},
        {"interface of a wire",
         "set security forwarding-options secure-wire W interface [ ^x.0 y.0 ]",
         "interface unit must be defined under [interfaces]"},
    };
    const std::string context = std::string(kZones) + std::string(kMatchAny) + std::string(kPermit);
    for (const Case& c : cases) {
        check(c, context);
    }
}

TEST(WrongLines, Constraints) {
    const std::string profile = "set services security-intelligence profile ";
    const std::string pair = "set security policies from-zone trust to-zone untrust ";
    const Case cases[] = {
        {"profile without category", profile + "^p description x",
         "Missing mandatory statement: 'category'"},
        {"rule without threat level", profile + "p category CC rule ^r then log",
         "Missing mandatory statement: 'threat-level'"},
        {"close on DNS", profile + "^p category DNS default-rule then action block close",
         "close action not available on DNS profiles"},
        {"recommended on DNS", profile + "^p category DNS default-rule then action recommended",
         "recommend action not available on DNS profiles"},
        {"sinkhole elsewhere", profile + "^p category CC default-rule then action sinkhole",
         "Sinkhole action requires DNS category profile"},
        {"profile of the other category",
         profile + "p category CC\nset services security-intelligence policy si Infected-Hosts ^p",
         "the referenced profile is not of category Infected-Hosts"},
        {"url without profile",
         "set services advanced-anti-malware ^connection url https://analysis.example:443",
         "Authentication profile must be defined"},
        {"profile without url",
         "set services ssl initiation profile t\nset services advanced-anti-malware ^connection "
         "authentication tls-profile t",
         "Referenced SSL initiation profile and URL must be defined"},
        {"feed url without profile",
         "set services ^security-intelligence url https://feeds.example",
         "Authentication profile must be defined"},
        {"two cases on two lines",
         profile + "p category CC default-rule then action permit\n" + profile +
             "p default-rule then action ^block drop",
         "'block' excludes 'permit' of line 3"},
        {"two kinds of detection",
         "set services security-metadata-streaming policy P http detections encryptedc2 action "
         "permit\nset services security-metadata-streaming policy P http detections ^all",
         "'all' excludes 'encryptedc2' of line 3"},
        {"single and all DNS detections",
         "set services security-metadata-streaming policy P dns detections all action permit\n"
         "set services security-metadata-streaming policy P dns detections ^dga action permit",
         "'dga' excludes 'all' of line 3"},
        {"two ports",
         "set interfaces x openeti port af-packet a\nset interfaces x openeti port "
         "^pci 00:00.0",
         "'pci' excludes 'af-packet' of line 3"},
        {"pcap file and device", "set interfaces x openeti port ^pcap device a receive-file b",
         "a pcap port is either a device or files"},
        {"pcap without files", "set interfaces x openeti port ^pcap",
         "Missing mandatory statement: 'receive-file'"},
        {"memif without socket", "set interfaces x openeti port ^memif",
         "Missing mandatory statement: 'socket'"},
        {"policy without match", pair + "policy ^p then permit",
         "Missing mandatory statement: 'source-address'"},
        {"policy without then",
         pair + "policy ^p match source-address any destination-address any application any",
         "Missing mandatory statement: 'then'"},
        {"stream without host", "set security log stream ^s category all",
         "Missing mandatory statement: 'host'"},
        {"address without prefix", "set security address-book global address ^a description x",
         "Missing mandatory statement: 'ip-prefix'"},
        {"range without end", "set security address-book global address a range-address ^10.0.0.1",
         "Missing mandatory statement: 'to'"},
        {"empty address set", "set security address-book global address-set ^s",
         "Missing mandatory statement: 'address'"},
        {"application without protocol", "set applications application ^a",
         "Missing mandatory statement: 'protocol'"},
        {"port without a protocol that has ports",
         "set applications application ^a protocol icmp destination-port 1",
         "destination-port needs protocol tcp, udp or sctp"},
        {"port beyond the last",
         "set applications application a protocol tcp destination-port "
         "^65536\n" +
             pair +
             "policy p match source-address any destination-address any "
             "application a\n" +
             pair + "policy p then permit",
         "Value 65536 is not within range (0..65535)"},
        {"certificate without key", "set security pki local-certificate ^c file /a",
         "Missing mandatory statement: 'key-file'"},
        {"CA without file",
         "set security pki ca-profile c\nset services ssl initiation profile t trusted-ca ^c\n"
         "set services security-intelligence url https://f authentication tls-profile t",
         "ca-profile c has no file; add 'set security pki ca-profile c file <path>'"},
        {"port of a url",
         "set services advanced-anti-malware connection url ^http://127.0.0.1:70000",
         "Value 70000 is not within range (1..65535)"},
        {"feed name and category",
         "set security dynamic-address address-name a ^profile feed-name f category c",
         "Feed-name can not coexist with category"},
        {"address set in a circle",
         "set security address-book global address-set ^s address-set t\n"
         "set security address-book global address-set t address-set s\n" +
             pair + "policy p match source-address s destination-address any application any\n" +
             pair + "policy p then permit",
         "address-set s contains itself"},
    };
    for (const Case& c : cases) {
        check(c, std::string(kZones));
    }
}

// kWire with one line changed or added.
std::string wire_but(std::string_view old_line, std::string_view new_line) {
    std::string text(kWire);
    if (!old_line.empty()) {
        const std::size_t at = text.find(old_line);
        EXPECT_NE(at, std::string::npos) << old_line;
        text.erase(at, old_line.size() + 1);
    }
    return text + std::string(new_line);
}

TEST(WrongLines, Wires) {
    const std::string wire =
        "set security forwarding-options secure-wire W interface "
        "[ ge-0/0/0.0 ge-0/0/1.0 ]";
    const std::string extra =
        "set interfaces ge-0/0/2 unit 0 family ethernet-switching vlan "
        "members wire\n";
    const Case cases[] = {
        {"one interface",
         wire_but(wire, "set security forwarding-options secure-wire ^W interface ge-0/0/0.0\n"),
         "a secure-wire needs exactly two interfaces"},
        {"three interfaces",
         extra + wire_but(wire,
                          "set security forwarding-options secure-wire ^W interface [ "
                          "ge-0/0/0.0 ge-0/0/1.0 ge-0/0/2.0 ]\n"),
         "a secure-wire needs exactly two interfaces"},
        {"one end without a port",
         wire_but("set interfaces ge-0/0/1 openeti port af-packet veth1", "") + "\n" +
             "set security forwarding-options secure-wire W interface ge-0/0/1.0 ",
         "interface ge-0/0/1 has no port; add 'set interfaces ge-0/0/1 openeti port"},
        {"one end without a zone",
         wire_but("set security zones security-zone untrust interfaces ge-0/0/1.0", ""),
         "interface ge-0/0/1.0 is in no security zone; add 'set security zones security-zone"},
        {"an interface in two zones",
         wire_but("", "set security zones security-zone untrust interfaces ge-0/0/0.0\n"),
         "interface is assigned to more than one security zone"},
        {"an interface in two wires",
         extra + wire_but("",
                          "set security forwarding-options secure-wire W2 interface [ "
                          "ge-0/0/2.0 ^ge-0/0/1.0 ]\n"),
         "interface ge-0/0/1.0 is already used by W"},
        {"a device of two interfaces",
         wire_but("set interfaces ge-0/0/1 openeti port af-packet veth1",
                  "set interfaces ge-0/0/1 openeti port af-packet ^veth0\n"),
         "device veth0 is already used by ge-0/0/0.0"},
        {"different VLANs",
         wire_but("", "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members 7\n"),
         "secure-wire interfaces ge-0/0/0.0 and ge-0/0/1.0 must have the same vlan members"},
        {"not a layer 2 port",
         wire_but(wire,
                  "set interfaces ge-0/0/2 unit 0\nset security forwarding-options "
                  "secure-wire W interface [ ge-0/0/0.0 ^ge-0/0/2.0 ]\n"),
         "a secure-wire interface needs family ethernet-switching"},
        {"another unit than 0",
         "set interfaces ge-0/0/2 unit 5 family ethernet-switching vlan members wire\n" +
             wire_but(wire,
                      "set security forwarding-options secure-wire W interface [ ^ge-0/0/2.5 "
                      "ge-0/0/1.0 ]\n"),
         "a secure-wire takes whole ports: only unit 0 can be used, not ge-0/0/2.5"},
    };
    for (const Case& c : cases) {
        if (c.text.find('^') != std::string::npos) {
            check(c);
            continue;
        }
        const auto error = error_of(c.text);
        ASSERT_TRUE(error.has_value()) << c.why;
        EXPECT_NE(error->line, 0U) << c.why;
        EXPECT_TRUE(error->reason.starts_with(c.reason)) << c.why << ": " << error->what();
    }
}

TEST(WrongFiles, NameTheFileAndTheRemedy) {
    struct FileCase {
        const char* why;
        std::string path;
        const char* reason;
    };
    const FileCase cases[] = {
        {"missing", std::string(ETI_BINARY_DIR) + "/no-such.conf", "cannot read the configuration"},
        {"a folder", ETI_BINARY_DIR, "is a directory; name a file of set lines"},
    };
    for (const FileCase& c : cases) {
        try {
            testing::loader().load(c.path);
            ADD_FAILURE() << c.why;
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.file, c.path) << c.why;
            EXPECT_EQ(error.line, 0U) << c.why;
            EXPECT_TRUE(error.reason.starts_with(c.reason)) << error.what();
        }
    }
    EXPECT_THROW(Loader("/no/such/folder"), ConfigError);
    EXPECT_THROW(Loader(ETI_BINARY_DIR), ConfigError);
}

}  // namespace
}  // namespace eti::config
