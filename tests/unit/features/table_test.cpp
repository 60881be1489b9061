#include "eti/features/table.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

namespace eti::features {
namespace {

TEST(FeatureTable, names_are_unique_and_lead_back_to_their_feature) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const FeatureText& row = feature_table()[i];
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_EQ(feature_of(row.name), static_cast<Feature>(i));
        EXPECT_FALSE(row.unit.empty() || row.definition.empty()) << row.name;
    }
    EXPECT_EQ(feature_of("no_such_feature"), std::nullopt);
}

TEST(FeatureTable, a_new_vector_is_missing_everywhere) {
    const Vector vector;
    for (const float value : vector.values()) {
        EXPECT_TRUE(std::isnan(value));
    }
}

TEST(FeatureTable, the_documentation_is_the_table) {
    std::ifstream file(std::string(ETI_SOURCE_DIR) + "/docs/features.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text, documentation())
        << "run build/release/bin/eti-analysis features --documentation >docs/features.md";
}

}  // namespace
}  // namespace eti::features
