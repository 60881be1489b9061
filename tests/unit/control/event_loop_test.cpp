#include "eti/control/event_loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <thread>

namespace eti::control {
namespace {

using std::chrono::milliseconds;

TEST(EventLoop, HandlerRunsWhenItsDescriptorIsReady) {
    EventLoop loop(milliseconds(1000));
    EventFd event;
    int calls = 0;
    loop.add(event.fd(), EPOLLIN, [&](uint32_t events) {
        EXPECT_EQ(events, static_cast<uint32_t>(EPOLLIN));
        event.clear();
        ++calls;
    });
    loop.turn(milliseconds(0));
    EXPECT_EQ(calls, 0);
    event.signal();
    loop.turn(milliseconds(1000));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoop, AHandlerMayRemoveItselfAndOthers) {
    EventLoop loop(milliseconds(1000));
    EventFd first;
    EventFd second;
    int calls = 0;
    const auto remove_both = [&](uint32_t) {
        ++calls;
        loop.remove(first.fd());
        loop.remove(second.fd());
    };
    loop.add(first.fd(), EPOLLIN, remove_both);
    loop.add(second.fd(), EPOLLIN, remove_both);
    first.signal();
    second.signal();
    loop.turn(milliseconds(1000));
    loop.turn(milliseconds(0));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoop, TickWithMoreWorkIsCalledAgainWithoutPausing) {
    EventLoop loop(milliseconds(1));
    int calls = 0;
    loop.add_tick([&] { return ++calls < 5; });
    const auto before = std::chrono::steady_clock::now();
    while (calls == 0) {
        loop.turn(milliseconds(10));
    }
    for (int i = 0; i < 4; ++i) {
        loop.turn(milliseconds(60'000));
    }
    EXPECT_EQ(calls, 5);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
}

TEST(EventLoop, StopFromAnotherThreadEndsRun) {
    EventLoop loop(milliseconds(60'000));
    std::thread other([&] { loop.stop(); });
    loop.run();
    other.join();
    EXPECT_TRUE(loop.stopped());
}

TEST(EventLoop, AddingAClosedDescriptorIsAnError) {
    EventLoop loop(milliseconds(1000));
    EXPECT_THROW(loop.add(-1, EPOLLIN, [](uint32_t) {}), std::system_error);
}

}  // namespace
}  // namespace eti::control
