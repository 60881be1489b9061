#include "src/cli/completion_reply.h"

#include <gtest/gtest.h>

namespace eti::cli {
namespace {

Completions of(std::size_t column, std::vector<Completion> candidates) {
    Completions completions;
    completions.column = column;
    completions.candidates = std::move(candidates);
    return completions;
}

TEST(CompletionReply, SpaceAndTabPutInWhatIsUnique) {
    const Completion host{"host-name", "Name"};
    const Completion log{"log", "Log"};
    const Completion login{"login", "Login"};
    const Completion value{"<name>", "A name"};
    const Completion mine{"my-policy", "", ' ', true};
    struct Case {
        const char* why;
        Completions completions;
        const char* line;
        Key key;
        std::optional<std::string> insert;
    };
    const Case cases[] = {
        {"unique keyword", of(4, {host}), "set ho", Key::Space, "host-name "},
        {"exact beats longer", of(4, {log, login}), "set log", Key::Space, "log "},
        {"space leaves a user's names alone", of(4, {mine}), "set my", Key::Space, "my "},
        {"tab completes them", of(4, {mine, value}), "set my", Key::Tab, "my-policy "},
        {"a value is what was typed", of(4, {value}), "set abc", Key::Space, "abc "},
        {"ambiguous beside a value is a value", of(4, {log, login, value}), "set lo", Key::Space,
         "lo "},
        {"tab goes on as far as all agree", of(4, {log, login}), "set l", Key::Tab, "log"},
        {"nothing typed", of(4, {log, login}), "set ", Key::Space, " "},
        {"a name with a blank is quoted", of(4, {{"a b", "", ' ', true}}), "set a", Key::Tab,
         "\"a b\" "},
        {"ambiguous keyword", of(4, {log, login}), "set lo", Key::Space, std::nullopt},
        {"an unknown word is told when the line is sent", of(4, {}), "set xx", Key::Space, "xx "},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        EXPECT_EQ(reply_to_key(c.completions, c.line, c.key).insert, c.insert);
    }
}

TEST(CompletionReply, MistakesAreMarked) {
    CompletionReply reply =
        reply_to_key(of(5, {{"igmp", "A"}, {"interfaces", "B"}}), "show i", Key::Space);
    EXPECT_EQ(reply.output,
              "'i' is ambiguous.\nPossible completions:\n  igmp                  A\n"
              "  interfaces            B\n");
    EXPECT_EQ(reply.caret, 5U);
    Completions bad = of(7, {});
    bad.problem = Problem{4, "syntax error."};
    reply = reply_to_key(bad, "set xx yy", Key::Help);
    EXPECT_EQ(reply.output, "syntax error.\n");
    EXPECT_EQ(reply.caret, 4U);
    EXPECT_EQ(reply_to_key(bad, "set xx yy", Key::Space).insert, "yy ");
}

TEST(CompletionReply, HelpListsWhatMayCome) {
    Completions completions = of(5, {{"http", "Sessions", '>'}, {"url", "Address", '+'}});
    completions.may_end = true;
    completions.pipes = true;
    EXPECT_EQ(reply_to_key(completions, "show ", Key::Help).output,
              "Possible completions:\n"
              "  <[Enter]>             Execute this command\n"
              "> http                  Sessions\n"
              "+ url                   Address\n"
              "  |                     Pipe through a command\n");
    EXPECT_EQ(reply_to_key(of(5, {}), "show x", Key::Help).output, "No valid completions\n");
    Completions quoted = of(6, {});
    quoted.quoted = true;
    EXPECT_EQ(reply_to_key(quoted, "set \"a", Key::Help).insert, "?") << "a character like others";
}

}  // namespace
}  // namespace eti::cli
