// "show | compare" and "load patch": how differences look, and patches that do not fit.
#include "config/forms/compare.h"

#include "config/candidate/text_printer.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace eti::config {
namespace {

const Model& model() {
    static const Model instance(testing::kYangDirectory);
    return instance;
}

std::unique_ptr<ConfigNode> tree(const std::string& text) {
    ParsedText parsed = parse_text(model(), text, {}, Contradiction::Refuse);
    EXPECT_TRUE(parsed.errors.empty()) << listed(parsed.errors.front(), "text");
    return std::move(parsed.root);
}

std::string rules(const std::string& text) {
    return "services { security-intelligence { profile p { " + text + " } } }";
}

struct Case {
    const char* why;
    std::string before;
    std::string after;
    std::string patch;
};

const std::vector<Case>& cases() {
    const std::string header = "[edit services security-intelligence profile p]\n";
    static const std::vector<Case> kCases{
        {"nothing changed", "system { host-name a; }", "system { host-name a; }", ""},
        {"another value", "system { host-name a; }", "system { host-name b; }",
         "[edit system]\n-   host-name a;\n+   host-name b;\n"},
        {"a whole hierarchy is new", "", "vlans { v { vlan-id 5; } }",
         "[edit]\n+   vlans {\n+       v {\n+           vlan-id 5;\n+       }\n+   }\n"},
        {"a whole hierarchy is gone", "vlans { v { vlan-id 5; } }", "",
         "[edit]\n-   vlans {\n-       v {\n-           vlan-id 5;\n-       }\n-   }\n"},
        {"each level has its header", "system { host-name a; } vlans { v { vlan-id 5; } }",
         "system { host-name b; } vlans { v { vlan-id 6; } w; }",
         "[edit system]\n-   host-name a;\n+   host-name b;\n"
         "[edit vlans]\n+   w;\n[edit vlans v]\n-   vlan-id 5;\n+   vlan-id 6;\n"},
        {"the other case of a choice, which ends the first",
         "system { archival { configuration { transfer-on-commit; } } }",
         "system { archival { configuration { transfer-interval 15; } } }",
         "[edit system archival configuration]\n+   transfer-interval 15;\n-   "
         "transfer-on-commit;\n"},
        {"switched off and on", "vlans { v { vlan-id 5; } inactive: w; }",
         "vlans { inactive: v { vlan-id 5; } w; }",
         "[edit vlans]\n!   inactive: v { ... }\n!   active: w;\n"},
        {"protected", "vlans { v; protect: w; }", "vlans { protect: v; w; }",
         "[edit vlans]\n!   protect: v;\n!   unprotect: w;\n"},
        {"another comment", "vlans { /* one */ v; w; /* gone */ x; }",
         "vlans { /* two */ v; /* new */ w; x; }",
         "[edit vlans]\n-   /* one */\n+   /* two */\n    v;\n+   /* new */\n    w;\n-   /* gone "
         "*/\n    x;\n"},
        {"a rule has moved to the front", rules("rule a; rule b; rule c;"),
         rules("rule c; rule a; rule b;"), header + "!   rule c;\n    rule a;\n"},
        {"a rule has moved to the end", rules("rule a; rule b; rule c;"),
         rules("rule b; rule c; rule a;"), header + "    rule c;\n!   rule a;\n"},
        {"new rules stand where they belong", rules("rule a; rule b;"),
         rules("rule x; rule a; rule y { then { log; } } rule b; rule z;"),
         header + "+   rule x;\n    rule a;\n+   rule y {\n+       then {\n+           log;\n"
                  "+       }\n+   }\n    rule b;\n+   rule z;\n"},
        {"values of a list come and go one by one",
         "security { policies { from-zone a to-zone b { policy p { match { source-address [ x y ]; "
         "} } } } }",
         "security { policies { from-zone a to-zone b { policy p { match { source-address [ y z ]; "
         "} } } } }",
         "[edit security policies from-zone a to-zone b policy p match]\n-   source-address x;\n"
         "+   source-address z;\n"},
        {"names in need of quotes", "system { syslog { file \"a b\" { any any; } } }",
         "system { syslog { file \"a b\" { any info; } } }",
         "[edit system syslog file \"a b\" any]\n-   any;\n+   info;\n"},
    };
    return kCases;
}

TEST(Compare, LooksLikeTheVendors) {
    for (const Case& each : cases()) {
        EXPECT_EQ(compare(*tree(each.before), *tree(each.after)), each.patch) << each.why;
    }
}

TEST(Compare, IsAPatchBothWays) {
    for (const Case& each : cases()) {
        const auto before = tree(each.before);
        const auto after = tree(each.after);
        for (const auto& [from, to] :
             {std::pair(before.get(), after.get()), std::pair(after.get(), before.get())}) {
            const auto patched = from->clone();
            const auto errors = apply_patch(model(), *patched, compare(*from, *to));
            EXPECT_TRUE(errors.empty()) << each.why << ": " << listed(errors.front(), "patch");
            EXPECT_TRUE(patched->same(*to)) << each.why << "\n" << print_text(*patched, {});
        }
    }
}

TEST(Patch, WhatDoesNotFitIsNamedAndTheRestApplied) {
    const std::vector<Case> wrong{
        {"a statement that is not there", "system { host-name a; }",
         "[edit vlans]\n-   w;\n[edit system]\n-   host-name a;\n+   host-name b;\n",
         "t:2:(5) statement not found: w"},
        {"another value than the patch expects", "system { host-name b; }",
         "[edit system]\n-   host-name a;\n", "t:2:(15) statement not found: host-name a"},
        {"a header that leads nowhere", "system { host-name b; }",
         "[edit sytem]\n+   host-name c;\n", "t:1:(1) syntax error: sytem"},
        {"an unknown statement", "system { host-name b; }", "[edit]\n+   foo;\n",
         "t:2:(5) syntax error: foo"},
        {"a line without a sign", "system { host-name b; }", "host-name c;\n",
         "t:1:(1) syntax error: host-name c;"},
        {"a change of something that is not there", "system { host-name b; }",
         "[edit]\n!   inactive: vlans;\n", "t:2:(1) statement not found: vlans"},
    };
    for (const Case& each : wrong) {
        const auto root = tree(each.before);
        const auto errors = apply_patch(model(), *root, each.after);
        ASSERT_EQ(errors.size(), 1U) << each.why;
        EXPECT_EQ(listed(errors[0], "t"), each.patch) << each.why;
        EXPECT_EQ(print_text(*root, {}), "system {\n    host-name b;\n}\n") << each.why;
    }
}

TEST(Patch, EntriesSpokenOfAndThenRemovedLeaveNoTrace) {
    const auto root = tree(rules("rule a; rule b;"));
    const auto errors =
        apply_patch(model(), *root,
                    "[edit services security-intelligence profile p]\n"
                    "    rule a;\n-   rule a;\n+   rule c;\n!   rule c;\n    rule b;\n"
                    "-   rule b;\n-   rule c;\n");
    EXPECT_TRUE(errors.empty());
    EXPECT_EQ(print_text(*root, {}),
              "services {\n    security-intelligence {\n        profile p;\n    }\n}\n");
}

// As many moves as there are entries, in front, behind and between: what is compared is what is
// applied.
TEST(Patch, ALongListInAnotherOrder) {
    constexpr unsigned kEntries = 10'000;
    std::vector<std::string> names;
    for (unsigned i = 0; i < kEntries; ++i) {
        names.push_back("r" + std::to_string(i));
    }
    const auto listing = [](const std::vector<std::string>& order) {
        std::string text;
        for (const std::string& name : order) {
            text += "rule " + name + "; ";
        }
        return rules(text);
    };
    const auto before = tree(listing(names));
    std::mt19937 random(1);
    std::shuffle(names.begin(), names.end(), random);
    const auto after = tree(listing(names));
    const std::string patch = compare(*before, *after);
    const auto root = before->clone();
    EXPECT_TRUE(apply_patch(model(), *root, patch).empty());
    EXPECT_TRUE(root->same(*after));
}

}  // namespace
}  // namespace eti::config
