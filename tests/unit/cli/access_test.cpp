// Who may do what, and that everything is written down.
#include "eti/cli/access.h"

#include "eti/cli/audit.h"
#include "eti/cli/interpreter.h"
#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace eti::cli {
namespace {

TEST(AccessTest, AClassComesFromThePeerAndTheConfiguration) {
    const std::vector<config::LoginUser> users{{"alice", "operator"},
                                               {"bob", "super-user"},
                                               {"carol", "read-only"},
                                               {"dave", "firewall-team"},
                                               {"root", "read-only"}};
    struct Case {
        const char* why;
        Peer peer;
        AccessClass expected;
    };
    const Case cases[] = {
        {"root is never locked out", {0, "root", false}, AccessClass::SuperUser},
        {"the daemon's own user", {990, "etid", false}, AccessClass::SuperUser},
        {"configured", {1001, "alice", false}, AccessClass::Operator},
        {"configured, highest", {1002, "bob", false}, AccessClass::SuperUser},
        {"the entry counts more than the group", {1003, "carol", true}, AccessClass::ReadOnly},
        {"a class nobody knows allows nothing", {1004, "dave", true}, AccessClass::Unauthorized},
        {"member of the socket's group", {1005, "erin", true}, AccessClass::ReadOnly},
        {"a stranger", {1006, "mallory", false}, AccessClass::Unauthorized},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(class_of(c.peer, 990, users), c.expected) << c.why;
    }
}

TEST(AccessTest, EachKeywordNeedsItsClass) {
    EXPECT_EQ(class_needed("show"), AccessClass::ReadOnly);
    EXPECT_EQ(class_needed("clear"), AccessClass::Operator);
    EXPECT_EQ(class_needed("request"), AccessClass::Operator);
    EXPECT_EQ(class_needed("configure"), AccessClass::SuperUser);
    EXPECT_EQ(class_needed("anything-new"), AccessClass::SuperUser) << "unknown means most";
}

TEST(AccessTest, TheKernelNamesTheCaller) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const Caller caller = caller_of(ends[0], {});
    EXPECT_EQ(caller.uid, ::geteuid());
    EXPECT_EQ(caller.process, ::getpid());
    EXPECT_EQ(caller.access, AccessClass::SuperUser);  // the test runs as the "daemon's" user
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(AccessTest, ACommandAboveTheClassIsRefusedAndRemembered) {
    struct Case {
        const char* why;
        AccessClass access;
        const char* line;
        bool allowed;
    };
    const Case cases[] = {
        {"reading", AccessClass::ReadOnly, "show version", true},
        {"an abbreviation reads too", AccessClass::ReadOnly, "sh ver", true},
        {"a reader changes nothing", AccessClass::ReadOnly,
         "request services security-intelligence download", false},
        {"an operator may", AccessClass::Operator,
         "request services security-intelligence download", true},
        {"nobody", AccessClass::Unauthorized, "show version", false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        FixedBackend backend;
        Interpreter interpreter(backend);
        Answer got;
        interpreter.execute(c.line, sample_caller(c.access), [&](const Answer& a) { got = a; });
        EXPECT_EQ(got.ok, c.allowed) << got.output;
        EXPECT_EQ(backend.refreshes, c.allowed && c.access == AccessClass::Operator ? 1 : 0);
        ASSERT_EQ(backend.audited.size(), 1U);
        EXPECT_EQ(backend.audited[0].command, c.line);
        EXPECT_EQ(backend.audited[0].result, c.allowed ? AuditResult::Done : AuditResult::Denied);
        if (!c.allowed) {
            EXPECT_TRUE(got.output.starts_with("error: permission denied: ")) << got.output;
        }
    }
}

TEST(AuditTest, SecretsAreMasked) {
    struct Case {
        const char* why;
        const char* line;
        const char* expected;
    };
    const Case cases[] = {
        {"nothing secret", "show version | match \"a b\"", "show version | match \"a b\""},
        {"a token", "set services security-intelligence authentication auth-token AbC1",
         "set services security-intelligence authentication auth-token /* SECRET-DATA */"},
        {"quoted, with more after it", "set url-parameter \"a b\" url https://x",
         "set url-parameter /* SECRET-DATA */ url https://x"},
        {"abbreviated", "set serv security-i auth auth-t AbC1",
         "set serv security-i auth /* SECRET-DATA */ /* SECRET-DATA */"},
        {"the pipe stays", "show x password | match a", "show x password | match a"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(mask_secrets(c.line), c.expected) << c.why;
    }
}

TEST(AuditTest, OneLineOfJsonForEachCommand) {
    std::string name = (std::filesystem::temp_directory_path() / "eti-audit-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(name.data());
    const std::filesystem::path path = folder / "audit.log";
    const AuditLog log(path.string());
    const AuditEntry entry{sample_time(0), sample_caller(AccessClass::Operator),
                           "clear x \"\n\xff\" password p", AuditResult::Failed};
    EXPECT_EQ(log.write(entry), "");
    std::filesystem::rename(path, folder / "audit.log.1");  // what logrotate does
    EXPECT_EQ(log.write(entry), "");
    EXPECT_EQ(log.write(entry), "");
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U & ~0640U, 0U);
    std::ifstream file(path);
    std::string first;
    std::string second;
    std::getline(file, first);
    std::getline(file, second);
    EXPECT_EQ(first, second);
    const auto json = nlohmann::json::parse(first);
    EXPECT_EQ(json["time"], "2024-11-25T09:20:44.000000Z");
    EXPECT_EQ(json["user"], "lab");
    EXPECT_EQ(json["uid"], 1000);
    EXPECT_EQ(json["pid"], 4711);
    EXPECT_EQ(json["class"], "operator");
    EXPECT_EQ(json["result"], "failed");
    EXPECT_EQ(first.find(" p\""), std::string::npos) << first;
    EXPECT_NE(AuditLog((folder / "missing" / "a").string()).write(entry), "");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace eti::cli
