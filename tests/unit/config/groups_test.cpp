// Groups: what is inherited, from where, and what wins.
#include "config/candidate/groups.h"

#include "config/candidate/check.h"
#include "config/candidate/inheritance.h"
#include "tests/unit/config/candidate.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::config {
namespace {

using testing::as_set;
using testing::model;
using testing::tree;

// Without the lines that apply groups.
std::string expanded(const std::string& text) {
    const auto root = tree(text);
    const Expansion expansion = expand(model(), *root, "test.conf");
    std::string lines;
    const std::string all = as_set(expansion.root ? *expansion.root : *root);
    for (std::size_t start = 0; start < all.size();) {
        const std::size_t end = all.find('\n', start) + 1;
        const std::string line = all.substr(start, end - start);
        lines += line.find("apply-groups") == std::string::npos ? line : std::string();
        start = end;
    }
    return lines;
}

struct Case {
    const char* why;
    const char* text;
    const char* expanded;
};

TEST(Groups, Expand) {
    const Case cases[] = {
        {"not applied",
         "set groups g system host-name a\nset vlans v\nset system apply-groups g\ndeactivate "
         "system apply-groups g",
         "set vlans v\n"},
        {"at the top", "set groups g system host-name a\nset apply-groups g",
         "set system host-name a\n"},
        {"at its level only",
         "set groups g system host-name a\nset groups g vlans v\nset system apply-groups g",
         "set system host-name a\n"},
        {"the own statement wins",
         "set groups g system host-name a\nset apply-groups g\nset system host-name b",
         "set system host-name b\n"},
        {"an inactive own statement does not",
         "set groups g system host-name a\nset apply-groups g\nset system host-name b\ndeactivate "
         "system host-name",
         "set system host-name a\n"},
        {"the first of two groups wins",
         "set groups g system host-name a\nset groups h system host-name b\nset groups h vlans v\n"
         "set apply-groups [ g h ]",
         "set system host-name a\nset vlans v\n"},
        {"the nearer one wins",
         "set groups g interfaces x mtu 1000\nset groups h interfaces x mtu 2000\nset interfaces "
         "x apply-groups h\nset apply-groups g",
         "set interfaces x mtu 2000\n"},
        {"patterns add to what is there only",
         "set groups g interfaces <ge-*> mtu 9000\nset interfaces ge-0/0/0\nset interfaces "
         "xe-0/0/0\nset apply-groups g",
         "set interfaces ge-0/0/0 mtu 9000\nset interfaces xe-0/0/0\n"},
        {"patterns match what another group adds",
         "set groups g interfaces <*> unit <*> description d\nset groups h interfaces x unit 3\n"
         "set apply-groups [ g h ]",
         "set interfaces x unit 3 description d\n"},
        {"except",
         "set groups g interfaces <*> mtu 9000\nset interfaces x\nset interfaces y "
         "apply-groups-except g\nset apply-groups g",
         "set interfaces x mtu 9000\n"},
        {"values of a list are collected",
         "set groups g services openeti certificate-list [ /b /c ]\nset services openeti "
         "certificate-list [ /a /b ]\nset apply-groups g",
         "set services openeti certificate-list /a\nset services openeti certificate-list /b\nset "
         "services openeti certificate-list /c\n"},
        {"another case of a choice is not added",
         "set groups g services security-intelligence profile <*> default-rule then action permit\n"
         "set services security-intelligence profile p default-rule then action block drop\nset "
         "apply-groups g",
         "set services security-intelligence profile p default-rule then action block drop\n"},
        {"a group may apply a group, even itself",
         "set groups g apply-groups [ h g ]\nset groups h system host-name a\nset apply-groups g",
         "set system host-name a\n"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(expanded(c.text), c.expanded) << c.why;
    }
}

TEST(Groups, TheirStatementsAreCheckedAndCompiled) {
    const auto good = tree("set groups g system host-name a\nset apply-groups g");
    EXPECT_EQ(compile(model(), *good).host_name, "a");
    const auto missing = tree("set system host-name a\nset system apply-groups nope");
    try {
        compile(model(), *missing);
        ADD_FAILURE();
    } catch (const CheckFailed& failed) {
        EXPECT_EQ(failed.error.text(),
                  "[edit system]\n  'apply-groups nope'\n    group is not defined\n");
    }
}

TEST(Groups, InheritanceSaysWhereFrom) {
    const auto root = tree(
        "set groups g system host-name a\nset groups g vlans v\nset apply-groups g\nset vlans w");
    const Expansion expansion = expand(model(), *root, "test.conf");
    PrintOptions options;
    options.note = inheritance_notes(expansion);
    EXPECT_EQ(print_text(*expansion.root, options),
              "apply-groups g;\n"
              "##\n## 'system' was inherited from group 'g'\n##\n"
              "system {\n"
              "    ##\n    ## 'a' was inherited from group 'g'\n    ##\n"
              "    host-name a;\n"
              "}\n"
              "vlans {\n"
              "    w;\n"
              "    ##\n    ## 'v' was inherited from group 'g'\n    ##\n"
              "    v;\n"
              "}\n");
}

TEST(Check, ErrorsHaveTheVendorsShape) {
    struct Wrong {
        const char* why;
        const char* lines;
        const char* text;
    };
    const Wrong cases[] = {
        {"the vendor's sample",
         "set security zones security-zone trust\nset security zones security-zone untrust\nset "
         "security policies from-zone trust to-zone untrust application-services "
         "security-metadata-streaming-policy nope",
         "[edit security policies from-zone trust to-zone untrust]\n  'application-services'\n"
         "    security-metadata-streaming policy must be defined\n"},
        {"a mandatory statement", "set services security-intelligence profile p description x",
         "[edit services security-intelligence]\n  'profile p'\n    Missing mandatory statement: "
         "'category'\n"},
        {"at the top", "set security forwarding-options secure-wire w",
         "[edit security forwarding-options]\n  'secure-wire w'\n    a secure-wire needs exactly "
         "two interfaces\n"},
    };
    for (const Wrong& c : cases) {
        try {
            compile(model(), *tree(c.lines));
            ADD_FAILURE() << c.why;
        } catch (const CheckFailed& failed) {
            EXPECT_EQ(failed.error.text(), c.text) << c.why;
        }
    }
}

TEST(Check, InactiveStatementsAreNotThere) {
    const auto root = tree(
        "set system host-name a\ndeactivate system host-name\nset services security-intelligence "
        "profile p description x\ndeactivate services security-intelligence profile p");
    EXPECT_EQ(compile(model(), *root).host_name, "eti");
}

TEST(Check, MissingStatementsAreShownInline) {
    PrintOptions options;
    options.warnings = true;
    EXPECT_EQ(
        print_text(*tree("set services security-intelligence profile p description x"), options),
        "services {\n    security-intelligence {\n        profile p {\n"
        "            ## Warning: missing mandatory statement(s): 'category'\n"
        "            description x;\n        }\n    }\n}\n");
}

}  // namespace
}  // namespace eti::config
