#include "eti/base/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <thread>

namespace eti {
namespace {

bool readable(int fd, int timeout_ms) {
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, timeout_ms) == 1;
}

TEST(Mailbox, hands_over_in_order_and_empties) {
    Mailbox<int> mailbox;
    EXPECT_FALSE(readable(mailbox.fd(), 0));
    mailbox.post(1);
    mailbox.post(2);
    EXPECT_TRUE(readable(mailbox.fd(), 0));
    EXPECT_THAT(mailbox.take_all(), testing::ElementsAre(1, 2));
    EXPECT_FALSE(readable(mailbox.fd(), 0));
    EXPECT_TRUE(mailbox.take_all().empty());
}

TEST(Mailbox, carries_what_can_only_be_moved) {
    Mailbox<std::unique_ptr<int>> mailbox;
    mailbox.post(std::make_unique<int>(7));
    auto taken = mailbox.take_all();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(*taken.front(), 7);
}

TEST(Mailbox, wakes_a_waiting_thread_and_loses_nothing) {
    constexpr int kMessages = 1000;
    Mailbox<int> mailbox;
    std::thread sender([&] {
        for (int i = 0; i < kMessages; ++i) {
            mailbox.post(i);
        }
    });
    int next = 0;
    while (next < kMessages && readable(mailbox.fd(), 10'000)) {
        for (const int message : mailbox.take_all()) {
            EXPECT_EQ(message, next++);
        }
    }
    sender.join();
    EXPECT_EQ(next, kMessages);
}

}  // namespace
}  // namespace eti
