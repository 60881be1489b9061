#include "eti/model/model.h"

#include <gmock/gmock.h>

#include <cmath>

namespace eti::model {
namespace {

using testing::HasSubstr;

std::string complaint_about(const Files& files) {
    try {
        const Model model(files);
        return {};
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

Files replace(Files files, const std::string& what, const std::string& by) {
    files.side.replace(files.side.find(what), what.size(), by);
    return files;
}

TEST(Model, the_built_in_one_loads_and_scores) {
    const Model model(built_in());
    EXPECT_GT(model.thresholds().low, 0);
    EXPECT_GT(model.thresholds().high, model.thresholds().low);
    const features::Vector nothing;
    const float score = model.score(nothing);
    EXPECT_GE(score, 0);
    EXPECT_LE(score, 1);
    EXPECT_EQ(score, model.score(nothing));
    EXPECT_EQ(score, Model(built_in()).score(nothing));
}

TEST(Model, contributions_add_up_to_the_score) {
    const Model model(built_in());
    features::Vector vector;
    const auto bias_of = [&](const features::Vector& of) {
        double sum = 0;
        for (const Contribution& part : model.contributions(of)) {
            sum += part.margin;
        }
        const double score = model.score(of);
        return std::log(score / (1 - score)) - sum;
    };
    const double bias = bias_of(vector);
    vector[features::Feature::self_signed] = 1;
    vector[features::Feature::issuer_known] = 0;
    vector[features::Feature::port_443] = 1;
    EXPECT_NEAR(bias_of(vector), bias, 1e-3);
    const auto parts = model.contributions(vector);
    EXPECT_EQ(parts.size(), model.features().size());
    EXPECT_GE(parts.front().margin, parts.back().margin);
}

TEST(Model, damaged_files_are_refused_with_a_sentence) {
    Files files = built_in();
    files.model.resize(files.model.size() / 2);
    EXPECT_THAT(complaint_about(files), HasSubstr("is damaged"));
    files = built_in();
    files.side.resize(files.side.size() / 2);
    EXPECT_THAT(complaint_about(files), HasSubstr("side file is no good"));
    EXPECT_THAT(complaint_about(replace(built_in(), "\"duration\"", "\"durations\"")),
                HasSubstr("feature 'durations' is not in this program"));
    EXPECT_THAT(complaint_about(replace(built_in(), "\"duration\",", "")),
                HasSubstr("features and its side file names"));
    EXPECT_THAT(complaint_about(replace(built_in(), "fpr_1e-2\": 0", "fpr_1e-2\": 7")),
                HasSubstr("is not between 0 and 1"));
    EXPECT_THAT(complaint_about({"", ""}), HasSubstr("side file is no good"));
    EXPECT_THROW(files_in("/nonexistent"), std::runtime_error);
}

}  // namespace
}  // namespace eti::model
