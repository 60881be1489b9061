// Curly text and set lines: what is printed reads back as the same tree, and prints the same.
#include "config/candidate/text_parser.h"
#include "tests/unit/config/candidate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace eti::config {
namespace {

using testing::as_set;
using testing::as_text;
using testing::data_file;
using testing::model;
using testing::tree;

void expect_round_trip(const std::string& why, const ConfigNode& root) {
    const std::string text = as_text(root);
    const ParsedText parsed = parse_text(model(), text, Level{}, Contradiction::Refuse);
    ASSERT_TRUE(parsed.errors.empty()) << why << ": " << listed(parsed.errors[0], "text") << "\n"
                                       << text;
    EXPECT_TRUE(parsed.root->same(root)) << why << "\n" << text;
    EXPECT_EQ(as_text(*parsed.root), text) << why;

    const std::string lines = as_set(root);
    ConfigNode edited;
    Editor editor(model(), edited);
    Level level;
    for (std::size_t start = 0; start < lines.size();) {
        const std::size_t end = lines.find('\n', start);
        EXPECT_EQ(editor.line(level, lines.substr(start, end - start)), Editor::Warnings()) << why;
        start = end + 1;
    }
    EXPECT_TRUE(edited.same(root)) << why << "\n" << lines;
    EXPECT_TRUE(tree(lines)->same(root)) << why << "\n" << lines;
}

struct Case {
    const char* why;
    const char* lines;
    const char* text;  // what it is printed as
};

constexpr Case kCases[] = {
    {"a leaf", "set system host-name eti1", "system {\n    host-name eti1;\n}\n"},
    {"quotes where they are needed",
     "set vlans v description \"a \\\"b\\\" ; c\"\nset vlans w description plain-text",
     "vlans {\n    v {\n        description \"a \\\"b\\\" ; c\";\n    }\n    w {\n"
     "        description plain-text;\n    }\n}\n"},
    {"one value has no brackets, two have",
     "set services openeti certificate-list [ /b /a ]\nset services security-intelligence "
     "global-disable-feed feed-name x",
     "services {\n    security-intelligence {\n        global-disable-feed {\n"
     "            feed-name x;\n        }\n    }\n    openeti {\n"
     "        certificate-list [ /b /a ];\n    }\n}\n"},
    {"an entry alone, keys with keywords",
     "set security policies from-zone any to-zone any\nset security zones security-zone trust",
     "security {\n    policies {\n        from-zone any to-zone any;\n    }\n    zones {\n"
     "        security-zone trust;\n    }\n}\n"},
    {"a value without keyword on a line of its own, and on the line of an address",
     "set security log stream s host 192.0.2.1 port 515\nset security address-book global "
     "address a 10.0.0.0/8",
     "security {\n    address-book global {\n        address a 10.0.0.0/8;\n    }\n    log {\n"
     "        stream s {\n            host {\n                192.0.2.1;\n"
     "                port 515;\n            }\n        }\n    }\n}\n"},
    {"inactive, protected, with comments",
     "set system host-name a\nset system login user u class operator\nannotate system \"all of "
     "it\"\nannotate system host-name why\ndeactivate system login user u\nprotect system "
     "host-name\ndeactivate system host-name",
     "/* all of it */\nsystem {\n    /* why */\n    inactive: protect: host-name a;\n"
     "    login {\n        inactive: user u {\n            class operator;\n        }\n    }\n}\n"},
    {"a statement on one line with what is below it",
     "set services openeti allowlist hostname a.example description x\ndeactivate services openeti "
     "allowlist hostname a.example\nannotate services openeti allowlist hostname a.example why",
     "services {\n    openeti {\n        allowlist {\n            /* why */\n"
     "            inactive: hostname a.example description x;\n        }\n    }\n}\n"},
    {"a value of several that is inactive stands alone, in its place",
     "set services openeti certificate-list [ /a /b /c /d ]\ndeactivate services openeti "
     "certificate-list /b",
     "services {\n    openeti {\n        certificate-list /a;\n        inactive: certificate-list "
     "/b;\n        certificate-list [ /c /d ];\n    }\n}\n"},
    {"groups come first and hold patterns",
     "set interfaces x mtu 1500\nset groups g interfaces <*> unit <1*> description d\nset "
     "apply-groups [ g h ]\nset interfaces x apply-groups-except g\nset system apply-macro m a b",
     "groups {\n    g {\n        interfaces {\n            <*> {\n                unit <1*> {\n"
     "                    description d;\n                }\n            }\n        }\n    }\n}\n"
     "apply-groups [ g h ];\nsystem {\n    apply-macro m {\n        a b;\n    }\n}\n"
     "interfaces {\n    x {\n        apply-groups-except g;\n        mtu 1500;\n    }\n}\n"},
};

TEST(TextForms, PrintAndReadBack) {
    for (const Case& c : kCases) {
        const auto root = tree(c.lines);
        EXPECT_EQ(as_text(*root), c.text) << c.why;
        expect_round_trip(c.why, *root);
    }
}

TEST(TextForms, WholeConfigurationsPrintAsTheyWere) {
    for (const char* name : {"vendor_statements.conf", "vendor_statements_other_choices.conf"}) {
        const auto root = tree(data_file(name));
        expect_round_trip(name, *root);
    }
    std::ifstream shipped(ETI_SOURCE_DIR "/config/etid.conf");
    const std::string text{std::istreambuf_iterator<char>(shipped), {}};
    expect_round_trip("the shipped file", *tree(text));
}

TEST(TextForms, SecretsAreMaskedInBothForms) {
    const auto root = tree(
        "set services security-intelligence authentication auth-token hush\nset system archival "
        "configuration archive-sites scp://x password hush2");
    const PrintOptions masked;
    const std::string text = print_text(*root, masked);
    EXPECT_NE(text.find("auth-token /* SECRET-DATA */; ## SECRET-DATA\n"), std::string::npos)
        << text;
    EXPECT_EQ((text + print_set(*root, {}, masked)).find("hush"), std::string::npos) << text;
    const ParsedText parsed = parse_text(model(), text, Level{}, Contradiction::Replace);
    EXPECT_EQ(parsed.errors.size(), 2U) << "a mask is no value";
}

TEST(TextForms, ErrorsNameThePlaceAndTheRestIsRead) {
    const ParsedText parsed = parse_text(model(),
                                         "system {\n"
                                         "    host-nam a;\n"  // a beginning
                                         "    bogus {\n        x { y; } z;\n    }\n"
                                         "    max-configuration-rollbacks 50;\n"
                                         "    host-name \"open;\n"
                                         "    host-name b c;\n"
                                         "    services\n"
                                         "}\n"
                                         "vlans { v { vlan-id 7; } }\n"
                                         "}\n"
                                         "security { zones { security-zone z; ",
                                         Level{}, Contradiction::Replace);
    std::vector<std::string> errors;
    for (const TextError& error : parsed.errors) {
        errors.push_back(listed(error, "terminal"));
    }
    EXPECT_EQ(errors, (std::vector<std::string>{
                          "terminal:3:(5) syntax error: bogus",
                          "terminal:6:(33) Value 50 is not within range (0..49)",
                          "terminal:7:(15) missing closing quote",
                          "terminal:9:(13) missing argument.",
                          "terminal:12:(1) syntax error: }",
                          "terminal:13:(18) syntax error: {",
                          "terminal:13:(10) syntax error: {",
                      }));
    EXPECT_EQ(
        as_set(*parsed.root),
        "set system host-name a\nset vlans v vlan-id 7\nset security zones security-zone z\n");
}

TEST(TextForms, ABlockBehindALeafWithoutItsValueIsRefused) {
    for (const char* text : {"system { host-name { a; } domain-name b; }", "system { host-name {",
                             "system { name-server { 192.0.2.1; } }"}) {
        const ParsedText parsed = parse_text(model(), text, Level{}, Contradiction::Replace);
        EXPECT_FALSE(parsed.errors.empty()) << text;
        EXPECT_EQ(as_set(*parsed.root).find("host-name"), std::string::npos) << text;
    }
}

TEST(TextForms, TagsAndCommentsAreKept) {
    const ParsedText parsed =
        parse_text(model(),
                   "replace: system {\n    /* two\n       lines */\n"
                   "    delete: host-name;\n    active: syslog { file f; }\n}\n"
                   "# not kept\n## nor this\n/* one */ /* two */ vlans { v; }",
                   Level{}, Contradiction::Replace);
    ASSERT_TRUE(parsed.errors.empty()) << listed(parsed.errors[0], "x");
    std::multiset<ParsedText::Tag> tags;
    for (const auto& [node, tag] : parsed.tags) {
        tags.insert(tag);
    }
    EXPECT_EQ(tags,
              (std::multiset<ParsedText::Tag>{ParsedText::Tag::Replace, ParsedText::Tag::Delete,
                                              ParsedText::Tag::Active}));
    const std::string text = as_text(*parsed.root);
    EXPECT_NE(text.find("/* two lines */"), std::string::npos) << text;
    EXPECT_NE(text.find("/* one two */\nvlans"), std::string::npos) << text;
}

TEST(TextForms, ALevelBelowTheTop) {
    const ParsedText parsed =
        parse_text(model(), "host-name a;", testing::level("system"), Contradiction::Replace);
    EXPECT_EQ(as_set(*parsed.root), "set system host-name a\n");
}

}  // namespace
}  // namespace eti::config
