// What is offered at '?' and for Tab.
#include "config/candidate/completion.h"

#include "tests/unit/config/candidate.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::config {
namespace {

using testing::level;
using testing::model;
using testing::tree;

// Words with their markers, "*" for a user's own, in the order they are offered.
std::string words(const Choices& choices) {
    std::string text;
    for (const Choice& choice : choices.choices) {
        text.append(text.empty() ? "" : ",");
        text.append(choice.marker == ' ' ? "" : std::string(1, choice.marker));
        text.append(choice.word).append(choice.user_defined ? "*" : "");
    }
    return text + (choices.may_end ? "|" : "");
}

constexpr const char* kTree =
    "set services security-intelligence profile cc category CC\n"
    "set services security-intelligence profile ih category Infected-Hosts\n"
    "set security zones security-zone trust description x\n"
    "set security zones security-zone untrust\n"
    "set security policies from-zone trust to-zone untrust policy p then count\n"
    "set security policies from-zone trust to-zone untrust policy q then count\n"
    "set security address-book global address net 10.0.0.0/8\n"
    "set services openeti certificate-list [ /a /b ]\n"
    "set vlans v1 vlan-id 7\n";

struct Case {
    const char* why;
    Verb verb;
    const char* level;
    const char* arguments;
    std::size_t column;
    const char* words;
};

TEST(Completion, Words) {
    const char* pair = "security policies from-zone trust to-zone untrust";
    const Case cases[] = {
        {"a beginning", Verb::Set, "", "services security-m", 9, ">security-metadata-streaming"},
        {"a level", Verb::Set, "services security-metadata-streaming", "", 0,
         ">policy,>dns-cache,+apply-groups,+apply-groups-except,>apply-macro"},
        {"a value, by name", Verb::Set, "security log", "mode ", 5, "stream,event,stream-event"},
        {"a value with its range", Verb::Set, "system", "max-configuration-rollbacks ", 28,
         "<max-configuration-rollbacks>"},
        {"names of a list", Verb::Set, "security", "zones security-zone ", 20,
         "trust*,untrust*,<name>"},
        {"names that begin so", Verb::Set, "security", "zones security-zone t", 20,
         "trust*,<name>"},
        {"the second keyword of a list", Verb::Set, "security policies", "from-zone trust ", 16,
         "to-zone"},
        {"its second key", Verb::Set, "security policies", "from-zone trust to-zone ", 24,
         "untrust*,trust*,<to-zone-name>"},
        {"names without a keyword", Verb::Set, "", "vlans ", 6,
         "v1*,><name>,+apply-groups,+apply-groups-except,>apply-macro"},
        {"a reference", Verb::Set, "services security-intelligence", "policy p CC ", 12,
         "cc*,ih*,<CC>"},
        {"a reference the model only hints at", Verb::Set, pair, "policy p match source-address ",
         30, "net*,<source-address>,["},
        {"within brackets", Verb::Set, "services security-intelligence",
         "profile cc rule r match threat-level [ 1 ", 41, "],<threat-level>"},
        {"a whole line may end", Verb::Set, "", "vlans v1 vlan-id 8 desc", 19, "description|"},
        {"edit: levels only", Verb::Edit, "services openeti", "f", 0, ">feed"},
        {"edit: an entry may end", Verb::Edit, "security zones", "security-zone trust ", 20,
         ">host-inbound-traffic,>interfaces,>apply-macro|"},
        {"existing only", Verb::Existing, "services", "", 0, ">security-intelligence,>openeti"},
        {"existing names", Verb::Existing, "security zones", "security-zone ", 14,
         "trust*,untrust*"},
        {"existing values", Verb::Existing, "services openeti", "certificate-list ", 17,
         "/a*,/b*|"},
        {"existing leaves", Verb::Existing, "security zones", "security-zone trust ", 20,
         "description|"},
        {"rename: what is there", Verb::Rename, pair, "policy ", 7, "p*,q*"},
        {"rename: the word", Verb::Rename, pair, "policy p ", 9, ">then,to"},
        {"rename: the new name", Verb::Rename, pair, "policy p to policy ", 19, "p*,q*,<name>"},
        {"insert: the words", Verb::Insert, "", "services openeti certificate-list /a ", 37,
         "before,after"},
        {"insert: beside what", Verb::Insert, pair, "policy p after policy ", 22, "p*,q*"},
        {"a wrong word has none", Verb::Set, "", "foo ", 4, ""},
        {"an open quote has none", Verb::Set, "", "system host-name \"a", 19, ""},
    };
    const auto root = tree(kTree);
    for (const Case& c : cases) {
        const Choices choices = complete(model(), *root, level(c.level), c.verb, c.arguments);
        EXPECT_EQ(words(choices), c.words) << c.why;
        EXPECT_EQ(choices.column, c.column) << c.why;
    }
}

TEST(Completion, HelpIsTheModels) {
    const Choices choices = complete(model(), *tree(kTree),
                                     level("services security-metadata-streaming policy P dns "
                                           "detections dga"),
                                     Verb::Set, "verdict-timeout ");
    ASSERT_EQ(choices.choices.size(), 1U);
    EXPECT_EQ(choices.choices[0].help, "Time to wait for a verdict (50..500 milliseconds)");
}

}  // namespace
}  // namespace eti::config
