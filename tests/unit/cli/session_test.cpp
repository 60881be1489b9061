// Configuration mode, with the real workspace behind it.
#include "eti/cli/session.h"

#include "tests/support/fixed_backend.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>

namespace eti::cli {
namespace {

constexpr const char* kYangDirectory = ETI_SOURCE_DIR "/config/yang";

class SessionTest : public testing::Test {
  protected:
    SessionTest() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        test::write_file(folder_ / "first", "set system host-name eti1\nset vlans v vlan-id 1\n");
        workspace_.emplace(kYangDirectory, folder_ / "state", folder_ / "first");
        config::Workspace::Hooks hooks;
        hooks.apply = [this](const config::Settings& settings) { applied_ = settings.host_name; };
        hooks.impact = [](const config::Settings&) { return "would have blocked 3 sessions\n"; };
        hooks.clock = [this] { return backend_.fixed.now; };
        workspace_->attach(std::move(hooks));
        backend_.edited = &*workspace_;
        session_.emplace(interpreter_, backend_, sample_caller());
        session_->attach("cli", "pts/0");
    }

    static Interpreter::Done into(std::optional<Answer>& got) {
        return [&got](const Answer& answer) { got = answer; };
    }
    Answer run(const std::string& line) {
        std::optional<Answer> got;
        session_->execute(line, into(got));
        return got.value_or(Answer{false, "no answer", {}});
    }
    Answer reply(const std::string& words) {
        std::optional<Answer> got;
        session_->answer(words, into(got));
        return got.value_or(Answer{false, "no answer", {}});
    }
    Answer load(const std::string& line, const std::string& text) {
        std::optional<Answer> got;
        session_->load(line, text, into(got));
        return got.value_or(Answer{false, "no answer", {}});
    }
    std::string host_name() { return workspace_->settings().host_name; }
    std::string words(const std::string& line) {
        std::string all;
        for (const Completion& candidate : session_->complete(line).candidates) {
            all += (all.empty() ? "" : " ") + candidate.word;
        }
        return all;
    }

    test::TemporaryFolder folder_;
    FixedBackend backend_;
    Interpreter interpreter_{backend_};
    std::optional<config::Workspace> workspace_;
    std::optional<Session> session_;
    std::string applied_;
};

TEST_F(SessionTest, EditsAndCommits) {
    EXPECT_EQ(run("configure").output, "Entering configuration mode\n");
    EXPECT_EQ(session_->prompt().banner, "[edit]");
    EXPECT_TRUE(run("set system host-name other").ok);
    EXPECT_EQ(host_name(), "eti1");
    EXPECT_EQ(run("show | compare").output,
              "[edit system]\n-   host-name eti1;\n+   host-name other;\n");
    EXPECT_EQ(run("commit").output, "commit complete\n");
    EXPECT_EQ(host_name(), "other");
    EXPECT_EQ(run("exit").output, "Exiting configuration mode\n");
    EXPECT_FALSE(session_->in_configuration());
}

TEST_F(SessionTest, WrongLinesAreMarkedAndChangeNothing) {
    struct Case {
        const char* why;
        const char* line;
        const char* message;
        std::optional<std::size_t> column;
    };
    const Case cases[] = {
        {"a mistyped word never falls through to a commit", "commit confimed 10", "syntax error.\n",
         7},
        {"a number alone is no commit option", "commit 10", "syntax error.\n", 7},
        {"ambiguous option", "commit co",
         "'co' is ambiguous.\nPossible completions:\n"
         "  comment               Say why, for the commit history\n"
         "  confirmed             Roll back by itself unless confirmed in time\n",
         7},
        {"minutes out of range", "commit confirmed 0", "Value 0 is not within range (1..65535)\n",
         17},
        {"no comment", "commit comment", "missing argument.\n", 14},
        {"an option twice", "commit check check", "syntax error.\n", 13},
        {"a check commits nothing, so there is nothing to confirm", "commit check confirmed 5",
         "syntax error.\n", 13},
        {"unknown verb", "stet system host-name x", "unknown command.\n", 0},
        {"operational command without run", "clear system commit", "unknown command.\n", 0},
        {"bad statement", "set system hostname x", "syntax error.\n", 11},
        {"statement without its value", "set system host-name", "missing argument.\n", 20},
        {"set alone", "set", "missing argument.\n", 3},
        {"delete a second word that is none", "delete system bogus", "syntax error.\n", 14},
        {"open quote", "set system host-name \"a", "syntax error, missing closing quote.\n", 21},
        {"rollback out of range", "rollback 50", "Value 50 is not within range (0..49)\n", 9},
        {"rollback with a word", "rollback first", "syntax error, expecting <number>.\n", 9},
        {"unknown load mode", "load insert F", "syntax error.\n", 5},
        {"load without a file", "load merge", "missing argument.\n", 10},
        {"load with a third word", "load merge F now", "syntax error.\n", 13},
        {"run without a command", "run", "missing argument.\n", 3},
        {"run with a bad command", "run show foo", "syntax error, expecting <command>.\n", 9},
        {"bad pipe", "show | grep a", "syntax error.\n", 7},
        {"bad display form", "show | display yaml", "syntax error.\n", 15},
        {"compare with a word", "show | compare now", "syntax error.\n", 15},
        {"bad word at another level", "top set system hostname x", "syntax error.\n", 15},
        {"impact of a commit that is done", "commit | display impact",
         "the impact is shown before a commit: commit check | display impact\n", 17},
    };
    run("configure");
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Answer answer = run(c.line);
        EXPECT_FALSE(answer.ok);
        EXPECT_EQ(answer.output, c.message);
        EXPECT_EQ(answer.column, c.column);
    }
    EXPECT_EQ(run("show | compare").output, "");
    EXPECT_EQ(workspace_->history().size(), 1U);
}

