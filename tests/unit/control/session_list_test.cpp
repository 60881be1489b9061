#include "control/session_list.h"

#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>

#include <optional>

namespace eti::control {
namespace {

void answer(FakeDataplane::Worker& worker, uint32_t id, bool last) {
    metadata::SessionView* view = worker.sessions.reserve();
    *view = {};
    view->request = worker.request.load();
    view->id = id;
    view->last = last;
    worker.sessions.commit();
}

class SessionListTest : public testing::Test {
  protected:
    SessionList::Done keep() {
        return [this](SessionListing done) { listing_ = std::move(done); };
    }
    FakeDataplane dataplane_{2};
    std::vector<WorkerLink> links_ = dataplane_.links();
    SessionList list_{links_};
    std::optional<SessionListing> listing_;
};

TEST_F(SessionListTest, CompletesWhenEveryWorkerSaidLast) {
    ASSERT_TRUE(list_.request(at_second(0), keep()));
    answer(dataplane_.worker(0), 1, false);
    answer(dataplane_.worker(0), 0, true);
    list_.poll(at_second(0));
    EXPECT_FALSE(listing_.has_value());
    answer(dataplane_.worker(1), 2, false);
    answer(dataplane_.worker(1), 0, true);
    list_.poll(at_second(0));
    ASSERT_TRUE(listing_.has_value());
    EXPECT_EQ(listing_->sessions.size(), 2U);
    EXPECT_TRUE(listing_->silent_workers.empty());
}

TEST_F(SessionListTest, NamesTheWorkerThatDidNotAnswerInTime) {
    list_.request(at_second(0), keep());
    answer(dataplane_.worker(0), 0, true);
    list_.poll(at_second(0));
    list_.poll(at_second(1));
    ASSERT_TRUE(listing_.has_value());
    EXPECT_EQ(listing_->silent_workers, std::vector<unsigned>{1});
}

TEST_F(SessionListTest, AnswersToAnEarlierRequestAreIgnored) {
    list_.request(at_second(0), keep());
    list_.poll(at_second(1));  // nobody answered
    ASSERT_TRUE(listing_.has_value());
    listing_.reset();
    answer(dataplane_.worker(0), 1, false);  // too late, still numbered 1
    list_.request(at_second(2), keep());
    for (unsigned i = 0; i < 2; ++i) {
        answer(dataplane_.worker(i), 0, true);
    }
    list_.poll(at_second(2));
    ASSERT_TRUE(listing_.has_value());
    EXPECT_TRUE(listing_->sessions.empty());
}

TEST_F(SessionListTest, RequestsWaitTheirTurnAndAreBounded) {
    int done = 0;
    for (std::size_t i = 0; i < SessionList::kMaxWaiting; ++i) {
        EXPECT_TRUE(list_.request(at_second(0), [&](const SessionListing&) { ++done; }));
    }
    EXPECT_FALSE(list_.request(at_second(0), keep()));
    for (int64_t second = 1; done < static_cast<int>(SessionList::kMaxWaiting); ++second) {
        list_.poll(at_second(second));
        ASSERT_LE(second, 100);
    }
    EXPECT_TRUE(list_.request(at_second(200), keep()));
}

}  // namespace
}  // namespace eti::control
