#include "config/commit/commit_engine.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace eti::config {
namespace {

using test::TemporaryFolder;

// Texts are host names here: what a configuration says is not the engine's business.
Settings compile(const std::string& text) {
    if (text == "broken") {
        throw std::runtime_error("broken text");
    }
    Settings settings;
    settings.host_name = text;
    return settings;
}

CommitOptions commented(const std::string& comment) {
    CommitOptions options;
    options.comment = comment;
    return options;
}

CommitOptions confirmed(unsigned minutes) {
    CommitOptions options;
    options.confirmed_minutes = minutes;
    return options;
}

CommitOptions at(const std::string& time, const std::string& comment = {}) {
    CommitOptions options = commented(comment);
    options.at = time;
    return options;
}

constexpr const char* kNeedsRestart = "workers";

class CommitEngineTest : public ::testing::Test {
  protected:
    CommitEngineTest() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        start();
        engine_->begin(proposal("first"), now_);
        applied_.clear();
    }

    void start() {
        engine_.reset();
        engine_.emplace(folder_.path(), compile, now_);
        engine_->attach(
            {.restart_reasons =
                 [](const Settings& running, const Settings& next) {
                     return running.host_name == next.host_name || next.host_name != kNeedsRestart
                                ? std::vector<std::string>()
                                : std::vector<std::string>{
                                      next.host_name + " takes effect at the next restart of etid"};
                 },
             .apply =
                 [this](const Settings& settings) {
                     if (settings.host_name == refused_) {
                         throw std::runtime_error("no");
                     }
                     applied_.push_back(settings.host_name);
                 },
             .announce = [this](const std::string& text) { said_.push_back(text); },
             .impact = {},
             .clock = [this] { return now_; }});
    }

    static Proposal proposal(const std::string& text, const std::string& user = "root") {
        return {text, compile(text), {user, "cli", "pts/0", 7}};
    }

    CommitResult commit(const std::string& text, const CommitOptions& options = {}) {
        return engine_->commit(proposal(text), options);
    }
    CommitResult commit_confirmed(const std::string& text, unsigned minutes = 10) {
        return commit(text, confirmed(minutes));
    }

    void pass(std::chrono::seconds time) {
        now_ += time;
        engine_->tick(now_);
    }

    std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const CommitInfo& info : engine_->history()) {
            all.push_back(engine_->text(info.revision));
        }
        return all;
    }

    // A folder in the place of the next temporary file: nothing can be written.
    std::string block_disk() const {
        std::string path = folder_.path() + "/000000000" +
                           std::to_string(engine_->history().size() + 1) + ".conf.new";
        std::filesystem::create_directory(path);
        return path;
    }

    TemporaryFolder folder_;
    Timestamp now_{std::chrono::seconds(1'795'491'974)};  // 2026-11-24T03:46:14Z
    std::string refused_;
    std::vector<std::string> applied_;
    std::vector<std::string> said_;
    std::optional<CommitEngine> engine_;
};

using Texts = std::vector<std::string>;

TEST_F(CommitEngineTest, ACommitIsAppliedAndKept) {
    EXPECT_EQ(commit("second", commented("why")).output, "commit complete\n");
    EXPECT_EQ(applied_, Texts{"second"});
    EXPECT_EQ(engine_->settings().host_name, "second");
    EXPECT_EQ(engine_->history()[0].comment, "why");
    EXPECT_EQ(engine_->history()[0].user, "root");
    start();
    EXPECT_EQ(engine_->settings().host_name, "second");
    EXPECT_EQ(texts(), (Texts{"second", "first"}));
}

TEST_F(CommitEngineTest, WhatNeedsARestartIsSaidFirstAndOnce) {
    const std::string warning = "warning: workers takes effect at the next restart of etid\n";
    EXPECT_EQ(engine_->check(compile(kNeedsRestart)).output,
              warning + "configuration check succeeds\n");
    EXPECT_EQ(commit(kNeedsRestart).output, warning + "commit complete\n");
    EXPECT_EQ(commit(kNeedsRestart).output, "commit complete\n");
    EXPECT_EQ(commit("first").output, "commit complete\n");
    Proposal other = proposal("first");
    other.settings.warnings = {"accepted, not enforced: x"};
    EXPECT_EQ(engine_->commit(other, {}).output,
              "warning: accepted, not enforced: x\ncommit complete\n");
    EXPECT_EQ(engine_->commit(other, {}).output, "commit complete\n");
}

TEST_F(CommitEngineTest, WhatCannotBeAppliedIsRefusedWhole) {
    refused_ = "second";
    const CommitResult result = commit("second");
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.output, "error: no\nerror: commit failed\n");
    EXPECT_EQ(engine_->settings().host_name, "first");
    EXPECT_EQ(texts(), Texts{"first"});
    refused_.clear();
    EXPECT_TRUE(commit("third").ok);
    start();
    EXPECT_EQ(texts(), (Texts{"third", "first"}));
}

