#include "config/commit/revision_store.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace eti::config {
namespace {

using test::TemporaryFolder;

Timestamp at(int64_t seconds) {
    return Timestamp(std::chrono::seconds(1'795'491'974 + seconds));  // 2026-11-24T03:46:14Z
}

Revision by(const std::string& user, int64_t seconds = 0) {
    Revision revision;
    revision.time = at(seconds);
    revision.user = user;
    revision.client = "cli";
    return revision;
}

void commit(RevisionStore& store, const std::string& text, Revision revision = by("root")) {
    store.publish(*store.stage(std::move(revision), text));
}

std::vector<std::string> texts(const RevisionStore& store) {
    std::vector<std::string> all;
    for (const Revision& revision : store.revisions()) {
        all.push_back(store.text(revision));
    }
    return all;
}

using Texts = std::vector<std::string>;

TEST(RevisionText, WhatIsWrittenIsReadBack) {
    Revision revision = by("o'neill", 7);
    revision.sequence = 42;
    revision.comment = "two\nlines and a \\n: no line";
    revision.confirm_by = at(600);
    revision.back_to = 40;
    const std::string text = "system {\n    host-name a;\n}\n# bytes: 3\n\n";
    const auto parsed = parse_revision(write_revision(revision, text));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->text, text);
    EXPECT_EQ(parsed->revision.sequence, 42U);
    EXPECT_EQ(parsed->revision.time, revision.time);
    EXPECT_EQ(parsed->revision.user, "o'neill");
    EXPECT_EQ(parsed->revision.comment, revision.comment);
    EXPECT_EQ(parsed->revision.confirm_by, revision.confirm_by);
    EXPECT_EQ(parsed->revision.back_to, 40U);
    EXPECT_EQ(revision_id(parsed->revision), "eti-1795491981-42");
}

TEST(RevisionText, CutAnywhereItIsRefused) {
    const std::string whole = write_revision(by("root"), "system;\n");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(parse_revision(whole.substr(0, size))) << "cut at " << size;
    }
    EXPECT_FALSE(parse_revision(whole + "x"));
}

TEST(RevisionText, NoFlippedBitChangesWhatIsRead) {
    Revision revision = by("root", 7);
    revision.comment = "why";
    const std::string whole = write_revision(revision, "system {\n    host-name a;\n}\n");
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        const auto parsed = parse_revision(flipped);
        // A digest that has lost its name is no digest; what it covered is as it was.
        EXPECT_TRUE(!parsed || (parsed->text == "system {\n    host-name a;\n}\n" &&
                                parsed->revision.comment == "why"))
            << "bit " << bit;
    }
}

TEST(RevisionText, AFileFromBeforeThereWasADigestIsTaken) {
    std::string whole = write_revision(by("root"), "system;\n");
    const std::size_t at = whole.find("# sha256");
    whole.erase(at, whole.find('\n', at) + 1 - at);
    ASSERT_TRUE(parse_revision(whole));
}

TEST(RevisionStore, TheNewestIsActiveAndTheOthersAreItsRollbacks) {
    const TemporaryFolder folder;
    {
        RevisionStore store(folder.path() + "/config");
        EXPECT_TRUE(store.revisions().empty());
        for (const char* text : {"one", "two", "three"}) {
            commit(store, text);
        }
        EXPECT_EQ(texts(store), (Texts{"three", "two", "one"}));
    }
    const RevisionStore again(folder.path() + "/config");
    EXPECT_EQ(texts(again), (Texts{"three", "two", "one"}));
    EXPECT_EQ(again.revisions().front().sequence, 3U);
}

