// The XML and JSON of a configuration: what they look like, and what is said of wrong ones.
#include "config/candidate/text_printer.h"
#include "config/forms/changed.h"
#include "config/forms/json.h"
#include "config/forms/load.h"
#include "config/forms/xml.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::config {
namespace {

const Model& model() {
    static const Model instance(testing::kYangDirectory);
    return instance;
}

std::unique_ptr<ConfigNode> tree(std::string_view text) {
    ParsedText parsed = parse_text(model(), text, {}, Contradiction::Refuse);
    EXPECT_TRUE(parsed.errors.empty()) << listed(parsed.errors.front(), "text");
    return std::move(parsed.root);
}

constexpr std::string_view kSample = R"(system {
    /* of this device */
    host-name eti1;
}
interfaces {
    inactive: ge-0/0/0 {
        mtu 1500;
    }
}
security {
    policies {
        from-zone a to-zone b {
            policy p {
                match {
                    source-address [ any x<y ];
                }
                then {
                    permit;
                    log {
                        inactive: session-init;
                    }
                }
            }
        }
    }
    log {
        stream s {
            host {
                192.0.2.1;
                port 514;
            }
        }
    }
}
)";

constexpr std::string_view kSampleXml = R"(<configuration>
    <system>
        <junos:comment>/* of this device */</junos:comment>
        <host-name>eti1</host-name>
    </system>
    <interfaces>
        <interface inactive="inactive">
            <name>ge-0/0/0</name>
            <mtu>1500</mtu>
        </interface>
    </interfaces>
    <security>
        <log>
            <stream>
                <name>s</name>
                <host>
                    <ipaddr>192.0.2.1</ipaddr>
                    <port>514</port>
                </host>
            </stream>
        </log>
        <policies>
            <policy>
                <from-zone-name>a</from-zone-name>
                <to-zone-name>b</to-zone-name>
                <policy>
                    <name>p</name>
                    <match>
                        <source-address>any</source-address>
                        <source-address>x&lt;y</source-address>
                    </match>
                    <then>
                        <permit/>
                        <log>
                            <session-init inactive="inactive"/>
                        </log>
                    </then>
                </policy>
            </policy>
        </policies>
    </security>
</configuration>
)";

constexpr std::string_view kSampleJson = R"({
    "configuration": {
        "system": {
            "host-name": "eti1",
            "@host-name": {"comment": "/* of this device */"}
        },
        "interfaces": {
            "interface": [
                {
                    "@": {"inactive": true},
                    "name": "ge-0/0/0",
                    "mtu": 1500
                }
            ]
        },
        "security": {
            "log": {
                "stream": [
                    {
                        "name": "s",
                        "host": {
                            "ipaddr": "192.0.2.1",
                            "port": 514
                        }
                    }
                ]
            },
            "policies": {
                "policy": [
                    {
                        "from-zone-name": "a",
                        "to-zone-name": "b",
                        "policy": [
                            {
                                "name": "p",
                                "match": {
                                    "source-address": [
                                        "any",
                                        "x<y"
                                    ]
                                },
                                "then": {
                                    "permit": [null],
                                    "log": {
                                        "session-init": [null],
                                        "@session-init": {"inactive": true}
                                    }
                                }
                            }
                        ]
                    }
                ]
            }
        }
    }
}
)";

TEST(Forms, XmlHasTheVendorsConventions) {
    EXPECT_EQ(write_xml(*tree(kSample)), kSampleXml);
}

TEST(Forms, JsonHasTheVendorsConventions) {
    EXPECT_EQ(write_json(*tree(kSample)), kSampleJson);
}

TEST(Forms, ReplyHasTheShapeToolsExpect) {
    EXPECT_EQ(write_xml_reply(*tree("system { host-name a; }"), {}, "[edit system]"),
              "<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/24.4R1/junos\">\n"
              "    <configuration>\n"
              "        <system>\n"
              "            <host-name>a</host-name>\n"
              "        </system>\n"
              "    </configuration>\n"
              "    <cli>\n"
              "        <banner>[edit system]</banner>\n"
              "    </cli>\n"
              "</rpc-reply>\n");
}

