// What every RecordLog must do. A place is where an implementation keeps things: a default-
// constructed one is empty, log() is the log there, write(change) runs a change and makes it last,
// and reopen() leaves it and comes back, as a restart does; what was not written is gone then.
//
//     INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, RecordLogConformance, SqlitePlace);
#pragma once

#include "eti/store/record_log.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::analysis::test {

// batch_of is a batch whose only line is text; to the log it is a session.
inline RecordBatch batch_of(const std::string& text) {
    RecordBatch batch;
    batch.text = text;
    batch.sessions.emplace_back();
    batch.sessions.back().length = text.size();
    return batch;
}

template <typename Place>
class RecordLogConformance : public ::testing::Test {
  protected:
    Appended append(const std::string& key, const std::string& text,
                    const std::string& answer = "taken", Realm realm = kDefaultRealm,
                    Timestamp now = kNoon) {
        Appended appended;
        place_.write(
            [&] { appended = place_.log().append(realm, key, batch_of(text), answer, now); });
        return appended;
    }
    void acknowledge(const std::string& group, int64_t position) {
        place_.write([&] { place_.log().acknowledge(group, position); });
    }
    std::vector<LoggedBatch> batches(const std::string& group, std::size_t limit = 100) {
        return place_.log().read(group, limit);
    }
    std::vector<std::string> read(const std::string& group, std::size_t limit = 100) {
        std::vector<std::string> lines;
        for (const LoggedBatch& batch : batches(group, limit)) {
            lines.push_back(batch.lines);
        }
        return lines;
    }

    Place place_;
};
TYPED_TEST_SUITE_P(RecordLogConformance);

TYPED_TEST_P(RecordLogConformance, AKeyIsAppendedOnceHoweverOftenItIsSent) {
    const Appended first = this->append("eti1/b/1", "a\n", "the answer");
    EXPECT_FALSE(first.duplicate);
    EXPECT_EQ(first.answer, "the answer");
    EXPECT_GT(first.position, 0);
    for (int i = 0; i < 3; ++i) {
        const Appended again = this->append("eti1/b/1", "changed\n", "another answer");
        EXPECT_TRUE(again.duplicate);
        EXPECT_EQ(again.answer, "the answer");
        EXPECT_EQ(again.position, 0);
        this->place_.reopen();
    }
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("a\n"));
}

TYPED_TEST_P(RecordLogConformance, AKeyIsItsRealmsOwn) {
    this->append("1", "mine\n", "to me");
    const Appended other = this->append("1", "theirs\n", "to them", kDefaultRealm + 1);
    EXPECT_FALSE(other.duplicate);
    EXPECT_EQ(other.answer, "to them");
    const auto batches = this->batches("score");
    ASSERT_EQ(batches.size(), 2U);
    EXPECT_EQ(batches[0].realm, kDefaultRealm);
    EXPECT_EQ(batches[1].realm, kDefaultRealm + 1);
}

TYPED_TEST_P(RecordLogConformance, NoKeyIsNeverRemembered) {
    EXPECT_FALSE(this->append("", "a\n").duplicate);
    EXPECT_FALSE(this->append("", "a\n").duplicate);
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("a\n", "a\n"));
}

TYPED_TEST_P(RecordLogConformance, BatchesAreReadInTheirOrderAsTheyWerePosted) {
    std::vector<std::string> sent;
    int64_t before = 0;
    for (int i = 0; i < 40; ++i) {
        sent.push_back("{\"n\":" + std::to_string(i) + "}\n");
        const int64_t position = this->append(std::to_string(i), sent.back()).position;
        EXPECT_GT(position, before);
        before = position;
    }
    EXPECT_EQ(this->read("score"), sent);
    EXPECT_EQ(this->read("score", 7), std::vector(sent.begin(), sent.begin() + 7));
    EXPECT_EQ(this->batches("score").back().position, before) << "the one append told";
    EXPECT_EQ(this->batches("score").front().received_us, to_micros(kNoon));
}

