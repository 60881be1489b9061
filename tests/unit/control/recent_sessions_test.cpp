#include "eti/control/recent_sessions.h"

#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>

namespace eti::control {
namespace {

std::string ids(const RecentSessions& recent, std::size_t limit) {
    std::string text;
    recent.newest_first(limit, [&](const RecentSession& session) {
        text += (text.empty() ? "" : " ") + std::to_string(session.record.id);
    });
    return text;
}

TEST(RecentSessions, TheOldestGiveWay) {
    RecentSessions recent(3);
    EXPECT_EQ(ids(recent, 9), "");
    for (const uint64_t id : {1U, 2U, 3U, 4U, 5U}) {
        recent.add(example_record(id), nullptr);
    }
    EXPECT_EQ(ids(recent, 9), "5 4 3");
    EXPECT_EQ(ids(recent, 2), "5 4");
    EXPECT_EQ(recent.find(2), nullptr);
    ASSERT_NE(recent.find(4), nullptr);
    EXPECT_EQ(recent.size(), 3U);
}

TEST(RecentSessions, ALaterPhaseTakesThePlaceOfAnEarlierOne) {
    RecentSessions recent(2);
    metadata::Record record = example_record(7);
    record.phase = metadata::Phase::Handshake;
    recent.add(record, nullptr);
    recent.add(example_record(8), nullptr);
    record.phase = metadata::Phase::End;
    metadata::CertificateSummary leaf;
    leaf.subject = "CN=a";
    recent.add(record, &leaf);
    EXPECT_EQ(ids(recent, 9), "8 7");
    EXPECT_EQ(recent.find(7)->record.phase, metadata::Phase::End);
    EXPECT_EQ(recent.find(7)->subject, "CN=a");
}

TEST(RecentSessions, NoneAreKeptWhenNoneAreWanted) {
    RecentSessions recent(0);
    recent.add(example_record(1), nullptr);
    EXPECT_EQ(recent.size(), 0U);
}

}  // namespace
}  // namespace eti::control