TEST(Forms, ChangedStatementsAreMarked) {
    const auto active = tree("system { host-name a; } security { log { mode stream; } }");
    const auto now = tree("system { host-name b; } security { log { mode stream; } }");
    const ChangedNodes changed = changed_nodes(*now, *active);
    XmlOptions options;
    options.changed = &changed;
    const std::string xml = write_xml(*now, options);
    EXPECT_NE(xml.find("<system junos:changed=\"changed\">"), std::string::npos) << xml;
    EXPECT_NE(xml.find("<host-name junos:changed=\"changed\">b"), std::string::npos) << xml;
    EXPECT_NE(xml.find("<mode>stream"), std::string::npos) << xml;
    EXPECT_EQ(print_changed(*now, changed),
              "! system {\n!     host-name b;\n! }\n"
              "  security {\n      log {\n          mode stream;\n      }\n  }\n");
}

TEST(Forms, OtherShapesOfTheSameAreRead) {
    const auto expected = tree("interfaces { ge-0/0/0 { mtu 1500; } } system { host-name a; }");
    const std::vector<std::pair<std::string, std::string>> cases{
        {"keys last and values on their own lines",
         "<configuration xmlns=\"x\"><system>\n<host-name>\n  a\n</host-name></system><interfaces>"
         "<interface><mtu>1500</mtu><name>ge-0/0/0</name></interface></interfaces></"
         "configuration>"},
        {"NETCONF's frame, declaration, comments and CDATA",
         "<?xml version=\"1.0\"?><rpc-reply><data><configuration><!-- x --><system><host-name>"
         "<![CDATA[a]]></host-name></system><interfaces><interface><name>ge-0/0/0</name>"
         "<mtu>1500</mtu></interface></interfaces></configuration></data></rpc-reply>"},
        {"a bare object as list, numbers as strings",
         R"({"configuration": {"system": {"host-name": ["a"]},
             "interfaces": {"interface": {"mtu": "1500", "name": "ge-0/0/0"}}}})"},
    };
    for (const auto& [why, text] : cases) {
        ConfigNode loaded;
        const LoadResult result = load(model(), loaded, LoadMode::Merge, text, "t", {});
        EXPECT_TRUE(result.errors.empty()) << why << ": " << result.errors.front();
        EXPECT_TRUE(loaded.same(*expected)) << why;
    }
}

struct Wrong {
    const char* why;
    const char* text;
    const char* error;
    const char* left;  // of the text, as curly text
};

