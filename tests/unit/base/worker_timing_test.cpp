#include "eti/base/worker_timing.h"

#include <gtest/gtest.h>

#include <numeric>

namespace eti {
namespace {

using namespace std::chrono_literals;

TEST(WorkerTiming, TurnsWithFramesAreBusyAndLongOnesStalls) {
    WorkerTiming timing;
    timing.turn(3us, true);
    timing.turn(5us, false);
    timing.turn(10ms, false);
    timing.turn(11ms, true);
    const WorkerTiming::Reading reading = timing.read();
    EXPECT_EQ(reading.busy_ns, 11'003'000U);
    EXPECT_EQ(reading.stalls, 1U);
}

TEST(WorkerTiming, EachSampleIsInTheClassThatHoldsIt) {
    struct Case {
        Duration length;
        std::size_t at;
    };
    for (const Case& c : {Case{-1ns, 0}, Case{0ns, 0}, Case{1us, 0}, Case{1001ns, 1},
                          Case{25ms, 11}, Case{25'000'001ns, 12}, Case{10s, 12}}) {
        WorkerTiming timing;
        timing.residence(c.length);
        const auto reading = timing.read();
        EXPECT_EQ(reading.residence[c.at], 1U) << c.length.count();
        EXPECT_EQ(std::accumulate(reading.residence.begin(), reading.residence.end(), 0U), 1U);
        EXPECT_EQ(reading.residence_ns,
                  static_cast<uint64_t>(std::max<int64_t>(c.length.count(), 0)));
    }
}

}  // namespace
}  // namespace eti
