#include "config/commit/merge.h"

#include "config/candidate/reading.h"
#include "config/candidate/text_printer.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

namespace eti::config {
namespace {

const Model& model() {
    static const Model instance(testing::kYangDirectory);
    return instance;
}

std::unique_ptr<ConfigNode> tree(const std::string& lines) {
    return read_configuration(model(), lines.empty() ? "# nothing\n" : lines, "test");
}

std::string set_lines(const ConfigNode& node) {
    PrintOptions options;
    options.mask = false;
    return print_set(node, {}, options);
}

const std::string kHost = "set system host-name a\n";
const std::string kRule = "set security policies from-zone x to-zone y policy ";

std::string rules(const std::string& names) {
    std::string lines;
    for (const char name : names) {
        lines += kRule + name + " match application any\n";
    }
    return lines;
}

TEST(Merge, WhatBothSidesDidIsKept) {
    struct Case {
        const char* why;
        std::string base, mine, theirs, result;
    };
    const std::string dns = "set vlans v vlan-id 3\n";
    const Case cases[] = {
        {"I changed nothing", kHost, kHost, "set system host-name b\n", "set system host-name b\n"},
        {"they changed nothing", kHost, "set system host-name b\n", kHost,
         "set system host-name b\n"},
        {"both did the same", kHost, "set system host-name b\n", "set system host-name b\n",
         "set system host-name b\n"},
        {"both added something else", kHost, kHost + dns, kHost + "set vlans w vlan-id 4\n",
         kHost + "set vlans w vlan-id 4\n" + dns},
        {"both added the same", "", dns, dns, dns},
        {"I added, they deleted something else", kHost, kHost + dns, "", dns},
        {"I deleted, they added something else", kHost, "", kHost + dns, dns},
        {"both deleted", kHost, "", "", ""},
        {"two leaves of one entry", "set vlans v vlan-id 3\n",
         "set vlans v vlan-id 3\nset vlans v description mine\n", "set vlans v vlan-id 4\n",
         "set vlans v vlan-id 4\nset vlans v description mine\n"},
        {"I switched off, they changed below", dns, dns + "deactivate vlans v\n",
         "set vlans v vlan-id 4\n", "set vlans v vlan-id 4\ndeactivate vlans v\n"},
        {"my new rule stands behind the one it stood behind", rules("abc"), rules("axbc"),
         rules("abcd"), rules("axbcd")},
        {"my new first rule is first", rules("ab"), rules("xab"), rules("abc"), rules("xabc")},
        {"I reordered, what they added stays where it is", rules("abc"), rules("cab"),
         rules("abcd"), rules("cabd")},
        {"they reordered, I added", rules("abc"), rules("abcd"), rules("cab"), rules("cdab")},
        {"both reordered alike", rules("abc"), rules("cab"), rules("cab"), rules("cab")},
        {"I deleted, they reordered", rules("abc"), rules("ac"), rules("cba"), rules("ca")},
    };
    for (const Case& c : cases) {
        const auto base = tree(c.base);
        const auto mine = tree(c.mine);
        const auto theirs = tree(c.theirs);
        try {
            EXPECT_EQ(set_lines(*merge_changes(*base, *mine, *theirs)), set_lines(*tree(c.result)))
                << c.why;
        } catch (const MergeConflict& conflict) {
            ADD_FAILURE() << c.why << ": " << conflict.what();
        }
        EXPECT_EQ(set_lines(*base), set_lines(*tree(c.base))) << c.why;
    }
}

TEST(Merge, ChangesThatContradictEachOtherAreNamed) {
    struct Case {
        const char* why;
        std::string base, mine, theirs, banner, word;
    };
    const Case cases[] = {
        {"one leaf, two values", kHost, "set system host-name b\n", "set system host-name c\n",
         "[edit system]", "host-name b"},
        {"one new leaf, two values", "", "set system host-name b\n", "set system host-name c\n",
         "[edit system]", "host-name b"},
        {"I changed what they deleted", kHost, "set system host-name b\n", "", "[edit]", "system"},
        {"I deleted what they changed", kHost, "", "set system host-name b\n", "[edit]", "system"},
        {"both reordered otherwise", rules("abc"), rules("cab"), rules("bac"),
         "[edit security policies from-zone x to-zone y]", "policy c"},
    };
    for (const Case& c : cases) {
        try {
            merge_changes(*tree(c.base), *tree(c.mine), *tree(c.theirs));
            ADD_FAILURE() << c.why << ": no conflict";
        } catch (const MergeConflict& conflict) {
            EXPECT_EQ(conflict.banner, c.banner) << c.why;
            EXPECT_EQ(conflict.word, c.word) << c.why;
        }
    }
}

}  // namespace
}  // namespace eti::config
