#include "eti/flow/timer_wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace eti::flow {
namespace {

std::vector<uint32_t> advance(TimerWheel& wheel, uint64_t tick, uint32_t budget = 1000) {
    std::vector<uint32_t> fired;
    wheel.advance(tick, budget, [&](uint32_t index) { fired.push_back(index); });
    return fired;
}

TEST(TimerWheel, FiresWhenDueAndNotBefore) {
    TimerWheel wheel(4, 16);
    advance(wheel, 100);
    wheel.schedule(1, 105);
    EXPECT_TRUE(advance(wheel, 104).empty());
    EXPECT_EQ(advance(wheel, 105), std::vector<uint32_t>{1});
    EXPECT_TRUE(advance(wheel, 200).empty());
}

TEST(TimerWheel, CancelAndMove) {
    TimerWheel wheel(4, 16);
    advance(wheel, 100);
    wheel.schedule(0, 103);
    wheel.schedule(1, 103);
    wheel.schedule(2, 103);
    wheel.cancel(1);
    wheel.schedule(2, 106);
    EXPECT_EQ(advance(wheel, 105), std::vector<uint32_t>{0});
    EXPECT_EQ(advance(wheel, 106), std::vector<uint32_t>{2});
}

TEST(TimerWheel, TimersBeyondTheWheelFireEarlyForTheirHandlerToRenew) {
    TimerWheel wheel(1, 16);
    advance(wheel, 1000);
    uint64_t fired_at = 0;
    wheel.schedule(0, 1100);
    for (uint64_t tick = 1001; tick <= 1100 && fired_at == 0; ++tick) {
        wheel.advance(tick, 10, [&](uint32_t index) {
            if (tick < 1100) {
                wheel.schedule(index, 1100);
            } else {
                fired_at = tick;
            }
        });
    }
    EXPECT_EQ(fired_at, 1100U);
}

TEST(TimerWheel, WhatIsOverBudgetFiresNextTime) {
    TimerWheel wheel(8, 16);
    advance(wheel, 10);
    for (uint32_t i = 0; i < 8; ++i) {
        wheel.schedule(i, 12);
    }
    EXPECT_EQ(advance(wheel, 13, 5).size(), 5U);
    EXPECT_EQ(advance(wheel, 13, 5).size(), 3U);
}

TEST(TimerWheel, ALongSilenceLosesNoTimer) {
    TimerWheel wheel(64, 16);
    advance(wheel, 10);
    for (uint32_t i = 0; i < 64; ++i) {
        wheel.schedule(i, 11 + i % 15);
    }
    EXPECT_EQ(advance(wheel, 1'000'000).size(), 64U);
}

TEST(TimerWheel, AgreesWithASortedMap) {
    constexpr uint32_t kTimers = 50;
    TimerWheel wheel(kTimers, 64);
    std::map<uint32_t, uint64_t> model;
    std::mt19937 random(1);
    uint64_t now = 500;
    advance(wheel, now);
    for (int step = 0; step < 5000; ++step) {
        const auto index = static_cast<uint32_t>(random() % kTimers);
        if (random() % 4 == 0) {
            wheel.cancel(index);
            model.erase(index);
        } else {
            const uint64_t due = now + 1 + random() % 60;
            wheel.schedule(index, due);
            model[index] = due;
        }
        now += random() % 3;
        for (const uint32_t fired : advance(wheel, now)) {
            ASSERT_TRUE(model.contains(fired));
            ASSERT_LE(model[fired], now);
            model.erase(fired);
        }
        for (const auto& [index_left, due] : model) {
            ASSERT_GT(due, now) << "timer " << index_left << " is overdue";
        }
    }
}

}  // namespace
}  // namespace eti::flow