TEST_F(CommitEngineTest, WhatCannotBeStoredIsNotApplied) {
    const std::string block = block_disk();
    EXPECT_FALSE(commit("second").ok);
    EXPECT_TRUE(applied_.empty());
    EXPECT_EQ(engine_->settings().host_name, "first");
    std::filesystem::remove(block);
    EXPECT_TRUE(commit("second").ok);
}

TEST_F(CommitEngineTest, WithoutConfirmationItGoesBackByItself) {
    EXPECT_EQ(commit_confirmed("second").output,
              "commit confirmed will be automatically rolled back in 10 minutes unless confirmed\n"
              "commit complete\n");
    EXPECT_EQ(engine_->pending_confirm()->deadline, now_ + std::chrono::minutes(10));
    pass(std::chrono::seconds(599));
    EXPECT_EQ(engine_->settings().host_name, "second");
    pass(std::chrono::seconds(1));
    EXPECT_EQ(applied_, (Texts{"second", "first"}));
    EXPECT_EQ(said_, Texts{"Commit was not confirmed; automatic rollback complete."});
    EXPECT_FALSE(engine_->pending_confirm());
    EXPECT_EQ(texts(), (Texts{"first", "second", "first"}));
    EXPECT_EQ(engine_->history()[0].client, "autocommit");
    pass(std::chrono::hours(1));
    EXPECT_EQ(said_.size(), 1U);
}

TEST_F(CommitEngineTest, CommitAndCommitCheckConfirm) {
    struct Case {
        const char* why;
        std::function<void()> confirm;
        const char* active;
    };
    const Case cases[] = {
        {"commit check", [this] { engine_->check(compile("second")); }, "second"},
        {"commit", [this] { commit("second"); }, "second"},
        {"commit takes newer edits too", [this] { commit("newer"); }, "newer"},
    };
    for (const Case& c : cases) {
        commit_confirmed("second", 1);
        c.confirm();
        EXPECT_FALSE(engine_->pending_confirm()) << c.why;
        pass(std::chrono::minutes(2));
        EXPECT_EQ(engine_->settings().host_name, c.active) << c.why;
        start();
        EXPECT_EQ(engine_->settings().host_name, c.active) << c.why;
    }
    EXPECT_TRUE(said_.empty());
}

TEST_F(CommitEngineTest, ASecondUnconfirmedCommitGoesBackToWhatWasConfirmed) {
    commit_confirmed("second", 10);
    pass(std::chrono::minutes(9));
    commit_confirmed("third", 10);
    pass(std::chrono::minutes(9));
    EXPECT_EQ(engine_->settings().host_name, "third");
    pass(std::chrono::minutes(1));
    EXPECT_EQ(engine_->settings().host_name, "first");
}

TEST_F(CommitEngineTest, KilledInTheWindowItKeepsTheDeadline) {
    commit_confirmed("second");
    pass(std::chrono::minutes(5));
    start();
    EXPECT_EQ(engine_->settings().host_name, "second");
    EXPECT_TRUE(engine_->pending_confirm());
    pass(std::chrono::minutes(5));
    EXPECT_EQ(engine_->settings().host_name, "first");
}

TEST_F(CommitEngineTest, KilledPastTheWindowItStartsWithWhatWasConfirmed) {
    commit_confirmed("second");
    now_ += std::chrono::minutes(11);
    start();
    EXPECT_EQ(engine_->settings().host_name, "first");
    EXPECT_EQ(texts(), (Texts{"first", "second", "first"}));
    EXPECT_EQ(engine_->notices(), Texts{"Commit was not confirmed; automatic rollback complete."});
}

TEST_F(CommitEngineTest, TheRollbackIsKeptWhateverTheNumberOfRollbacks) {
    CommitEngine none(
        folder_.path() + "/none",
        [](const std::string& text) {
            Settings settings = compile(text);
            settings.most_rollbacks = 0;
            return settings;
        },
        now_);
    const auto with = [](const std::string& text) {
        Proposal p = proposal(text);
        p.settings.most_rollbacks = 0;
        return p;
    };
    none.begin(with("first"), now_);
    none.attach({.restart_reasons = {}, .apply = {}, .announce = {}, .impact = {}, .clock = [this] {
                     return now_;
                 }});
    none.commit(with("second"), {});
    EXPECT_EQ(none.history().size(), 1U);
    none.commit(with("third"), confirmed(1));
    none.tick(now_ + std::chrono::minutes(1));
    EXPECT_EQ(none.settings().host_name, "second");
    EXPECT_EQ(none.history().size(), 1U);
}

