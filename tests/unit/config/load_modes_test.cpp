// "load merge|override|replace|update|set|patch": what becomes of what was there.
#include "config/candidate/text_printer.h"
#include "config/forms/load.h"
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

std::unique_ptr<ConfigNode> tree(const std::string& text) {
    ParsedText parsed = parse_text(model(), text, {}, Contradiction::Refuse);
    EXPECT_TRUE(parsed.errors.empty()) << listed(parsed.errors.front(), "text");
    return std::move(parsed.root);
}

struct Case {
    const char* why;
    LoadMode mode;
    std::string before;
    std::string text;
    std::string after;
    std::vector<std::string> errors;
};

TEST(LoadModes, ChangeTheCandidate) {
    const std::string both = "system { host-name a; } vlans { v { vlan-id 5; } w; }";
    const std::vector<Case> cases{
        {"merge adds and overwrites",
         LoadMode::Merge,
         both,
         "vlans { v { vlan-id 6; } x; }",
         "system { host-name a; } vlans { v { vlan-id 6; } w; x; }",
         {}},
        {"override leaves nothing else",
         LoadMode::Override,
         both,
         "vlans { x; }",
         "vlans { x; }",
         {}},
        {"so does update", LoadMode::Update, both, "vlans { w; x; }", "vlans { w; x; }", {}},
        {"replace replaces what is tagged and merges the rest",
         LoadMode::Replace,
         both,
         "system { host-name b; } vlans { replace: v { description new; } }",
         "system { host-name b; } vlans { v { description new; } w; }",
         {}},
        {"a merge passes over the tag",
         LoadMode::Merge,
         both,
         "vlans { replace: v { description new; } }",
         "system { host-name a; } vlans { v { vlan-id 5; description new; } w; }",
         {}},
        {"delete takes away",
         LoadMode::Merge,
         both,
         "vlans { delete: w; v { delete: vlan-id; } }",
         "system { host-name a; } vlans { v; }",
         {}},
        {"and a whole list",
         LoadMode::Merge,
         "system { host-name a; } security { zones { security-zone x; security-zone y; } }",
         "security { zones { delete: security-zone; } }",
         "system { host-name a; }",
         {}},
        {"inactive and active",
         LoadMode::Merge,
         "vlans { v { vlan-id 5; } inactive: w; }",
         "vlans { inactive: v; active: w; }",
         "vlans { inactive: v { vlan-id 5; } w; }",
         {}},
        {"what is inactive stays so",
         LoadMode::Merge,
         "vlans { inactive: w; }",
         "vlans { w { vlan-id 7; } }",
         "vlans { inactive: w { vlan-id 7; } }",
         {}},
        {"XML with operations",
         LoadMode::Merge,
         both,
         "<configuration><vlans><vlan operation=\"delete\"><name>w</name></vlan><vlan><name>v"
         "</name><vlan-id delete=\"delete\"/></vlan></vlans></configuration>",
         "system { host-name a; } vlans { v; }",
         {}},
        {"XML that replaces",
         LoadMode::Replace,
         both,
         "<configuration><vlans replace=\"replace\"><vlan><name>y</name></vlan></vlans>"
         "</configuration>",
         "system { host-name a; } vlans { y; }",
         {}},
        {"JSON that deletes all of a list",
         LoadMode::Replace,
         both,
         "{\"configuration\": {\"vlans\": {\"vlan\": [{\"@\": {\"operation\": \"delete\"}}], "
         "\"@\": {}}}}",
         "system { host-name a; }",
         {}},
        {"set lines",
         LoadMode::Set,
         both,
         "set vlans x\ndelete vlans v\nedit vlans\nset y vlan-id 9\ntop\ndeactivate vlans w\n",
         "system { host-name a; } vlans { inactive: w; x; y { vlan-id 9; } }",
         {}},
        {"the wrong lines among them are named",
         LoadMode::Set,
         both,
         "set vlans x\nset vlanz y\n  set system host-nme b\n",
         "system { host-name a; } vlans { v { vlan-id 5; } w; x; }",
         {"t:2:(5) syntax error: vlanz", "t:3:(14) syntax error: host-nme"}},
        {"a patch",
         LoadMode::Patch,
         both,
         "[edit vlans]\n-   w;\n+   x;\n",
         "system { host-name a; } vlans { v { vlan-id 5; } x; }",
         {}},
        {"wrong statements are named, the rest is loaded",
         LoadMode::Merge,
         both,
         "vlans {\n    x;\n    y { vlan-id 99999; }\n    z;\n}\n",
         "system { host-name a; } vlans { v { vlan-id 5; } w; x; y; z; }",
         {"t:3:(17) Value 99999 is not within range (1..4094)"}},
        {"a text with nothing right in it changes nothing",
         LoadMode::Override,
         both,
         "foo bar;",
         both,
         {"t:1:(1) syntax error: foo"}},
        {"protected statements stay",
         LoadMode::Merge,
         "vlans { protect: v { vlan-id 5; } }",
         "vlans { v { vlan-id 6; } w; }",
         "vlans { protect: v { vlan-id 5; } w; }",
         {"t:1:"}},
        {"under an override as well",
         LoadMode::Override,
         "vlans { protect: v; }",
         "system { host-name b; }",
         "vlans { protect: v; }",
         {"t: "}},
    };
    for (const Case& each : cases) {
        const auto root = tree(each.before);
        const LoadResult result = load(model(), *root, each.mode, each.text, "t", {});
        ASSERT_EQ(result.errors.size(), each.errors.size())
            << each.why << ": " << (result.errors.empty() ? "" : result.errors[0]);
        for (std::size_t i = 0; i < each.errors.size(); ++i) {
            EXPECT_TRUE(result.errors[i].starts_with(each.errors[i]))
                << each.why << ": " << result.errors[i];
        }
        EXPECT_TRUE(root->same(*tree(each.after))) << each.why << "\n" << print_text(*root, {});
    }
}

TEST(LoadModes, RelativeTextsStartAtALevel) {
    const auto vlans = tree("system { host-name a; } vlans { v; }");
    const Level level = level_of(*vlans->children().back());
    const std::string after = "system { host-name a; } vlans { v; w { vlan-id 7; } }";
    const std::vector<std::pair<LoadMode, std::string>> texts{
        {LoadMode::Merge, "w { vlan-id 7; }"},
        {LoadMode::Merge,
         "<configuration><vlan><name>w</name><vlan-id>7</vlan-id></vlan></configuration>"},
        {LoadMode::Merge, R"({"configuration": {"vlan": [{"name": "w", "vlan-id": 7}]}})"},
        {LoadMode::Override, "v; w { vlan-id 7; }"},
        {LoadMode::Set, "set w vlan-id 7"},
        {LoadMode::Patch, "[edit]\n+   w { vlan-id 7; }\n"},
    };
    for (const auto& [mode, text] : texts) {
        const auto root = vlans->clone();
        const LoadResult result = load(model(), *root, mode, text, "t", level);
        EXPECT_TRUE(result.errors.empty()) << text << ": " << result.errors[0];
        EXPECT_TRUE(root->same(*tree(after))) << text << "\n" << print_text(*root, {});
    }
}

}  // namespace
}  // namespace eti::config