TEST_F(SessionTest, UniquePrefixesAreEnough) {
    run("conf");
    EXPECT_TRUE(run("se sys host-n other").ok);
    EXPECT_EQ(run("comm ch").output, "configuration check succeeds\n");
    EXPECT_EQ(run("comm").output, "commit complete\n");
    EXPECT_EQ(host_name(), "other");
}

TEST_F(SessionTest, LevelsAreEnteredAndLeft) {
    run("configure");
    const struct {
        const char* why;
        const char* line;
        const char* banner;
    } cases[] = {
        {"into a level", "edit services security-metadata-streaming",
         "[edit services security-metadata-streaming]"},
        {"and deeper", "edit policy p", "[edit services security-metadata-streaming policy p]"},
        {"a command at the top does not move", "top set system host-name x",
         "[edit services security-metadata-streaming policy p]"},
        {"nor one further up", "up 2 show", "[edit services security-metadata-streaming policy p]"},
        {"exit goes back to where edit was called", "exit",
         "[edit services security-metadata-streaming]"},
        {"up goes one level up", "up", "[edit services]"},
        {"top edit moves", "top edit system", "[edit system]"},
        {"top goes to the top", "top", "[edit]"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.why);
        EXPECT_TRUE(run(c.line).ok);
        EXPECT_EQ(session_->prompt().banner, c.banner);
    }
    EXPECT_FALSE(run("up").ok);
}

TEST_F(SessionTest, LeavingWithChangesAsks) {
    run("configure");
    run("set system host-name other");
    Answer asked = run("exit");
    EXPECT_EQ(asked.output, "The configuration has been changed but not committed\n");
    ASSERT_TRUE(asked.question.has_value());
    EXPECT_EQ(asked.question->text, "Exit with uncommitted changes? [yes,no] (yes) ");
    EXPECT_TRUE(reply("perhaps").question.has_value()) << "asked again";
    EXPECT_EQ(reply("n").output, "");
    EXPECT_TRUE(session_->in_configuration());
    run("exit configuration-mode");
    EXPECT_EQ(reply("").output, "Exiting configuration mode\n");
    EXPECT_FALSE(session_->in_configuration());
    EXPECT_EQ(
        run("configure").output,
        "Entering configuration mode\nThe configuration has been changed but not committed\n");
}

TEST_F(SessionTest, AnotherCommandForgetsTheQuestion) {
    run("configure");
    run("delete");
    run("show");
    EXPECT_EQ(reply("yes").output, "error: nothing was asked\n");
    EXPECT_EQ(run("show | compare").output, "");
}

TEST_F(SessionTest, DeletingEverythingAsks) {
    run("configure");
    EXPECT_EQ(run("delete").output, "This will delete the entire configuration\n");
    EXPECT_EQ(reply("").output, "");
    EXPECT_EQ(run("show | compare").output, "") << "the default is no";
    EXPECT_EQ(run("delete").question->text, "Delete everything under this level? [yes,no] (no) ");
    reply("yes");
    EXPECT_EQ(run("show").output, "");
}

