// The published feeds, byte for byte. ETI_DATA names the folder that holds feeds/.
#include "eti/feeds/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace eti::analysis {
namespace {

TEST(RealFeeds, import_completely) {
    const char* folder = std::getenv("ETI_DATA");
    if (folder == nullptr || *folder == '\0') {
        GTEST_SKIP() << "ETI_DATA is not set; it names the folder that holds feeds/";
    }
    struct Case {
        const char* file;
        std::size_t indicators;
        std::size_t ignored;
        IndicatorKind kind;
        bool dated;
        const char* last_reason;
    };
    const Case cases[] = {
        {"sslblacklist.csv", 5522, 0, IndicatorKind::CertificateSha1, true, "Shylock C&C"},
        {"sslblacklist-uppercase.csv", 4872, 0, IndicatorKind::CertificateSha1, true,
         "Shylock C&C"},
        {"sslblacklist-reexport.csv", 5565, 0, IndicatorKind::CertificateSha1, true, "Shylock C&C"},
        {"ja3_fingerprints.csv", 97, 0, IndicatorKind::Ja3, true, "BitRAT"},
        {"sslipblacklist.csv", 114, 0, IndicatorKind::Server, true, ""},
        {"sslipblacklist-2015.csv", 83, 0, IndicatorKind::Server, false, "Gozi C&C"},
        {"feodo-ipblocklist.csv", 28, 0, IndicatorKind::Server, true, "Pikabot"},
        {"threatfox-sample.csv", 2, 1, IndicatorKind::Server, true, "Cobalt Strike"},
        {"threatfox-sample-2024.csv", 3, 1, IndicatorKind::Server, true, "Cobalt Strike"},
        {"c2-tracker-all.txt", 2347, 0, IndicatorKind::Server, false, ""},
    };
    for (const Case& c : cases) {
        std::ifstream file(std::string(folder) + "/feeds/" + c.file, std::ios::binary);
        ASSERT_TRUE(file.is_open()) << c.file;
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const ImportedFeed feed = import_feed(text, FeedFormat::Auto);
        EXPECT_EQ(feed.error, "") << c.file;
        EXPECT_EQ(feed.rejected_count, 0U)
            << c.file << ": " << (feed.rejected.empty() ? "" : feed.rejected[0].why);
        EXPECT_EQ(feed.ignored, c.ignored) << c.file;
        ASSERT_EQ(feed.indicators.size(), c.indicators) << c.file;
        EXPECT_EQ(feed.indicators.back().kind, c.kind) << c.file;
        EXPECT_EQ(feed.indicators.back().reason, c.last_reason) << c.file;
        const auto undated = std::count_if(feed.indicators.begin(), feed.indicators.end(),
                                           [](const Indicator& i) { return i.listed_s == 0; });
        // One entry is of the first second of 1970, on purpose.
        EXPECT_LE(undated, c.dated ? 1 : static_cast<long>(c.indicators)) << c.file;
        // Cut anywhere, a list that declares its length is refused.
        if (text.find("# END") != std::string::npos) {
            const ImportedFeed cut = import_feed(text.substr(0, text.size() / 2), FeedFormat::Auto);
            const bool banner = text.find("abuse.ch SSLBL") != std::string::npos;
            EXPECT_EQ(cut.error.empty(), !banner) << c.file;
        }
    }
}

}  // namespace
}  // namespace eti::analysis
