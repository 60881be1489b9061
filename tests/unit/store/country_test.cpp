#include "eti/store/country.h"

#include "eti/store/private_file.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace eti::analysis {
namespace {

using ::testing::HasSubstr;

std::string fetched(const std::string& name) {
    return std::string(ETI_SOURCE_DIR) + "/build/country/" + name;
}

std::string code(const CountryDatabase& database, const char* ip) {
    return database.code(*net::parse_ip(ip));
}

TEST(CountryDatabase, KnowsBothFamilies) {
    if (!std::filesystem::exists(fetched("country.mmdb"))) {
        GTEST_SKIP() << "needs the file of scripts/dependencies --country";
    }
    const CountryDatabase database(fetched("country.mmdb"));
    EXPECT_EQ(code(database, "193.0.6.139"), "NL");  // RIPE NCC
    EXPECT_EQ(code(database, "2001:67c:2e8:22::c100:68b"), "NL");
    EXPECT_EQ(code(database, "10.0.0.1"), "");
    EXPECT_EQ(code(database, "::1"), "");
}

TEST(CountryDatabase, AFileOfOneFamilyLeavesTheOtherUnknown) {
    if (!std::filesystem::exists(fetched("country-ipv4.mmdb"))) {
        GTEST_SKIP() << "needs the file of scripts/dependencies --country";
    }
    const CountryDatabase database(fetched("country-ipv4.mmdb"));
    EXPECT_EQ(code(database, "193.0.6.139"), "NL");
    EXPECT_EQ(code(database, "2001:67c:2e8:22::c100:68b"), "");
}

TEST(CountryDatabase, SaysWhatIsWrongWithAFile) {
    const test::TemporaryFolder folder;
    write_file(folder.path("text.mmdb"), "not a database", 0644);
    for (const std::string& file : {folder.path("text.mmdb"), folder.path("missing.mmdb")}) {
        try {
            const CountryDatabase database(file);
            ADD_FAILURE() << file << " was taken";
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr(file));
            EXPECT_THAT(error.what(), HasSubstr("--country-db"));
        }
    }
}

}  // namespace
}  // namespace eti::analysis