TEST_F(SessionTest, LoadAsksForTheTextAndTakesIt) {
    run("configure");
    const Answer file = run("load merge my.conf");
    ASSERT_TRUE(file.input.has_value());
    EXPECT_EQ(file.input->file, "my.conf");
    const Answer terminal = run("load set terminal");
    EXPECT_EQ(terminal.output, "[Type ^D at a new line to end input]\n");
    EXPECT_EQ(terminal.input->file, "");
    EXPECT_EQ(run("show | compare").output, "") << "nothing is loaded before the text is there";
    EXPECT_EQ(load("load set terminal", "set system host-name other\n").output, "load complete\n");
    const Answer wrong = load("load set terminal", "set system bogus\n");
    EXPECT_FALSE(wrong.ok);
    EXPECT_TRUE(wrong.output.ends_with("load complete (1 errors)\n")) << wrong.output;
    EXPECT_TRUE(wrong.output.starts_with("terminal:1:")) << wrong.output;
}

TEST_F(SessionTest, SaveAndPipesTellTheClientWhatToDo) {
    run("configure");
    const Answer saved = run("save my.conf");
    ASSERT_TRUE(saved.file.has_value());
    EXPECT_EQ(saved.file->path, "my.conf");
    EXPECT_EQ(saved.file->what, "configuration");
    EXPECT_NE(saved.output.find("host-name eti1;"), std::string::npos);
    const Answer shown = run("show | display set | match host | save out | no-more");
    EXPECT_EQ(shown.output, "set system host-name eti1\n");
    EXPECT_EQ(shown.file->path, "out");
    EXPECT_FALSE(shown.pager);
}

TEST_F(SessionTest, ConfirmedCommitsAreTold) {
    run("configure");
    run("set system host-name other");
    EXPECT_EQ(run("commit confirmed 10").output,
              "commit confirmed will be automatically rolled back in 10 minutes unless "
              "confirmed\ncommit complete\n");
    backend_.fixed.now += std::chrono::seconds(1);
    EXPECT_EQ(session_->prompt().notice, "# commit confirmed will be rolled back in 9 minutes");
    EXPECT_NE(run("run show system commit").output.find("commit confirmed, rollback in 9mins\n"),
              std::string::npos);
    EXPECT_TRUE(run("commit").ok);
    EXPECT_EQ(session_->prompt().notice, "");
}

TEST_F(SessionTest, HistoryIsShown) {
    run("configure");
    run("set system host-name other");
    run("commit comment \"a new name\" and-quit");
    EXPECT_FALSE(session_->in_configuration());
    const std::string history = run("show system commit").output;
    EXPECT_NE(history.find("0   2024-11-25 09:20:44 UTC by lab via cli\n    a new name\n"),
              std::string::npos)
        << history;
    EXPECT_EQ(run("show system rollback compare 1 0").output,
              "[edit system]\n-   host-name eti1;\n+   host-name other;\n");
    EXPECT_NE(run("show system rollback 1").output.find("host-name eti1;"), std::string::npos);
    EXPECT_TRUE(run("show system commit | display xml")
                    .output.starts_with(
                        "<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/24.4R1/junos\">\n"
                        "    <commit-information "
                        "xmlns=\"http://xml.juniper.net/junos/24.4R1/junos-eti\">\n"
                        "        <commit-history>\n"
                        "            <sequence-number>0</sequence-number>\n"
                        "            <user>lab</user>\n"
                        "            <client>cli</client>\n"
                        "            <date-time>2024-11-25 09:20:44 UTC</date-time>\n"
                        "            <comment>a new name</comment>\n"
                        "        </commit-history>\n"));
    EXPECT_NE(run("show system rollback compare 1 0 | display xml rpc")
                  .output.find("        <get-rollback-information>\n"
                               "            <rollback>1</rollback>\n"
                               "            <compare>0</compare>\n"
                               "        </get-rollback-information>\n"),
              std::string::npos);
    EXPECT_EQ(run("show configuration system").output, "host-name other;\n");
    EXPECT_EQ(run("show configuration | display set | match name").output,
              "set system host-name other\n");
    EXPECT_EQ(run("show configuration | compare rollback 1").output,
              "[edit system]\n-   host-name eti1;\n+   host-name other;\n");
}

