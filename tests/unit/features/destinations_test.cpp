#include "eti/features/destinations.h"

#include "tests/support/session_builder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

namespace eti::features {
namespace {

using test::SessionBuilder;

// Starts seconds apart, jitter a share of the interval: uniform, from a generator that repeats.
struct Beacon {
    const char* why;
    double interval;
    double jitter;  // of the interval, at most
    int sessions;
    bool beacon;
};

DestinationFacts run(Destinations& destinations, Context& context, const Beacon& beacon) {
    DestinationFacts facts;
    uint64_t random = 1;
    for (int i = 0; i < beacon.sessions; ++i) {
        random = (random * 1'103'515'245 + 12'345) % 2'147'483'648;
        const double shift =
            beacon.jitter * beacon.interval * (static_cast<double>(random) / 1'073'741'824 - 1);
        const SessionBuilder session = SessionBuilder().at(i * beacon.interval + shift);
        facts = destinations.note(session.get(), context.observe(session.get(), nullptr), 0.1F,
                                  false, std::to_string(i));
    }
    return facts;
}

TEST(Destinations, timers_are_found) {
    for (const Beacon& beacon : {
             Beacon{"Merlin: 31.6 s with little jitter", 31.6, 0.05, 30, true},
             Beacon{"Empire: 5.05 s, a perfect timer", 5.05, 0.002, 30, true},
             Beacon{"Sliver: 70 s", 70, 0.1, 30, true},
             Beacon{"Kovter: every 120 s exactly", 120, 0, 180, true},
             Beacon{"an update service every 900 s: a beacon too, alone no verdict", 900, 0, 24,
                    true},
             Beacon{"too few", 120, 0, 5, false},
             Beacon{"a person", 60, 2.5, 30, false},
         }) {
        Destinations destinations;
        Context context({});
        EXPECT_EQ(run(destinations, context, beacon).beacon(), beacon.beacon) << beacon.why;
    }
}

TEST(Destinations, a_perfect_timer_has_no_irregularity) {
    Destinations destinations;
    Context context({});
    const DestinationFacts facts = run(destinations, context, {"", 120, 0, 60, true});
    EXPECT_EQ(facts.irregularity, 0);
    EXPECT_EQ(facts.near_mode, 1);
    EXPECT_EQ(facts.interval_s, 120);
    EXPECT_EQ(facts.sessions_day, 60U);
    EXPECT_LE(facts.sessions_hour, 31U);
    EXPECT_GE(facts.hours, 2U);
}

TEST(Destinations, sessions_that_start_together_are_one_start) {
    Destinations destinations;
    Context context({});
    DestinationFacts facts;
    for (int i = 0; i < 40; ++i) {
        const SessionBuilder session = SessionBuilder().at(i * 0.3 / 40);
        facts = destinations.note(session.get(), context.observe(session.get(), nullptr), 0, false,
                                  std::to_string(i));
    }
    EXPECT_EQ(facts.starts, 1U);
    EXPECT_TRUE(facts.burst());
    EXPECT_FALSE(facts.beacon());
}

TEST(Destinations, a_timer_inside_one_long_session_is_found) {
    SessionBuilder session;
    for (int i = 0; i < 20; ++i) {
        session.records({{300, 4'970'000U + static_cast<uint32_t>(i % 3) * 10'000U, 23}});
    }
    Destinations destinations;
    Context context({});
    const DestinationFacts facts =
        destinations.note(session.get(), context.observe(session.get(), nullptr), 0, false, "a");
    EXPECT_LT(facts.gap_irregularity, 0.01F);
    EXPECT_TRUE(facts.beacon());
}

TEST(Destinations, phases_of_a_session_count_once) {
    Destinations destinations;
    Context context({});
    DestinationFacts facts;
    for (int i = 0; i < 3; ++i) {
        const SessionBuilder session;
        facts = destinations.note(session.get(), context.observe(session.get(), nullptr), 0.5F,
                                  true, "same");
    }
    EXPECT_EQ(facts.sessions_day, 1U);
    EXPECT_EQ(facts.above_low, 1U);
}

TEST(Destinations, memory_is_bounded) {
    EXPECT_LE(Destinations::bytes_per_pair(), 512U);
    Destinations destinations(10);
    Context context({});
    for (uint8_t i = 0; i < 20; ++i) {
        const SessionBuilder session = SessionBuilder().server(i);
        destinations.note(session.get(), context.observe(session.get(), nullptr), 0, false, "a");
    }
    EXPECT_EQ(destinations.size(), 10U);
    EXPECT_EQ(destinations.evicted(), 10U);
}

}  // namespace
}  // namespace eti::features
