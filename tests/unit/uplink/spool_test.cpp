#include "uplink/spool.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

namespace eti::uplink {
namespace {

constexpr uint64_t kPlenty = 64ULL << 20;

SpoolBatch batch(int number, std::size_t bytes = 1000) {
    return {"eti1/boot/" + std::to_string(number), 10,
            std::string(bytes, static_cast<char>('a' + number % 26))};
}

std::vector<SpoolBatch> batches(int from, int to, std::size_t bytes = 1000) {
    std::vector<SpoolBatch> result;
    for (int i = from; i < to; ++i) {
        result.push_back(batch(i, bytes));
    }
    return result;
}

std::vector<std::string> keys_of(const Spool& spool) {
    std::vector<std::string> keys;
    for (const auto& [id, item] : spool.items()) {
        keys.push_back(item.key);
    }
    return keys;
}

class SpoolTest : public ::testing::Test {
  protected:
    test::TemporaryFolder folder_;
    const std::string path_ = folder_ / "state/spool.db";
};

TEST_F(SpoolTest, KeepsBatchesInOrderAcrossOpens) {
    {
        Spool spool(path_, kPlenty);
        spool.open();
        ASSERT_EQ(spool.problem(), "");
        const Spool::Added added = spool.add(batches(0, 3), {});
        ASSERT_EQ(added.ids.size(), 3U);
        EXPECT_EQ(spool.records(), 30U);
        spool.remove({{added.ids[1]}});
    }
    Spool spool(path_, kPlenty);
    spool.open();
    EXPECT_EQ(spool.problem(), "");
    EXPECT_EQ(keys_of(spool), (std::vector<std::string>{"eti1/boot/0", "eti1/boot/2"}));
    EXPECT_EQ(spool.records(), 20U);
    EXPECT_EQ(spool.body(spool.items().begin()->first), batch(0).body);
    const Spool::Added added = spool.add(batches(3, 4), {});
    EXPECT_GT(added.ids.at(0), spool.items().begin()->first);
}

TEST_F(SpoolTest, OldestGiveWayAtTheLimitButNotBusyOnes) {
    Spool spool(path_, 4 * 4096);
    spool.open();
    const Spool::Added first = spool.add(batches(0, 4), {});
    ASSERT_EQ(first.ids.size(), 4U);
    EXPECT_EQ(first.lost_records, 0U);
    const Spool::Added second = spool.add(batches(4, 6), {first.ids[0]});
    EXPECT_EQ(second.lost_records, 20U);
    EXPECT_EQ(second.dropped, (std::vector<uint64_t>{first.ids[1], first.ids[2]}));
    EXPECT_EQ(keys_of(spool), (std::vector<std::string>{"eti1/boot/0", "eti1/boot/3", "eti1/boot/4",
                                                        "eti1/boot/5"}));
    EXPECT_LE(spool.bytes(), 4U * 4096U);
}

TEST_F(SpoolTest, ABatchLargerThanTheLimitIsLostAlone) {
    Spool spool(path_, 4 * 4096);
    spool.open();
    const Spool::Added added = spool.add(batches(0, 1, 100'000), {});
    EXPECT_TRUE(added.ids.empty());
    EXPECT_EQ(added.lost_records, 10U);
    EXPECT_EQ(spool.bytes(), 0U);
}

TEST_F(SpoolTest, TheFileStaysNearTheLimitThroughMuchTraffic) {
    constexpr uint64_t kLimit = 1U << 20;
    Spool spool(path_, kLimit);
    spool.open();
    for (int i = 0; i < 100; ++i) {
        spool.add(batches(i * 20, i * 20 + 20, 5000), {});
    }
    EXPECT_LE(spool.bytes(), kLimit);
    EXPECT_LE(std::filesystem::file_size(path_), kLimit + (64U << 10));
}

TEST_F(SpoolTest, DamagedFilesAreMovedAside) {
    struct Case {
        const char* why;
        std::string content;
    };
    const Case cases[] = {
        {"not a database", std::string(10'000, 'x')},
        {"a header and then garbage",
         std::string("SQLite format 3\0", 16) + std::string(10'000, '\x7f')},
    };
    for (const Case& c : cases) {
        const std::string path = (folder_ / c.why) + "/spool.db";
        test::write_file(path, c.content);
        Spool spool(path, kPlenty);
        spool.open();
        EXPECT_NE(spool.problem().find(path + ".damaged"), std::string::npos)
            << c.why << ": " << spool.problem();
        EXPECT_TRUE(test::read_file(path + ".damaged") == c.content) << c.why;
        EXPECT_EQ(spool.add(batches(0, 1), {}).ids.size(), 1U) << c.why;
        EXPECT_EQ(spool.problem(), "") << c.why;
        EXPECT_TRUE(spool.items().begin()->second.on_disk) << c.why;
    }
}

TEST_F(SpoolTest, AnotherDatabaseIsNotOurs) {
    std::filesystem::create_directories(folder_ / "state");
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
    sqlite3_exec(other, "CREATE TABLE batches(something TEXT)", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    Spool spool(path_, kPlenty);
    spool.open();
    EXPECT_NE(spool.problem().find(".damaged"), std::string::npos) << spool.problem();
    EXPECT_EQ(spool.add(batches(0, 1), {}).ids.size(), 1U);
}

TEST_F(SpoolTest, AFlippedBitInABodyIsFound) {
    uint64_t id = 0;
    {
        Spool spool(path_, kPlenty);
        spool.open();
        id = spool.add(batches(0, 1), {}).ids.at(0);
    }
    std::string bytes = test::read_file(path_);
    const std::size_t at = bytes.find(batch(0).body);
    ASSERT_NE(at, std::string::npos);
    bytes[at + 500] = 'b';
    test::write_file(path_, bytes);
    Spool spool(path_, kPlenty);
    spool.open();
    ASSERT_EQ(spool.items().size(), 1U);
    EXPECT_FALSE(spool.body(id));
    spool.remove({{id}});
    EXPECT_EQ(spool.bytes(), 0U);
}

TEST_F(SpoolTest, WithoutAFolderItGoesOnInMemory) {
    test::write_file(folder_ / "state", "a file where the folder should be");
    Spool spool(path_, kPlenty);
    spool.open();
    EXPECT_NE(spool.problem().find("memory"), std::string::npos) << spool.problem();
    const Spool::Added added = spool.add(batches(0, 2), {});
    ASSERT_EQ(added.ids.size(), 2U);
    EXPECT_EQ(spool.body(added.ids[1]), batch(1).body);
    spool.remove(added.ids);
    EXPECT_EQ(spool.records(), 0U);
}

TEST_F(SpoolTest, MemoryIsBoundedToo) {
    test::write_file(folder_ / "state", "");
    Spool spool(path_, 4 * Spool::kMostMemoryBytes);
    spool.open();
    constexpr std::size_t kBytes = 4U << 20;
    uint64_t lost = 0;
    for (int i = 0; i < 10; ++i) {
        lost += spool.add(batches(i, i + 1, kBytes), {}).lost_records;
    }
    EXPECT_LE(spool.bytes(), Spool::kMostMemoryBytes);
    EXPECT_EQ(lost + spool.records(), 100U);
    EXPECT_EQ(keys_of(spool).back(), "eti1/boot/9");
}

TEST_F(SpoolTest, ASecondDaemonDoesNotShareTheFile) {
    Spool first(path_, kPlenty);
    first.open();
    ASSERT_EQ(first.add(batches(0, 1), {}).ids.size(), 1U);
    Spool second(path_, kPlenty);
    second.open();
    EXPECT_NE(second.problem().find("no other daemon"), std::string::npos) << second.problem();
    EXPECT_TRUE(second.items().empty());
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(SpoolTest, ASpoolOfBeforeSessionsWereCountedIsTakenOver) {
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
    sqlite3* old = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(old,
                           "CREATE TABLE batches(id INTEGER PRIMARY KEY, key TEXT NOT NULL,"
                           " records INTEGER NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL)"
                           " STRICT; INSERT INTO batches VALUES(5,'eti1/boot/0',10,'x',x'00');",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(old);
    {
        Spool spool(path_, kPlenty);
        spool.open();
        ASSERT_EQ(spool.problem(), "");
        EXPECT_EQ(spool.records(), 10U);
        EXPECT_EQ(spool.sessions(), 0U);
        SpoolBatch next = batch(1);
        next.sessions = 7;
        spool.add({next}, {});
    }
    Spool again(path_, kPlenty);
    again.open();
    EXPECT_EQ(again.sessions(), 7U);
    EXPECT_EQ(again.records(), 20U);
    again.remove({{again.items().rbegin()->first}});
    EXPECT_EQ(again.sessions(), 0U);
}

}  // namespace
}  // namespace eti::uplink
