#include "eti/cli/interpreter.h"

#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>

namespace eti::cli {
namespace {

class InterpreterTest : public testing::Test {
  protected:
    Answer run(const std::string& line) {
        Answer got{false, "no answer", {}};
        interpreter_.execute(line, sample_caller(), [&](const Answer& answer) { got = answer; });
        return got;
    }
    std::string words(const std::string& line) {
        std::string all;
        for (const Completion& candidate : interpreter_.complete(line).candidates) {
            all += (all.empty() ? "" : " ") + candidate.word;
        }
        return all;
    }

    FixedBackend backend_;
    Interpreter interpreter_{backend_};
};

TEST_F(InterpreterTest, ErrorsPointAtTheBadWord) {
    struct Case {
        const char* why;
        const char* line;
        const char* message;
        std::size_t column;
    };
    const Case cases[] = {
        {"first word", "shwo version", "unknown command.\n", 0},
        {"second word", "show foo", "syntax error, expecting <command>.\n", 5},
        {"word after a whole command", "show version now", "syntax error, expecting <command>.\n",
         13},
        {"line ends too early", "show services", "syntax error, expecting <command>.\n", 13},
        {"blanks at the end do not move the caret", "show services   ",
         "syntax error, expecting <command>.\n", 13},
        {"option without its value", "show security dynamic-address category-name",
         "missing argument.\n", 43},
        {"option given twice", "show system commit include-configuration-revision include",
         "syntax error, expecting <command>.\n", 50},
        {"required option left out",
         "show services security-intelligence category detail category-name CC",
         "missing argument, expecting feed-name.\n", 68},
        {"required value left out", "show services security-metadata-streaming session",
         "missing argument, expecting <id>.\n", 49},
        {"another system", "show security dynamic-address logical-system L",
         "syntax error, this device has no logical systems and no tenants.\n", 30},
        {"after a file nothing is left", "show version | save f | count",
         "syntax error, nothing is left after save and append.\n", 24},
        {"ambiguous", "show se",
         "'se' is ambiguous.\nPossible completions:\n"
         "  security              Show security information\n"
         "  services              Show services information\n",
         5},
        {"empty word", "\"\" version", "unknown command.\n", 0},
        {"unknown pipe", "show version | grep a", "syntax error.\n", 15},
        {"nothing after the pipe", "show version |", "missing argument.\n", 14},
        {"pipe without its pattern", "show version | match", "missing argument.\n", 20},
        {"pipe with too much", "show version | count 1", "syntax error.\n", 21},
        {"pipe without a command", "| count", "syntax error, expecting <command>.\n", 0},
        {"ambiguous form", "show version | display x | display yaml", "syntax error.\n", 35},
        {"number of lines", "show version | last many", "syntax error, expecting <lines>.\n", 20},
        {"open quote", "show version | match \"a", "syntax error, missing closing quote.\n", 21},
        {"bad expression", "show version | match (", "regular expression '(': Unmatched ( or \\(\n",
         21},
        {"back reference", "show version | match (a)\\1",
         "regular expression '(a)\\1': back references are not offered\n", 21},
        {"repetition", "show version | match a{9}",
         "regular expression 'a{9}': repetition counts are not offered; write \\{ for the "
         "character\n",
         21},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Answer answer = run(c.line);
        EXPECT_FALSE(answer.ok);
        EXPECT_EQ(answer.output, c.message);
        EXPECT_EQ(answer.column, c.column);
    }
}

TEST_F(InterpreterTest, UniquePrefixesAreEnough) {
    EXPECT_EQ(run("sh v").output, run("show version").output);
    EXPECT_EQ(run("sho serv security-m stat").output,
              run("show services security-metadata-streaming statistics").output);
    EXPECT_EQ(
        run("show sec dyn cat Infected-Hosts | disp j").output,
        run("show security dynamic-address category-name Infected-Hosts | display json").output);
}

TEST_F(InterpreterTest, AnEmptyLineIsNoError) {
    EXPECT_TRUE(run("").ok);
    EXPECT_EQ(run("   ").output, "");
}

TEST_F(InterpreterTest, PipesFilterLines) {
    struct Case {
        const char* pipe;
        const char* expected;
    };
    const Case cases[] = {
        {"| match MODEL", "Model: openeti\n"},
        {"| match \"^(hostname|version):\"", "Hostname: eti1\nVersion: 0.1.0\n"},
        {"| except model", "Hostname: eti1\nVersion: 0.1.0\n"},
        {"| find model", "Model: openeti\nVersion: 0.1.0\n"},
        {"| find nothing", ""},
        {"| last 1", "Version: 0.1.0\n"},
        {"| last 9", "Hostname: eti1\nModel: openeti\nVersion: 0.1.0\n"},
        {"| last 0", ""},
        {"| last", "Hostname: eti1\nModel: openeti\nVersion: 0.1.0\n"},
        {"| trim 7", "e: eti1\nopeneti\n: 0.1.0\n"},
        {"| trim 99 | count", "Count: 3 lines\n"},
        {"| hold | resolve | no-more | count", "Count: 3 lines\n"},
        {"| count", "Count: 3 lines\n"},
        {"| no-more | count", "Count: 3 lines\n"},
        {"| except model | last 1 | match version | count", "Count: 1 lines\n"},
        {"|match model|count", "Count: 1 lines\n"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.pipe);
        EXPECT_EQ(run(std::string("show version ") + c.pipe).output, c.expected);
    }
}

TEST_F(InterpreterTest, CommandsThatCannotBeDoneSayWhatToDo) {
    backend_.refresh_error = "no feed server is configured; set it";
    EXPECT_EQ(run("request services security-intelligence download").output,
              "error: no feed server is configured; set it\n");
    const Answer category = run("show security dynamic-address category-name DNS");
    EXPECT_FALSE(category.ok);
    EXPECT_TRUE(category.output.starts_with("error: category-name 'DNS' does not exist; use one"));
    EXPECT_FALSE(category.column.has_value());
    backend_.listing.silent_workers = {1};
    EXPECT_TRUE(run("show security flow session")
                    .output.starts_with("error: worker 1 did not answer within 1 second"));
}

TEST_F(InterpreterTest, SessionsAreAnsweredLater) {
    backend_.hold_sessions = true;
    int answers = 0;
    std::string text;
    interpreter_.execute("show security flow session | count", sample_caller(),
                         [&](const Answer& answer) {
                             ++answers;
                             text = answer.output;
                         });
    EXPECT_EQ(answers, 0);
    backend_.held.at(0)(backend_.listing);
    EXPECT_EQ(answers, 1);
    EXPECT_EQ(text, "Count: 4 lines\n");
    EXPECT_TRUE(run("show security flow session").output.starts_with("error: too many"));
}

TEST_F(InterpreterTest, TooMuchOutputIsRefusedUnlessFiltered) {
    Interpreter narrow(backend_, 30);
    Answer got;
    narrow.execute("show version", sample_caller(), [&](const Answer& answer) { got = answer; });
    EXPECT_FALSE(got.ok);
    EXPECT_TRUE(got.output.starts_with("error: the output is larger than 30 bytes; narrow it"));
    narrow.execute("show version | last 1", sample_caller(),
                   [&](const Answer& answer) { got = answer; });
    EXPECT_TRUE(got.ok);
}

TEST_F(InterpreterTest, CompletionKnowsWhatMayFollow) {
    struct Case {
        const char* line;
        const char* expected;
        std::size_t column;
    };
    const Case cases[] = {
        {"", "clear configure edit exit help monitor quit request set show start", 0},
        {"sh", "show", 0},
        {"show ", "cli configuration interfaces security services system version", 5},
        {"show services security-i", "security-intelligence", 14},
        {"show security dynamic-address ",
         "summary category-name feed-name address-name ip-start ip-end family instance", 30},
        {"show security dynamic-address summary ", "instance address-name", 38},
        {"show security dynamic-address category-name ",
         "<category> IPFilter GeoIP CC JWAS Blacklist Whitelist Infected-Hosts SecProfiling", 44},
        {"show security dynamic-address category-name In", "<category> Infected-Hosts", 44},
        {"show services security-intelligence statistics profile c", "<profile> cc-profile", 55},
        {"show services security-metadata-streaming session ", "<id>", 50},
        {"show nonsense ", "", 14},
        {"show version | ",
         "append count display except find hold last match no-more refresh resolve save tee trim",
         15},
        {"show version | display ", "json schema xml", 23},
        {"show version | display xml ", "rpc", 27},
        {"show version | display json ", "flat", 28},
        {"show version |",
         "append count display except find hold last match no-more refresh resolve save tee trim",
         14},
        {"show version | count | ma", "match", 23},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.line);
        EXPECT_EQ(words(c.line), c.expected);
        EXPECT_EQ(interpreter_.complete(c.line).column, c.column);
    }
}

}  // namespace
}  // namespace eti::cli
