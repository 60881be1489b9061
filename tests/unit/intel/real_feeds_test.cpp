// The published lists, byte for byte. ETI_DATA names the folder that holds feeds/.
#include "eti/intel/feed.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace eti::intel {
namespace {

TEST(RealFeeds, load_completely) {
    const char* folder = std::getenv("ETI_DATA");
    if (folder == nullptr || *folder == '\0') {
        GTEST_SKIP() << "ETI_DATA is not set; it names the folder that holds feeds/";
    }
    struct Case {
        const char* file;
        std::size_t entries;
        const char* first_reason;
    };
    const Case cases[] = {{"sslblacklist.csv", 5522, "DCRat C&C"},
                          {"sslblacklist-uppercase.csv", 4872, "Fake"},
                          {"sslblacklist-reexport.csv", 5565, "AsyncRAT C&C"}};
    for (const Case& c : cases) {
        std::ifstream file(std::string(folder) + "/feeds/" + c.file, std::ios::binary);
        ASSERT_TRUE(file.is_open()) << c.file;
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const CertificateFeed feed = parse_certificate_feed(text);
        EXPECT_EQ(feed.error, "") << c.file;
        EXPECT_EQ(feed.rejected_count, 0U) << c.file;
        ASSERT_EQ(feed.entries.size(), c.entries) << c.file;
        EXPECT_EQ(feed.entries.front().reason, c.first_reason) << c.file;
        EXPECT_EQ(feed.entries.back().reason, "Shylock C&C") << c.file;
        EXPECT_TRUE(feed.sha256_entries.empty()) << c.file;
    }
}

}  // namespace
}  // namespace eti::intel