TEST_F(CommitEngineTest, AFullDiskDoesNotStopTheRollback) {
    commit_confirmed("second", 1);
    const std::string block = block_disk();
    pass(std::chrono::minutes(1));
    EXPECT_EQ(engine_->settings().host_name, "first");
    EXPECT_EQ(engine_->text(0), "first");
    EXPECT_FALSE(engine_->pending_confirm());
    ASSERT_EQ(said_.size(), 2U);
    EXPECT_EQ(said_[1].find("error: automatic rollback is not complete: "), 0U);
    pass(std::chrono::seconds(1));
    EXPECT_EQ(said_.size(), 2U);
    std::filesystem::remove(block);
    pass(std::chrono::seconds(1));
    EXPECT_EQ(applied_, (Texts{"second", "first"}));
    EXPECT_EQ(texts(), (Texts{"first", "second", "first"}));
}

TEST_F(CommitEngineTest, ARollbackThatIsRefusedIsTriedAgain) {
    commit_confirmed("second", 1);
    refused_ = "first";
    pass(std::chrono::minutes(1));
    EXPECT_EQ(engine_->settings().host_name, "second");
    refused_.clear();
    pass(std::chrono::seconds(1));
    EXPECT_EQ(engine_->settings().host_name, "first");
}

TEST_F(CommitEngineTest, TheTimeLimitHasARange) {
    for (const unsigned minutes : {0U, 65'536U}) {
        const CommitResult result = commit_confirmed("second", minutes);
        EXPECT_FALSE(result.ok);
        EXPECT_NE(result.output.find("is not within range (1..65535)"), std::string::npos);
    }
    EXPECT_TRUE(commit_confirmed("second", 65'535).ok);
}

TEST_F(CommitEngineTest, ACommitAtATimeHappensThen) {
    EXPECT_EQ(commit("second", at("04:00", "night")).output,
              "configuration check succeeds\n"
              "commit at will be executed at 2026-11-24 04:00:00 UTC\n");
    ASSERT_TRUE(engine_->pending_commit());
    EXPECT_EQ(engine_->pending_commit()->user, "root");
    EXPECT_TRUE(applied_.empty());
    EXPECT_FALSE(commit("third").ok);
    start();
    pass(std::chrono::minutes(13));
    EXPECT_EQ(engine_->settings().host_name, "first");
    pass(std::chrono::minutes(1));
    EXPECT_EQ(engine_->settings().host_name, "second");
    EXPECT_EQ(engine_->history()[0].comment, "night");
    EXPECT_FALSE(engine_->pending_commit());
    EXPECT_TRUE(commit("third").ok);
}

TEST_F(CommitEngineTest, AScheduledCommitIsClearedOrMissed) {
    EXPECT_FALSE(engine_->clear_pending_commit());
    commit("second", at("2026-11-25 04:00"));
    EXPECT_TRUE(engine_->clear_pending_commit());
    pass(std::chrono::hours(48));
    EXPECT_EQ(engine_->settings().host_name, "first");
    commit("second", at("2026-11-27 04:00:30"));
    now_ += std::chrono::hours(48);
    start();
    EXPECT_EQ(engine_->notices().size(), 1U);
    EXPECT_FALSE(engine_->pending_commit());
}

TEST_F(CommitEngineTest, WrongTimesAreRefused) {
    for (const char* when :
         {"03:46", "25:00", "4", "2026-11-24", "2026-11-23 23:59", "soon", "04:00 x"}) {
        const CommitResult result = commit("second", at(when));
        EXPECT_FALSE(result.ok) << when;
        EXPECT_EQ(result.output.find("error: "), 0U) << when;
        EXPECT_FALSE(engine_->pending_commit()) << when;
    }
}

TEST_F(CommitEngineTest, EveryRevisionComesBackAsItWas) {
    for (int i = 1; i < 60; ++i) {
        ASSERT_TRUE(commit("text " + std::to_string(i)).ok);
    }
    ASSERT_EQ(engine_->history().size(), 50U);
    for (unsigned revision = 0; revision < 50; ++revision) {
        EXPECT_EQ(engine_->text(revision), "text " + std::to_string(59 - revision));
    }
    EXPECT_THROW(engine_->text(50), EditError);
}

}  // namespace
}  // namespace eti::config
