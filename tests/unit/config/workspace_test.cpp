#include "eti/config/workspace.h"

#include "tests/support/temporary_folder.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>

namespace eti::config {
namespace {

using test::TemporaryFolder;
using test::write_file;

const Operator kAnn{"ann", "cli", "pts/1", 11};
const Operator kBob{"bob", "cli", "pts/2", 22};
constexpr const char* kComplete = "commit complete\n";

class WorkspaceTest : public ::testing::Test {
  protected:
    WorkspaceTest() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        write_file(file_, "set system host-name first\nset vlans v vlan-id 1\n");
        start();
    }

    void start() {
        workspace_.reset();
        workspace_.emplace(testing::kYangDirectory, folder_ / "state", file_);
        now_ = std::chrono::system_clock::now();
        Workspace::Hooks hooks;
        hooks.apply = [this](const Settings& settings) { applied_.push_back(settings.host_name); };
        hooks.announce = [this](const std::string& text) { said_.push_back(text); };
        hooks.clock = [this] { return now_; };
        workspace_->attach(std::move(hooks));
    }

    std::unique_ptr<EditSession> open(Access access = Access::Shared, const Operator& who = kAnn) {
        return workspace_->open(access, who).session;
    }
    std::string refusal(Access access, const Operator& who = kBob) {
        try {
            open(access, who);
            return {};
        } catch (const EditError& error) {
            return error.what();
        }
    }

    static CommitOptions confirmed(unsigned minutes) {
        CommitOptions options;
        options.confirmed_minutes = minutes;
        return options;
    }
    static CommitOptions check() {
        CommitOptions options;
        options.check = true;
        return options;
    }
    std::string active() { return workspace_->revision_text(0); }

    TemporaryFolder folder_;
    const std::string file_ = folder_ / "etid.conf";
    Timestamp now_{};
    std::vector<std::string> applied_;
    std::vector<std::string> said_;
    std::optional<Workspace> workspace_;
};

TEST_F(WorkspaceTest, TheFirstStartReadsTheFileLaterTheLastCommitWins) {
    EXPECT_EQ(workspace_->settings().host_name, "first");
    EXPECT_EQ(
        active(),
        "system {\n    host-name first;\n}\nvlans {\n    v {\n        vlan-id 1;\n    }\n}\n");
    start();
    EXPECT_TRUE(workspace_->notices().empty());
    const auto session = open();
    session->set("system host-name second");
    EXPECT_TRUE(session->changed());
    EXPECT_EQ(session->commit({}).output, kComplete);
    EXPECT_FALSE(session->changed());
}

TEST_F(WorkspaceTest, AFileThatDiffersFromTheLastCommitIsTold) {
    for (const char* text : {"set system host-name other\n", "set no such thing\n"}) {
        write_file(file_, text);
        start();
        EXPECT_EQ(workspace_->settings().host_name, "first");
        ASSERT_EQ(workspace_->notices().size(), 1U);
        EXPECT_EQ(workspace_->notices()[0].find(file_ + " differs from the last commit"), 0U);
    }
}

TEST_F(WorkspaceTest, WithoutAnythingToStartFromItSaysWhatIsNeeded) {
    EXPECT_THROW(Workspace(testing::kYangDirectory, folder_ / "new", ""), ConfigError);
    EXPECT_THROW(Workspace(testing::kYangDirectory, folder_ / "new", folder_ / "missing"),
                 ConfigError);
}

TEST_F(WorkspaceTest, WhatIsNotValidChangesNothing) {
    const auto session = open();
    session->set(
        "security policies from-zone trust to-zone untrust application-services "
        "security-metadata-streaming-policy P");
    session->set("security zones security-zone trust");
    session->set("security zones security-zone untrust");
    const CommitResult result = session->commit({});
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.output,
              "[edit security policies from-zone trust to-zone untrust]\n"
              "  'application-services'\n"
              "    security-metadata-streaming policy must be defined\n"
              "error: configuration check-out failed\n");
    EXPECT_TRUE(applied_.empty());
    EXPECT_EQ(workspace_->history().size(), 1U);
}