TEST(RevisionStore, FilesAreTheOwnersAlone) {
    const TemporaryFolder folder;
    RevisionStore store(folder.path() + "/config");
    commit(store, "secret");
    struct stat facts {};
    ASSERT_EQ(::stat(store.path(store.revisions()[0]).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((folder.path() + "/config").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0700U);
}

TEST(RevisionStore, PruneKeepsAsManyRollbacksAsAskedAndWhatIsNeeded) {
    struct Case {
        const char* why;
        unsigned rollbacks;
        uint64_t needed;
        Texts left;
    };
    const Case cases[] = {
        {"none but the active one", 0, 0, {"5"}},
        {"two", 2, 0, {"5", "4", "3"}},
        {"more than there are", 49, 0, {"5", "4", "3", "2", "1"}},
        {"the one an unconfirmed commit goes back to stays", 0, 3, {"5", "4", "3"}},
    };
    for (const Case& c : cases) {
        const TemporaryFolder folder;
        RevisionStore store(folder.path());
        for (const char* text : {"1", "2", "3", "4", "5"}) {
            commit(store, text);
        }
        store.prune(c.rollbacks, c.needed);
        EXPECT_EQ(texts(store), c.left) << c.why;
        EXPECT_EQ(texts(RevisionStore(folder.path())), c.left) << c.why;
    }
}

// What a process killed at each step leaves behind.
TEST(RevisionStore, ACrashLeavesTheOldStateOrTheNewOne) {
    struct Case {
        const char* why;
        void (*until_crash)(RevisionStore&);
        Texts left;
    };
    const Case cases[] = {
        {"before anything", [](RevisionStore&) {}, {"old"}},
        {"after the new text was written, before it is active",
         [](RevisionStore& store) {
             static const auto staged = store.stage(by("root"), "new");  // never destroyed
         },
         {"old"}},
        {"after it became active",
         [](RevisionStore& store) { commit(store, "new"); },
         {"new", "old"}},
        {"after a second one",
         [](RevisionStore& store) {
             commit(store, "new");
             commit(store, "newer");
         },
         {"newer", "new", "old"}},
    };
    for (const Case& c : cases) {
        const TemporaryFolder folder;
        RevisionStore store(folder.path());
        commit(store, "old");
        const pid_t child = ::fork();
        if (child == 0) {
            c.until_crash(store);
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        RevisionStore after(folder.path());
        EXPECT_EQ(texts(after), c.left) << c.why;
        commit(after, "next");
        EXPECT_EQ(texts(after).front(), "next") << c.why;
    }
}

TEST(RevisionStore, WithoutRoomNothingChanges) {
    const TemporaryFolder folder;
    RevisionStore store(folder.path());
    commit(store, "old");
    // A folder where the temporary file would be: as root, permissions alone refuse nothing.
    std::filesystem::create_directory(folder.path() + "/0000000002.conf.new");
    EXPECT_THROW(commit(store, "new"), StoreError);
    EXPECT_EQ(texts(store), (Texts{"old"}));
    EXPECT_EQ(texts(RevisionStore(folder.path())), (Texts{"old"}));
}

TEST(RevisionStore, AStagedRevisionThatIsNotPublishedGoesAway) {
    const TemporaryFolder folder;
    RevisionStore store(folder.path());
    commit(store, "old");
    store.stage(by("root"), "new").reset();
    EXPECT_FALSE(std::filesystem::exists(folder.path() + "/0000000002.conf.new"));
}

TEST(RevisionStore, ConfirmTakesTheLimitOffAndKeepsTheText) {
    const TemporaryFolder folder;
    RevisionStore store(folder.path());
    commit(store, "old");
    Revision unconfirmed = by("root");
    unconfirmed.confirm_by = at(600);
    unconfirmed.back_to = 1;
    commit(store, "new", unconfirmed);
    EXPECT_EQ(RevisionStore(folder.path()).revisions()[0].confirm_by, at(600));
    store.confirm();
    const RevisionStore again(folder.path());
    EXPECT_FALSE(again.revisions()[0].confirm_by);
    EXPECT_EQ(texts(again), (Texts{"new", "old"}));
}

TEST(RevisionStore, ADamagedActiveRevisionIsNamedAndAnOlderOneLeftOut) {
    const TemporaryFolder folder;
    RevisionStore store(folder.path());
    commit(store, "one");
    commit(store, "two");
    commit(store, "three");
    const auto damage = [&](std::size_t index) {
        std::filesystem::resize_file(store.path(store.revisions()[index]), 20);
    };
    damage(1);
    const RevisionStore again(folder.path());
    EXPECT_EQ(texts(again), (Texts{"three", "one"}));
    ASSERT_EQ(again.problems().size(), 1U);
    EXPECT_NE(again.problems()[0].find("0000000002.conf"), std::string::npos);
    damage(0);
    RevisionStore left(folder.path());
    EXPECT_EQ(texts(left), Texts{"one"});
    EXPECT_EQ(left.passed_over(), (Texts{"0000000003.conf", "0000000002.conf"}));
    commit(left, "four");
    EXPECT_EQ(left.revisions().front().sequence, 4U) << "a number is never used twice";
    EXPECT_TRUE(RevisionStore(folder.path()).passed_over().empty()) << "they are older now";
    left.prune(0, 0);
    EXPECT_TRUE(RevisionStore(folder.path()).problems().empty()) << "and go with their age";
}

TEST(RevisionStore, AScheduledTextWaitsOnDisk) {
    const TemporaryFolder folder;
    RevisionStore store(folder.path());
    EXPECT_FALSE(store.scheduled());
    store.schedule(by("root", 60), "later");
    const auto scheduled = RevisionStore(folder.path()).scheduled();
    ASSERT_TRUE(scheduled);
    EXPECT_EQ(scheduled->text, "later");
    EXPECT_EQ(scheduled->revision.time, at(60));
    store.unschedule();
    EXPECT_FALSE(RevisionStore(folder.path()).scheduled());
}

}  // namespace
}  // namespace eti::config