TEST(Forms, WrongTextsAreNamedAndTheRestIsLoaded) {
    const std::string host = "system {\n    host-name a;\n}\n";
    const std::vector<Wrong> cases{
        {"unknown element",
         "<configuration>\n<system>\n  <host-nam>b</host-nam>\n<host-name>a</host-name>"
         "</system></configuration>",
         "t:3:(3) syntax error: host-nam", host.c_str()},
        {"value out of range",
         "<configuration><system><host-name>a</host-name></system><vlans><vlan><name>v</name>\n"
         "<vlan-id>5000</vlan-id></vlan></vlans></configuration>",
         "t:2:(1) 'vlan-id': Value 5000 is not within range (1..4094)",
         "system {\n    host-name a;\n}\nvlans {\n    v;\n}\n"},
        {"a list entry without its key",
         "<configuration><vlans><vlan><vlan-id>5</vlan-id></vlan></vlans></configuration>",
         "t:1:(23) 'vlan': lacks its 'name'", ""},
        {"not well-formed: nothing is loaded",
         "<configuration><system><host-name>a</host-name></configuration>",
         "t:1:(50) cannot read the XML text: mismatched tag", ""},
        {"cut off: nothing is loaded", "<configuration><system><host-name>a</host-name>",
         "t:1:(48) cannot read the XML text: no element found", ""},
        {"entities of one's own", "<!DOCTYPE c [<!ENTITY a \"aaaa\">]><configuration/>",
         "t:1:(13) cannot read the XML text: document type declarations are not accepted", ""},
        {"an operation nobody knows", "<configuration><system operation=\"move\"/></configuration>",
         "t:1:(16) cannot read the XML text: 'system': unknown operation 'move'", ""},
        {"another document", "<html/>", "t:1:(1) expecting the element <configuration>", ""},
        {"text where statements belong", "<configuration><system>x</system></configuration>",
         "t:1:(16) 'system': holds statements, not the text 'x'", ""},
        {"a refused statement", "<configuration><security><nat/></security></configuration>",
         "t:1:(26) nat is not supported: openeti forwards packets unchanged; remove the statement",
         ""},
        {"unknown member",
         "{\"configuration\": {\n  \"system\": {\"host-nam\": \"b\", \"host-name\": \"a\"}}}",
         "t:2:(14) syntax error: host-nam", host.c_str()},
        {"broken JSON: nothing is loaded",
         "{\"configuration\": {\n\"system\": {\"host-name\": \"a\"}", nullptr, ""},
        {"a truth value is no value", "{\"configuration\": {\"system\": {\"host-name\": true}}}",
         "t:1:(31) 'host-name': unexpected kind of value", ""},
        {"a property nobody knows", "{\"configuration\": {\"@\": {\"odd\": true}}}",
         "t:1:(26) 'odd': unknown attribute 'odd' with the value 'true'", ""},
        {"no configuration", "{\"config\": {}}", "t:1:(1) expecting {\"configuration\": {...}}",
         ""},
        {"two cases of a choice",
         R"({"configuration": {"interfaces": {"interface": [{"name": "ge-0/0/0",
"openeti": {"port": {"af-packet": "veth0", "af-xdp": "veth1"}}}]}}})",
         "t:2:(44) 'af-xdp' excludes 'af-packet' of line 2",
         "interfaces {\n    ge-0/0/0 {\n        openeti {\n            port {\n"
         "                af-packet veth0;\n            }\n        }\n    }\n}\n"},
    };
    for (const Wrong& wrong : cases) {
        ConfigNode loaded;
        const LoadResult result = load(model(), loaded, LoadMode::Override, wrong.text, "t", {});
        ASSERT_EQ(result.errors.size(), 1U) << wrong.why;
        if (wrong.error != nullptr) {
            EXPECT_EQ(result.errors[0], wrong.error) << wrong.why;
        }
        EXPECT_EQ(print_text(loaded, {}), wrong.left) << wrong.why;
    }
}

TEST(Forms, EveryPrefixOfATextIsRefusedWhole) {
    for (const std::string_view text : {kSampleXml, kSampleJson}) {
        for (std::size_t size = 1; size + 2 < text.size(); size += 7) {
            ConfigNode loaded;
            const LoadResult result =
                load(model(), loaded, LoadMode::Override, text.substr(0, size), "t", {});
            EXPECT_FALSE(result.errors.empty()) << size;
            EXPECT_TRUE(loaded.children().empty()) << size;
        }
    }
}

TEST(Forms, NestingIsBounded) {
    std::string xml = "<configuration>";
    std::string json = "{\"configuration\": ";
    for (int i = 0; i < 100'000; ++i) {
        xml += "<a>";
        json += "[";
    }
    for (const std::string& text : {xml, json}) {
        ConfigNode loaded;
        const LoadResult result = load(model(), loaded, LoadMode::Merge, text, "t", {});
        ASSERT_EQ(result.errors.size(), 1U);
        EXPECT_NE(result.errors[0].find("nested too deeply"), std::string::npos);
    }
}

}  // namespace
}  // namespace eti::config