TYPED_TEST_P(RecordLogConformance, ReopeningKeepsEverything) {
    this->append("1", "a\n");
    this->append("2", "b\n");
    this->acknowledge("score", this->batches("score").front().position);
    this->place_.reopen();
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("b\n"));
    EXPECT_THAT(this->read("history"), ::testing::ElementsAre("a\n", "b\n"));
    EXPECT_TRUE(this->append("1", "a\n").duplicate);
    this->append("3", "c\n");
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("b\n", "c\n"));
}

TYPED_TEST_P(RecordLogConformance, GroupsConsumeIndependently) {
    this->append("1", "a\n");
    this->append("2", "b\n");
    const auto batches = this->batches("score");
    ASSERT_EQ(batches.size(), 2U);
    this->acknowledge("score", batches[1].position);
    EXPECT_THAT(this->read("score"), ::testing::IsEmpty());
    EXPECT_THAT(this->read("history"), ::testing::ElementsAre("a\n", "b\n"));
    this->acknowledge("history", batches[0].position);
    EXPECT_THAT(this->read("history"), ::testing::ElementsAre("b\n"));
    EXPECT_THAT(this->read("score"), ::testing::IsEmpty());
}

TYPED_TEST_P(RecordLogConformance, WhatIsNotAcknowledgedIsReadAgain) {
    this->append("1", "a\n");
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("a\n"));
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("a\n"));
    this->place_.reopen();
    EXPECT_THAT(this->read("score"), ::testing::ElementsAre("a\n")) << "its consumer was killed";
}

TYPED_TEST_P(RecordLogConformance, AnEarlierAcknowledgementThatComesLateChangesNothing) {
    this->append("1", "a\n");
    this->append("2", "b\n");
    const auto batches = this->batches("score");
    ASSERT_EQ(batches.size(), 2U);
    this->acknowledge("score", batches[1].position);
    this->acknowledge("score", batches[0].position);
    EXPECT_THAT(this->read("score"), ::testing::IsEmpty());
}

TYPED_TEST_P(RecordLogConformance, AnyoneReadsFromAnyPlaceAndFindsItByTime) {
    using namespace std::chrono_literals;
    EXPECT_EQ(this->place_.log().last_before(kNoon), 0);
    std::vector<int64_t> positions;
    for (int i = 0; i < 9; ++i) {
        positions.push_back(
            this->append(std::to_string(i), "{}\n", "taken", kDefaultRealm, kNoon + i / 3 * 1h)
                .position);
    }
    EXPECT_EQ(this->place_.log().last_before(kNoon), 0);
    EXPECT_EQ(this->place_.log().last_before(kNoon + 1s), positions[2]);
    EXPECT_EQ(this->place_.log().last_before(kNoon + 1h), positions[2]);
    EXPECT_EQ(this->place_.log().last_before(kNoon + 2h), positions[5]);
    EXPECT_EQ(this->place_.log().last_before(kNoon + 9h), positions[8]);
    EXPECT_EQ(this->place_.log().acknowledged("score"), 0);
    this->acknowledge("score", positions[4]);
    EXPECT_EQ(this->place_.log().acknowledged("score"), positions[4]);
    const auto batches = this->place_.log().read_from(positions[1], 2);
    ASSERT_EQ(batches.size(), 2U) << "whatever a group has acknowledged";
    EXPECT_EQ(batches[0].position, positions[2]);
}

REGISTER_TYPED_TEST_SUITE_P(RecordLogConformance, AKeyIsAppendedOnceHoweverOftenItIsSent,
                            AKeyIsItsRealmsOwn, NoKeyIsNeverRemembered,
                            BatchesAreReadInTheirOrderAsTheyWerePosted, ReopeningKeepsEverything,
                            GroupsConsumeIndependently, WhatIsNotAcknowledgedIsReadAgain,
                            AnEarlierAcknowledgementThatComesLateChangesNothing,
                            AnyoneReadsFromAnyPlaceAndFindsItByTime);

}  // namespace eti::analysis::test