TEST_F(SessionTest, DnsStatisticsAreThoseOfAProfileThatIsThere) {
    const std::string line = "run show services security-intelligence dns-statistics";
    run("configure");
    run("set services security-intelligence profile t1 category DNS");
    run("set services security-intelligence profile c1 category CC");
    run("commit");
    EXPECT_EQ(run(line).output, "Category DNS:\n");
    EXPECT_EQ(run(line + " profile t1").output,
              "Category DNS:\n"
              "  Profile t1:\n"
              "    DNS Query Type       Requests    Sinkhole    Drop        Permit      Log\n"
              "    UDP Counter:\n"
              "    A                    0           0           0           0           0\n"
              "    AAAA                 0           0           0           0           0\n"
              "    MX                   0           0           0           0           0\n"
              "    CNAME                0           0           0           0           0\n"
              "    SRV                  0           0           0           0           0\n"
              "    SRV NoErr            0           0           0           0           0\n"
              "    TXT                  0           0           0           0           0\n"
              "    TXT NoErr            0           0           0           0           0\n"
              "    ANY                  0           0           0           0           0\n"
              "    MISC                 0           0           0           0           0\n"
              "    Total                0           0           0           0           0\n");
    for (const char* name : {"c1", "t2", "\"t1 category\"", "\"\"", "}"}) {
        const Answer answer = run(line + " profile " + name);
        EXPECT_FALSE(answer.ok) << name << answer.output;
    }
}

TEST_F(SessionTest, ImpactIsPartOfACheck) {
    run("configure");
    EXPECT_EQ(run("commit check | display impact").output,
              "configuration check succeeds\nwould have blocked 3 sessions\n");
}

TEST_F(SessionTest, ExclusiveKeepsOthersOut) {
    run("configure exclusive");
    Session other(interpreter_, backend_, sample_caller());
    std::optional<Answer> got;
    other.execute("configure exclusive", into(got));
    ASSERT_TRUE(got.has_value());
    EXPECT_FALSE(got->ok);
    EXPECT_TRUE(got->output.starts_with("error: configuration database locked by:\n"));
    session_.reset();  // a connection that closes gives the lock back
    other.execute("configure exclusive", into(got));
    EXPECT_TRUE(got->ok);
}

TEST_F(SessionTest, CompletesVerbsStatementsAndPipes) {
    struct Case {
        const char* why;
        const char* line;
        const char* words;
    };
    const Case cases[] = {
        {"verbs", "de", "deactivate delete"},
        {"commit options that are left", "commit confirmed 5 co", "comment"},
        {"load modes", "load re", "replace"},
        {"the file or the terminal", "load merge ", "<filename> terminal"},
        {"run is operational", "run show vers", "version"},
        {"pipes of a configuration", "show | dis", "display"},
        {"display forms", "show | display in", "inheritance"},
        {"top takes a command", "top sav", "save"},
        {"statements", "set system host", "host-name"},
        {"wildcard has one word", "wildcard ", "delete"},
        {"a wrong word has no completions", "sett ", ""},
    };
    run("configure");
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        EXPECT_EQ(words(c.line), c.words);
    }
}

TEST_F(SessionTest, ReadOnlyUsersDoNotConfigure) {
    Session reader(interpreter_, backend_, sample_caller(AccessClass::ReadOnly));
    std::optional<Answer> got;
    reader.execute("configure", into(got));
    EXPECT_FALSE(got->ok);
    EXPECT_FALSE(reader.in_configuration());
    reader.load("load merge terminal", "system { host-name x; }", into(got));
    EXPECT_FALSE(got->ok);
    reader.execute("show configuration system", into(got));
    EXPECT_EQ(got->output, "host-name eti1;\n");
}

TEST_F(SessionTest, TerminalSettingsAreKept) {
    EXPECT_EQ(run("set cli screen-length 0").output, "Screen length set to 0\n");
    EXPECT_EQ(session_->terminal().screen_length, 0U);
    run("set cli complete-on-space off");
    EXPECT_FALSE(session_->terminal().complete_on_space);
    run("set cli idle-timeout 5");
    EXPECT_EQ(session_->terminal().idle_minutes, 5U);
    EXPECT_EQ(run("set cli screen-length many").column, 22U);
    EXPECT_EQ(run("show cli").output,
              "CLI complete-on-space set to off\nCLI idle-timeout set to 5 minutes\n"
              "CLI screen-length set to 0\nCLI screen-width as the terminal's\n"
              "CLI timestamp disabled\n");
}

TEST_F(SessionTest, EveryLineIsAudited) {
    run("configure");
    run("set system host-name other");
    run("commit confimed");
    run("run show version");
    ASSERT_EQ(backend_.audited.size(), 4U);
    EXPECT_EQ(backend_.audited[1].command, "set system host-name other");
    EXPECT_EQ(backend_.audited[2].result, AuditResult::Failed);
    EXPECT_EQ(backend_.audited[3].command, "show version");
}

}  // namespace
}  // namespace eti::cli
