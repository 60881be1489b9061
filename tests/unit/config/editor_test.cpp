// Editing: each command at a level, what is there before and after, warnings and errors.
#include "config/candidate/editor.h"

#include "tests/unit/config/candidate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::config {
namespace {

using testing::as_set;
using testing::level;
using testing::model;
using testing::tree;

constexpr const char* kLists =
    "set services openeti certificate-list [ /a /b /c ]\n"
    "set security policies from-zone t to-zone u policy p description first\n"
    "set security policies from-zone t to-zone u policy q description second\n"
    "set security policies from-zone t to-zone u policy r then count\n";
constexpr const char* kPair = "security policies from-zone t to-zone u";

struct Case {
    const char* why;
    const char* before;
    const char* level;
    const char* line;
    const char* after;  // as set lines; null: as before
    std::vector<std::string> warnings = {};
};

void check(const Case& c) {
    const auto root = tree(c.before);
    const std::string before = as_set(*root);
    Editor editor(model(), *root);
    Level where = level(c.level);
    EXPECT_EQ(editor.line(where, c.line), c.warnings) << c.why;
    EXPECT_EQ(as_set(*root), c.after == nullptr ? before : c.after) << c.why;
}

TEST(Editor, SetAndDelete) {
    const std::vector<std::string> not_found = {"warning: statement not found"};
    const Case cases[] = {
        {"a leaf is set again", "set system host-name a", "", "set system host-name b",
         "set system host-name b\n"},
        {"values are added", "set services openeti certificate-list /a", "services openeti",
         "set certificate-list [ /b /a ]",
         "set services openeti certificate-list /a\nset services openeti certificate-list /b\n"},
        {"unique beginnings, several statements of one level", "", "system",
         "set host a max-configuration-r 3",
         "set system host-name a\nset system max-configuration-rollbacks 3\n"},
        {"another case of a choice takes the place",
         "set services security-intelligence profile p default-rule then action block drop", "",
         "set services security-intelligence profile p default-rule then action permit",
         "set services security-intelligence profile p default-rule then action permit\n"},
        {"a leaf without its value", "set system host-name a\nset vlans v", "",
         "delete system host-name", "set vlans v\n"},
        {"a leaf with its value", "set system host-name a", "", "delete system host-name a", ""},
        {"a leaf with another value", "set system host-name a", "", "delete system host-name b",
         nullptr, not_found},
        {"one value of several", "set services openeti certificate-list [ /a /b ]", "",
         "delete services openeti certificate-list /a",
         "set services openeti certificate-list /b\n"},
        {"several values", "set services openeti certificate-list [ /a /b /c ]", "",
         "delete services openeti certificate-list [ /a /c ]",
         "set services openeti certificate-list /b\n"},
        {"all values", "set services openeti certificate-list [ /a /b ]", "",
         "delete services openeti certificate-list", ""},
        {"a container", "set system host-name a\nset vlans v", "", "delete system",
         "set vlans v\n"},
        {"everything below the level", "set system host-name a\nset vlans v", "system", "delete",
         "set vlans v\n"},
        {"nothing there", "set system host-name a", "", "delete vlans v", nullptr, not_found},
        {"the level is not there", "set system host-name a", "vlans v", "delete vlan-id", nullptr,
         not_found},
        {"names that match",
         "set vlans v1\nset vlans v2\nset vlans w",
         "",
         "wildcard delete vlans ^v",
         "set vlans w\n",
         {"  matched: 2"}},
        {"values that match",
         "set services openeti certificate-list [ /a /b /c ]",
         "",
         "wildcard delete services openeti certificate-list (a|b)$",
         "set services openeti certificate-list /c\n",
         {"  matched: 2"}},
    };
    for (const Case& c : cases) {
        check(c);
    }
}

TEST(Editor, RenameCopyInsert) {
    const std::string rest =
        "set services openeti certificate-list /a\nset services openeti certificate-list /b\n"
        "set services openeti certificate-list /c\n";
    const auto policies = [&](const std::string& text) { return text + rest; };
    const std::string p =
        "set security policies from-zone t to-zone u policy p description first\n";
    const std::string q =
        "set security policies from-zone t to-zone u policy q description second\n";
    const std::string r = "set security policies from-zone t to-zone u policy r then count\n";
    const std::string renamed = policies(
        "set security policies from-zone t to-zone u policy x description first\n" + q + r);
    const std::string copied = policies(
        p + q + r + "set security policies from-zone t to-zone u policy x description first\n");
    const std::string front = policies(r + p + q);
    const std::string back = policies(q + r + p);
    const std::string moved_value =
        p + q + r +
        "set services openeti certificate-list /c\nset services openeti certificate-list /a\n"
        "set services openeti certificate-list /b\n";
    const std::string pair =
        "set security policies from-zone t to-zone x policy p description first\n"
        "set security policies from-zone t to-zone x policy q description second\n"
        "set security policies from-zone t to-zone x policy r then count\n" +
        rest;
    const Case cases[] = {
        {"an entry keeps its place", kLists, kPair, "rename policy p to policy x", renamed.c_str()},
        {"from the top", kLists, "",
         "rename security policies from-zone t to-zone u policy p to policy x", renamed.c_str()},
        {"keys with keywords", kLists, "security policies",
         "rename from-zone t to-zone u to from-zone t to-zone x", pair.c_str()},
        {"a copy comes last", kLists, kPair, "copy policy p to policy x", copied.c_str()},
        {"before", kLists, kPair, "insert policy r before policy p", front.c_str()},
        {"after", kLists, kPair, "insert policy p after policy r", back.c_str()},
        {"a value", kLists, "services openeti",
         "insert certificate-list /c before certificate-list /a", moved_value.c_str()},
        {"an entry named like the word", "set vlans to vlan-id 7", "", "rename vlans to to from",
         "set vlans from vlan-id 7\n"},
    };
    for (const Case& c : cases) {
        check(c);
    }
}

TEST(Editor, FlagsCommentsAndPatterns) {
    const Case cases[] = {
        {"deactivate", "set vlans v", "", "deactivate vlans v",
         "set vlans v\ndeactivate vlans v\n"},
        {"twice",
         "set vlans v\ndeactivate vlans v",
         "",
         "deactivate vlans v",
         nullptr,
         {"warning: statement is already inactive"}},
        {"activate", "set vlans v\ndeactivate vlans v", "", "activate vlans v", "set vlans v\n"},
        {"protect", "set vlans v", "", "protect vlans v", "set vlans v\nprotect vlans v\n"},
        {"unprotect", "set vlans v\nprotect vlans v", "", "unprotect vlans v", "set vlans v\n"},
        {"annotate", "set vlans v", "vlans", "annotate v \" why \"",
         "set vlans v\nannotate vlans v why\n"},
        {"an empty comment removes it", "set vlans v\nannotate vlans v why", "",
         "annotate vlans v \"\"", "set vlans v\n"},
        {"replace in names and values", "set vlans v1 description v1v1", "",
         "replace pattern v1 with x", "set vlans x description xx\n"},
        {"at most once in each", "set vlans v1 description v1v1", "vlans v1",
         "replace pattern v1 with x upto 1", "set vlans v1 description xv1\n"},
        {"with groups", "set vlans v description ab-cd", "",
         "replace pattern \"(.*)-(.*)\" with \"\\\\2-\\\\1\"", "set vlans v description cd-ab\n"},
        {"nothing to replace",
         "set vlans v",
         "",
         "replace pattern x with y",
         nullptr,
         {"warning: pattern not found"}},
    };
    for (const Case& c : cases) {
        if (std::string_view(c.line).starts_with("replace")) {
            const auto root = tree(c.before);
            const std::string before = as_set(*root);
            EXPECT_EQ(Editor(model(), *root).replace_pattern(level(c.level), c.line + 8),
                      c.warnings)
                << c.why;
            EXPECT_EQ(as_set(*root), c.after == nullptr ? before : c.after) << c.why;
        } else {
            check(c);
        }
    }
}

struct Wrong {
    const char* why;
    const char* before;
    const char* level;
    const char* line;  // '^' marks the column in the line
    const char* message;
};

TEST(Editor, WrongCommandsChangeNothing) {
    const Wrong cases[] = {
        {"the vendor's example", "", "", "set services security-metadata-streaming ^polcy P",
         "syntax error."},
        {"one past the end", "", "", "set services security-metadata-streaming policy^",
         "missing argument."},
        {"ambiguous", "", "system", "set ^max 3",
         "'max' is ambiguous.\nPossible completions:\n  max-configuration-rollbacks\n  "
         "max-configurations-on-flash"},
        {"range", "", "", "set interfaces x mtu ^9228",
         "Value 9228 is not within range (256..9192)"},
        {"enumeration", "", "", "set security log mode ^x", "syntax error."},
        {"nothing to set", "", "", "set^", "missing argument."},
        {"the good half is not kept", "", "",
         "set system host-name a max-configuration-rollbacks ^x", "Invalid numeric value: 'x'"},
        {"refused", "", "", "set security ^nat",
         "nat is not supported: openeti forwards packets unchanged; remove the statement"},
        {"not a pattern outside of groups", "", "", "set interfaces ^<*> mtu 1500",
         "invalid interface name; expecting a name such as ge-0/0/0: '<*>'"},
        {"delete of a list without a name", "set security zones security-zone z", "",
         "delete security zones security-zone^", "missing argument."},
        {"rename of nothing", "", "", "rename ^vlans v to w", "error: statement not found"},
        {"rename to nothing", "set vlans v", "", "rename vlans v to^", "missing argument."},
        {"rename without to", "set vlans v", "", "rename vlans v^", "missing argument."},
        {"rename to what is there", "set vlans v\nset vlans w", "", "rename vlans v to ^w",
         "error: target 'w' already exists"},
        {"rename to a wrong name", "set interfaces v", "", "rename interfaces v to ^-",
         "invalid interface name; expecting a name such as ge-0/0/0: '-'"},
        {"insert beside nothing", kLists, kPair, "insert policy p before ^policy x",
         "error: statement not found"},
        {"edit of a leaf", "", "", "edit system ^host-name", "syntax error."},
        {"an unknown command", "", "", "^sett system host-name a", "syntax error."},
        {"set of something protected", "set vlans v\nprotect vlans v", "", "set vlans v vlan-id 7",
         "error: [edit vlans v] is protected; unprotect it first"},
        {"delete above something protected", "set vlans v\nprotect vlans v", "", "delete vlans",
         "error: [edit vlans v] is protected; unprotect it first"},
        {"a comment's end in a comment", "set vlans v", "", "annotate vlans v ^\"a */\"",
         "a comment cannot hold '*/'"},
        {"a wrong pattern", "set vlans v", "", "wildcard delete vlans ^(",
         "invalid regular expression: '('"},
    };
    for (const Wrong& c : cases) {
        std::string line = c.line;
        const std::size_t mark = line.find('^');
        if (mark != std::string::npos) {
            line.erase(mark, 1);
        }
        const auto root = tree(c.before);
        const std::string before = as_set(*root);
        Level where = level(c.level);
        try {
            Editor(model(), *root).line(where, line);
            ADD_FAILURE() << c.why;
        } catch (const EditError& error) {
            EXPECT_STREQ(error.what(), c.message) << c.why;
            if (mark != std::string::npos) {
                EXPECT_EQ(error.column, mark) << c.why;
            }
        }
        EXPECT_EQ(as_set(*root), before) << c.why;
    }
}

TEST(Editor, EntriesOfALongListAreFoundAndDeleted) {
    ConfigNode root;
    Editor editor(model(), root);
    const Level where = level("security address-book global");
    for (int i = 0; i < 1000; ++i) {
        editor.set(where, "address a" + std::to_string(i) + " 10.0.0.1");
    }
    for (int i = 0; i < 1000; i += 2) {
        editor.remove(where, "address a" + std::to_string(i));
    }
    const ConfigNode* book = editor.found(where, {})[0];
    EXPECT_EQ(book->children().size(), 500U);
    EXPECT_EQ(editor.found(where, "address a1").size(), 1U);
    EXPECT_TRUE(editor.found(where, "address a2").empty());
}

}  // namespace
}  // namespace eti::config
