#include "analysis/rescore.h"

#include "tests/unit/analysis/service_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace eti::analysis {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RescoreTest : public test::ServiceFixture {
  protected:
    // A beacon, batch by batch; returns once it made its host infected.
    void beat_until_infected() {
        const int64_t before = version();
        for (int minute = 0; minute < 8; ++minute) {
            EXPECT_EQ(post(test::beat(minute).line(), std::to_string(minute)).status, 202);
        }
        const auto changes =
            get("/v1/infected-hosts?wait=30&since=" + std::to_string(before)).json();
        EXPECT_EQ(changes["entries"].size(), 1U);
    }
    std::ostringstream differences_;
};

TEST_F(RescoreTest, TheSameRecordsGiveTheSameVerdicts) {
    start();
    beat_until_infected();
    restart();
    for (int minute = 8; minute < 12; ++minute) {
        post(test::beat(minute).line(), std::to_string(minute));
    }
    stop();
    const RescoreReport report = rescore(options_, differences_);
    EXPECT_THAT(differences_.str(), IsEmpty());
    EXPECT_GE(report.sessions, 8U);
    EXPECT_GT(report.identical, 8U);
    EXPECT_EQ(report.different + report.not_found + report.not_held, 0U);
}

TEST_F(RescoreTest, SaysWhatOtherSettingsWouldChange) {
    start();
    beat_until_infected();
    stop();
    {
        Database database(options_.data_directory + "/eti.db", Database::Access::ReadWrite);
        database.run("UPDATE evidence SET detail = 'something else' WHERE kind = 'session-model'");
        database.run("DELETE FROM evidence WHERE kind = 'repeated-sessions'");
        database.run("UPDATE evidence SET kind = 'session-burst' WHERE kind = 'beacon'");
    }
    const RescoreReport report = rescore(options_, differences_);
    EXPECT_GT(report.different, 0U);
    EXPECT_GT(report.not_held, 0U);
    EXPECT_GT(report.not_found, 0U);
    EXPECT_THAT(differences_.str(), HasSubstr("was  "));
    EXPECT_THAT(differences_.str(), HasSubstr("something else"));
}

TEST_F(RescoreTest, AVerdictNamesTheModelItCameFrom) {
    start();
    beat_until_infected();
    const auto host = get("/v1/hosts/10.0.1.10").json();
    const std::string session = host["contributions"][0]["verdict"];
    const auto verdict = get("/v1/verdicts/" + session).json();
    EXPECT_FALSE(verdict["versions"]["model"].is_null());
    EXPECT_TRUE(verdict["versions"]["feed"].is_null());
    EXPECT_THAT(get("/metrics").body, HasSubstr("eti_analysis_behaviour_sessions_total"));
}

}  // namespace
}  // namespace eti::analysis