TEST_F(WorkspaceTest, ASharedCandidateIsOneForAll) {
    const auto ann = open();
    const auto opened = workspace_->open(Access::Shared, kBob);
    ann->set("system host-name second");
    EXPECT_EQ(opened.session->commit({}).output, kComplete);
    EXPECT_EQ(workspace_->settings().host_name, "second");
    EXPECT_EQ(workspace_->history()[0].user, "bob");
}

TEST_F(WorkspaceTest, GreetingsTellWhoIsThereAndWhatIsUncommitted) {
    now_ = Timestamp(std::chrono::seconds(1'732'530'044));
    EXPECT_EQ(workspace_->open(Access::Shared, kAnn).greeting, "Entering configuration mode\n");
    const auto ann = open();
    ann->set("system host-name second");
    ann->edit("system");
    const std::string users =
        "Users currently editing the configuration:\n"
        "  ann terminal pts/1 (pid 11) on since 2024-11-25 10:20:44 UTC\n"
        "      [edit system]\n";
    EXPECT_EQ(workspace_->editors(), users);
    EXPECT_EQ(workspace_->open(Access::Shared, kBob).greeting,
              "Entering configuration mode\n" + users +
                  "The configuration has been changed but not committed\n");
    EXPECT_EQ(refusal(Access::Private), "error: shared configuration database modified");
    EXPECT_EQ(refusal(Access::Exclusive), "error: configuration database modified");
}

TEST_F(WorkspaceTest, TheExclusiveLockKeepsOthersFromChangingAndCommitting) {
    const auto bob = open(Access::Shared, kBob);
    now_ = Timestamp(std::chrono::seconds(1'732'530'044));
    auto opened = workspace_->open(Access::Exclusive, kAnn);
    EXPECT_EQ(opened.greeting.find("warning: uncommitted changes will be discarded on exit\n"
                                   "Entering configuration mode\n"),
              0U);
    const std::string locked =
        "error: configuration database locked by:\n"
        "  ann terminal pts/1 (pid 11) on since 2024-11-25 10:20:44 UTC\n"
        "      exclusive [edit]\n";
    EXPECT_EQ(refusal(Access::Exclusive), locked);
    opened.session->set("system host-name second");
    EXPECT_THROW(bob->set("system host-name third"), EditError);
    EXPECT_THROW(bob->rollback(0), EditError);
    EXPECT_EQ(bob->commit({}).output, locked);
    opened.session.reset();
    EXPECT_FALSE(bob->changed());
    bob->set("system host-name third");
    EXPECT_EQ(bob->commit({}).output, kComplete);
}

TEST_F(WorkspaceTest, PrivateCommitsNeverLoseEachOther) {
    const auto ann = open(Access::Private, kAnn);
    const auto bob = open(Access::Private, kBob);
    EXPECT_EQ(refusal(Access::Shared),
              "error: private edits in use. Try 'configure private' or 'configure exclusive'.");
    ann->set("system host-name second");
    bob->set("vlans w vlan-id 2");
    EXPECT_EQ(ann->commit({}).output, kComplete);
    EXPECT_EQ(bob->commit({}).output, kComplete);
    EXPECT_EQ(workspace_->settings().host_name, "second");
    EXPECT_NE(active().find("vlan-id 2"), std::string::npos);
    EXPECT_FALSE(bob->changed());
}

TEST_F(WorkspaceTest, APrivateCommitThatContradictsAnotherIsRefused) {
    const auto ann = open(Access::Private, kAnn);
    const auto bob = open(Access::Private, kBob);
    ann->set("system host-name second");
    bob->set("system host-name third");
    ann->commit({});
    const CommitResult result = bob->commit({});
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.output,
              "[edit system]\n"
              "  'host-name third'\n"
              "    another commit has changed this statement since; 'rollback 0' takes it over\n"
              "error: commit failed: (conflicting changes)\n");
    bob->rollback(0);
    bob->set("system host-name third");
    EXPECT_EQ(bob->commit({}).output, kComplete);
    EXPECT_EQ(workspace_->settings().host_name, "third");
}

TEST_F(WorkspaceTest, ASharedCandidateKeepsItsChangesOverAPrivateCommit) {
    const auto shared = open();
    const auto own = open(Access::Private, kBob);
    shared->set("vlans w vlan-id 2");
    own->set("system host-name second");
    EXPECT_EQ(own->commit({}).output, kComplete);
    EXPECT_EQ(shared->commit({}).output, kComplete);
    EXPECT_EQ(workspace_->settings().host_name, "second");
    EXPECT_NE(active().find("vlan-id 2"), std::string::npos);
}

TEST_F(WorkspaceTest, AnUnconfirmedCommitGoesBackAndLaterEditsStay) {
    const auto session = open();
    session->set("system host-name second");
    EXPECT_EQ(session->commit(confirmed(10)).output,
              "commit confirmed will be automatically rolled back in 10 minutes unless confirmed\n"
              "commit complete\n");
    session->set("vlans w vlan-id 2");
    now_ += std::chrono::minutes(11);
    workspace_->tick(now_);
    EXPECT_EQ(workspace_->settings().host_name, "first");
    EXPECT_EQ(said_.size(), 1U);
    EXPECT_TRUE(session->changed());
    EXPECT_EQ(session->commit({}).output, kComplete);
    EXPECT_EQ(workspace_->settings().host_name, "first");
    EXPECT_NE(active().find("vlan-id 2"), std::string::npos);
}

TEST_F(WorkspaceTest, CommitCheckConfirms) {
    const auto session = open();
    session->set("system host-name second");
    session->commit(confirmed(1));
    EXPECT_EQ(session->commit(check()).output, "configuration check succeeds\n");
    now_ += std::chrono::hours(1);
    workspace_->tick(now_);
    EXPECT_EQ(workspace_->settings().host_name, "second");
}

TEST_F(WorkspaceTest, RollbackIsACandidateUntilItIsCommitted) {
    const auto session = open();
    for (const char* name : {"second", "third"}) {
        session->set(std::string("system host-name ") + name);
        session->commit({});
    }
    session->rollback(2);
    EXPECT_EQ(workspace_->settings().host_name, "third");
    session->commit({});
    EXPECT_EQ(workspace_->settings().host_name, "first");
    session->set("system host-name fourth");
    session->rollback(0);
    EXPECT_FALSE(session->changed());
    EXPECT_THROW(session->rollback(49), EditError);
}

TEST_F(WorkspaceTest, ACommitAtATimeTakesTheCandidateOfNow) {
    const auto session = open();
    session->set("system host-name second");
    now_ = Timestamp(std::chrono::seconds(1'732'530'044));
    CommitOptions options;
    options.at = "23:59";
    EXPECT_TRUE(session->commit(options).ok);
    session->set("vlans w vlan-id 2");
    workspace_->tick(now_ + std::chrono::hours(20));
    EXPECT_EQ(workspace_->settings().host_name, "second");
    EXPECT_EQ(active().find("vlan-id 2"), std::string::npos);
    EXPECT_TRUE(session->changed());
    EXPECT_EQ(session->commit({}).output, kComplete);
    EXPECT_NE(active().find("vlan-id 2"), std::string::npos);
}

TEST_F(WorkspaceTest, EveryOneOfFiftyRevisionsComesBack) {
    const auto session = open();
    for (int i = 1; i < 60; ++i) {
        session->set("system host-name h" + std::to_string(i));
        ASSERT_TRUE(session->commit({}).ok);
    }
    for (unsigned revision = 0; revision < 50; ++revision) {
        EXPECT_NE(
            workspace_->revision_text(revision).find("h" + std::to_string(59 - revision) + ";"),
            std::string::npos);
    }
}

TEST_F(WorkspaceTest, ADamagedCommitIsPassedOverForTheNewestGoodOne) {
    const auto commit = [this](const char* name) {
        const auto session = open();
        session->set(std::string("system host-name ") + name);
        EXPECT_EQ(session->commit({}).output, kComplete);
    };
    commit("second");
    commit("third");
    const std::string newest = folder_ / "state/config/0000000003.conf";
    const std::string whole = test::read_file(newest);
    struct Case {
        const char* why;
        std::string bytes;
    };
    std::string flipped = whole;
    flipped[whole.find("third")] ^= 2;  // another name, and just as good a configuration
    std::string refused = whole;
    refused.erase(refused.find("# sha256"), refused.find("\n\n") + 1 - refused.find("# sha256"));
    refused[refused.find("host-name")] = 'x';  // as if an older daemon had written it
    for (const Case& c : {Case{"truncated", whole.substr(0, whole.size() / 2)}, Case{"empty", ""},
                          Case{"one bit flipped", flipped}, Case{"not to be compiled", refused}}) {
        write_file(newest, c.bytes);
        start();
        EXPECT_EQ(workspace_->settings().host_name, "second") << c.why;
        const auto& notices = workspace_->notices();
        ASSERT_GE(notices.size(), 2U) << c.why;
        EXPECT_NE(notices[0].find("0000000003.conf"), std::string::npos) << notices[0];
        EXPECT_NE(notices[1].find("not 0000000003.conf"), std::string::npos) << notices[1];
        EXPECT_EQ(workspace_->history().front().passed_over,
                  std::vector<std::string>{"0000000003.conf"});
    }
    commit("fourth");
    start();
    EXPECT_EQ(workspace_->settings().host_name, "fourth");
    EXPECT_TRUE(workspace_->history().front().passed_over.empty());
}

TEST_F(WorkspaceTest, WithoutAnyGoodCommitTheFileIsReadAgain) {
    write_file(folder_ / "state/config/0000000001.conf", "rubbish");
    start();
    EXPECT_EQ(workspace_->settings().host_name, "first");
    EXPECT_EQ(workspace_->history().size(), 1U);
    write_file(folder_ / "state/config/0000000002.conf", "rubbish");
    try {
        Workspace(testing::kYangDirectory, folder_ / "state", "");
        FAIL() << "there is nothing to start from";
    } catch (const ConfigError& error) {
        EXPECT_NE(std::string(error.what()).find("none of the committed"), std::string::npos)
            << error.what();
    }
}

TEST_F(WorkspaceTest, ADamagedScheduledCommitIsDroppedAndSaid) {
    write_file(folder_ / "state/config/scheduled", "rubbish");
    start();
    EXPECT_EQ(workspace_->settings().host_name, "first");
    EXPECT_FALSE(workspace_->pending_commit());
    ASSERT_FALSE(workspace_->notices().empty());
    EXPECT_NE(workspace_->notices()[0].find("scheduled commit is dropped"), std::string::npos);
}

TEST_F(WorkspaceTest, CommitsAreCountedByTheirResult) {
    const auto counts = [this] {
        const CommitCounts& c = workspace_->commit_counts();
        return std::vector<uint64_t>{c.succeeded, c.failed, c.rolled_back};
    };
    const auto session = open();
    session->set("system host-name second");
    session->commit(check());
    EXPECT_EQ(counts(), (std::vector<uint64_t>{0, 0, 0})) << "a check is no commit";
    EXPECT_TRUE(session->commit(confirmed(1)).ok);
    EXPECT_EQ(counts(), (std::vector<uint64_t>{1, 0, 0}));
    EXPECT_FALSE(session->commit(confirmed(0)).ok);
    EXPECT_EQ(counts(), (std::vector<uint64_t>{1, 1, 0}));
    now_ += std::chrono::seconds(62);
    workspace_->tick(now_);
    EXPECT_EQ(counts(), (std::vector<uint64_t>{1, 1, 1}));
}

}  // namespace
}  // namespace eti::config
