#include "uplink/backoff.h"

#include <gtest/gtest.h>

namespace eti::uplink {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const SteadyTime kNow{std::chrono::hours(1)};

TEST(Backoff, DelaysDoubleUpToTheMost) {
    struct Case {
        const char* why;
        uint32_t failures;
        double random;
        std::optional<seconds> retry_after;
        milliseconds delay;
    };
    const Case cases[] = {
        {"first failure, no luck", 1, 1.0, {}, milliseconds(500)},
        {"first failure, all luck: half", 1, 0.0, {}, milliseconds(250)},
        {"second doubles", 2, 1.0, {}, milliseconds(1000)},
        {"fifth", 5, 1.0, {}, milliseconds(8000)},
        {"never beyond the most", 9, 1.0, {}, milliseconds(30'000)},
        {"nor after very many", 100, 1.0, {}, milliseconds(30'000)},
        {"random out of range is clamped", 1, 7.0, {}, milliseconds(500)},
        {"Retry-After is a floor", 1, 1.0, seconds(7), milliseconds(7000)},
        {"a shorter Retry-After changes nothing", 9, 1.0, seconds(1), milliseconds(30'000)},
        {"an absurd Retry-After is cut", 1, 1.0, seconds(1'000'000'000), milliseconds(300'000)},
    };
    for (const Case& c : cases) {
        Backoff backoff(milliseconds(500), milliseconds(30'000));
        for (uint32_t i = 0; i < c.failures; ++i) {
            backoff.failed(kNow, c.random, c.retry_after);
        }
        EXPECT_EQ(backoff.due() - kNow, c.delay) << c.why;
        EXPECT_FALSE(backoff.ready(kNow + c.delay - milliseconds(1))) << c.why;
        EXPECT_TRUE(backoff.ready(kNow + c.delay)) << c.why;
    }
}

TEST(Backoff, SuccessStartsOver) {
    Backoff backoff(milliseconds(500), milliseconds(30'000));
    backoff.failed(kNow, 1.0, {});
    backoff.failed(kNow, 1.0, {});
    backoff.succeeded();
    EXPECT_TRUE(backoff.ready(kNow));
    EXPECT_EQ(backoff.failures(), 0U);
    backoff.failed(kNow, 1.0, {});
    EXPECT_EQ(backoff.due() - kNow, milliseconds(500));
}

}  // namespace
}  // namespace eti::uplink
