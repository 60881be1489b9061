#include "eti/decap/fragment_cache.h"
#include "tests/support/fragment_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace eti::decap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Bytes;
using test::numbered;
using Host = test::FragmentHost;

TEST(FragmentCache, OneIdentificationInDifferentPlaces) {
    struct Case {
        const char* what;
        Fragment other;
        bool same;
    };
    const Fragment usual = Host::fragment(false);
    const auto changed = [](bool ipv6, auto&& change) {
        Fragment fragment = Host::fragment(ipv6);
        change(fragment);
        return fragment;
    };
    const auto mapped = [](Fragment& f) {
        f.source = Host::fragment(false).source;
        f.destination = Host::fragment(false).destination;
    };
    const Case cases[] = {
        {"nothing", usual, true},
        {"source", changed(false, [](Fragment& f) { f.source = f.destination; }), false},
        {"destination", changed(false, [](Fragment& f) { f.destination = f.source; }), false},
        {"identification", Host::fragment(false, 2), false},
        {"identification beyond its 16 bits", Host::fragment(false, 0x10001), true},
        {"protocol", changed(false, [](Fragment& f) { f.protocol = net::kTcp; }), false},
        {"VLAN or tunnel", changed(false, [](Fragment& f) { f.link = 100; }), false},
        {"wire", changed(false, [](Fragment& f) { f.wire = 1; }), false},
        {"family", changed(true, mapped), false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.what);
        Host host;
        EXPECT_EQ(host.add(usual, 0, "AAAAAAAA", true), Reassembly::Waiting);
        EXPECT_EQ(host.add(c.other, 8, "b", false),
                  c.same ? Reassembly::Complete : Reassembly::Waiting);
    }
}

TEST(FragmentCache, TimeRunsFromTheFirstFragment) {
    struct Case {
        const char* why;
        bool ipv6;
        Duration age;
        Reassembly result;
    };
    const Case cases[] = {
        {"in time", false, milliseconds(28'999), Reassembly::Complete},
        {"the endpoint may have given up", false, seconds(29), Reassembly::Discarded},
        {"or may not yet", false, milliseconds(30'999), Reassembly::Discarded},
        {"forgotten at both", false, seconds(31), Reassembly::Waiting},
        {"in time", true, milliseconds(58'999), Reassembly::Complete},
        {"the endpoint may have given up", true, seconds(59), Reassembly::Discarded},
        {"or may not yet", true, milliseconds(60'999), Reassembly::Discarded},
        {"forgotten at both", true, seconds(61), Reassembly::Waiting},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Host host;
        host.add(Host::fragment(c.ipv6), 0, "AAAAAAAA", true);
        host.now += c.age / 2;
        host.add(Host::fragment(c.ipv6), 8, "BBBBBBBB", true);
        host.now += c.age - c.age / 2;
        EXPECT_EQ(host.add(Host::fragment(c.ipv6), 16, "c", false), c.result);
        EXPECT_EQ(host.cache.blocks_used(), c.result == Reassembly::Waiting ? 1U : 0U);
    }
}

TEST(FragmentCache, ForgetsARefusedDatagramAfterItsTimeout) {
    Host host;
    host.add(Host::fragment(false), 0, "AAAAAAAA", true);
    EXPECT_EQ(host.add(Host::fragment(false), 0, "XXXXXXXX", true), Reassembly::Overlap);
    EXPECT_EQ(host.cache.blocks_used(), 0U);
    host.now += milliseconds(30'999);
    EXPECT_EQ(host.add(Host::fragment(false), 0, "AAAAAAAA", true), Reassembly::Discarded);
    host.now += milliseconds(1);
    EXPECT_EQ(host.add(Host::fragment(false), 0, "AAAAAAAA", true), Reassembly::Waiting);
    EXPECT_EQ(host.add(Host::fragment(false), 8, "b", false), Reassembly::Complete);
    EXPECT_EQ(host.count(FragmentCounter::TimedOut), 0U);
}

TEST(FragmentCache, ExpiresBothFamiliesWithoutBeingAskedForThem) {
    Host host;
    for (uint32_t id = 0; id < 100; ++id) {
        host.add(Host::fragment(id % 2 == 0, id), 8, "BBBBBBBB", true);
    }
    EXPECT_EQ(host.cache.datagrams(), 100U);
    host.now += seconds(31);
    host.add(Host::fragment(false, 1000), 8, "BBBBBBBB", true);
    EXPECT_EQ(host.cache.datagrams(), 51U);
    host.now += seconds(30);
    host.add(Host::fragment(false, 1001), 8, "BBBBBBBB", true);
    EXPECT_EQ(host.cache.datagrams(), 2U);
    EXPECT_EQ(host.count(FragmentCounter::TimedOut), 100U);
}

// A capture's time may go back; nothing may get stuck behind a datagram from the future.
TEST(FragmentCache, SurvivesTimeThatGoesBack) {
    Host host;
    host.add(Host::fragment(false, 1), 0, "AAAAAAAA", true);
    host.now -= std::chrono::hours(2);
    host.add(Host::fragment(false, 2), 0, "AAAAAAAA", true);
    EXPECT_EQ(host.add(Host::fragment(false, 1), 8, "b", false), Reassembly::Complete);
    host.now += seconds(31);
    EXPECT_EQ(host.add(Host::fragment(false, 2), 8, "b", false), Reassembly::Waiting);
}

FragmentLimits limits_of(uint32_t datagrams, uint32_t blocks, uint32_t fragments = 8192) {
    FragmentLimits limits;
    limits.datagrams = datagrams;
    limits.blocks = blocks;
    limits.fragments = fragments;
    return limits;
}

TEST(FragmentCache, AFloodEvictsTheOldestAndNewOnesStillComplete) {
    constexpr uint32_t kDatagrams = 64;
    constexpr uint32_t kBlocks = 96;
    Host host(limits_of(kDatagrams, kBlocks));
    const Bytes payload = numbered(3000);
    const auto bytes = std::span<const uint8_t>(payload);
    for (uint32_t id = 0; id < kDatagrams * 10; ++id) {
        const bool ipv6 = id % 3 == 0;
        ASSERT_EQ(host.add(Host::fragment(ipv6, id), 8, bytes.first(2992), true),
                  Reassembly::Waiting);
        ASSERT_LE(host.cache.datagrams(), kDatagrams);
        ASSERT_LE(host.cache.blocks_used(), kBlocks);
        if (id % 10 == 9) {
            const Fragment other = Host::fragment(ipv6, 0x8000 + id);
            ASSERT_EQ(host.add(other, 0, bytes.first(1480), true), Reassembly::Waiting);
            ASSERT_EQ(host.add(other, 1480, bytes.subspan(1480), false), Reassembly::Complete);
            ASSERT_TRUE(test::is_whole(host.datagram, payload, ipv6));
        }
    }
    EXPECT_EQ(host.count(FragmentCounter::Evicted), kDatagrams * 10 - host.cache.datagrams());
    // The youngest is still there, the oldest is not.
    EXPECT_EQ(host.add(Host::fragment(false, kDatagrams * 10 - 1), 3000, "x", false),
              Reassembly::Waiting);
    EXPECT_EQ(host.cache.datagrams(), kBlocks / 2);
}

TEST(FragmentCache, BeyondItsBudgetADatagramIsForwardedUninspected) {
    struct Case {
        const char* why;
        FragmentLimits limits;
        std::size_t piece;
        std::size_t kept;
    };
    const Case cases[] = {
        {"fragments", limits_of(4, 64, 3), 8, 3},
        {"blocks", limits_of(4, 2), 2048, 2},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Host host(c.limits);
        const Bytes payload(c.piece, 'x');
        for (std::size_t i = 0; i < c.kept + 3; ++i) {
            EXPECT_EQ(host.add(Host::fragment(false), i * c.piece, payload, true),
                      i < c.kept ? Reassembly::Waiting : Reassembly::OverBudget);
        }
        EXPECT_EQ(host.cache.blocks_used(), 0U);
        EXPECT_EQ(host.count(FragmentCounter::OverBudget), 3U);
        host.now += seconds(30);
        EXPECT_EQ(host.add(Host::fragment(false), 0, payload, true), Reassembly::OverBudget);
        host.now += seconds(1);
        EXPECT_EQ(host.add(Host::fragment(false), 0, payload, true), Reassembly::Waiting);
    }
}

TEST(FragmentCache, TakesAFullDatagramInPiecesOfEightBytes) {
    Host host;
    const Bytes payload = numbered(65'512);
    std::vector<std::size_t> order(payload.size() / 8);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(7));
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto piece = std::span<const uint8_t>(payload).subspan(order[i] * 8, 8);
        ASSERT_EQ(host.add(Host::fragment(false), order[i] * 8, piece, order[i] + 1 < order.size()),
                  i + 1 < order.size() ? Reassembly::Waiting : Reassembly::Complete);
    }
    EXPECT_TRUE(test::is_whole(host.datagram, payload, false));
}

TEST(FragmentCache, CountsEachAnswer) {
    Host host;
    host.add(Host::fragment(true), 0, "AAAAAAAA", true);
    host.add(Host::fragment(true), 0, "AAAAAAAA", true);
    host.add(Host::fragment(true), 8, "odd", true);
    host.add(Host::fragment(true), 0, "XXXXXXXX", true);
    host.add(Host::fragment(true), 8, "b", false);
    host.add(Host::fragment(true, 2), 0, "AAAAAAAA", true);
    host.add(Host::fragment(true, 2), 8, "b", false);
    EXPECT_EQ(host.text(), "AAAAAAAAb");
    EXPECT_EQ(host.count(FragmentCounter::Fragments), 7U);
    EXPECT_EQ(host.count(FragmentCounter::Completed), 1U);
    EXPECT_EQ(host.count(FragmentCounter::Duplicates), 1U);
    EXPECT_EQ(host.count(FragmentCounter::Overlaps), 1U);
    EXPECT_EQ(host.count(FragmentCounter::Discarded), 1U);
    EXPECT_EQ(host.count(FragmentCounter::Malformed), 1U);
}

TEST(FragmentCache, AnswersAsTheModelDoesOnRandomScripts) {
    std::mt19937 random(20'261'124);
    FragmentCache cache(limits_of(64, 1024), {5, 6});
    Timestamp now{};
    std::size_t completed = 0;
    for (int script = 0; script < 20'000; ++script) {
        Bytes bytes(1 + random() % 49 * 6);
        std::generate(bytes.begin(), bytes.end(),
                      [&random] { return static_cast<uint8_t>(random()); });
        // Mostly few datagrams of few fragments, so that they often become complete.
        const int kinds[] = {0x7f, 0x03, 0x0d, 0x01};
        const int places[] = {0x3f, 0x33};
        for (std::size_t at = 1; at + 1 < bytes.size(); at += 6) {
            bytes[at] = static_cast<uint8_t>(bytes[at] & kinds[script % 4]);
            bytes[at + 1] = static_cast<uint8_t>(bytes[at + 1] & places[script / 4 % 2]);
            bytes[at + 2] = script % 3 == 0 ? bytes[at + 2] : uint8_t{0};
        }
        now += std::chrono::hours(1);
        test::FragmentModel model({});
        const auto wrong = test::run_fragment_script(bytes, cache, model, now, completed);
        ASSERT_FALSE(wrong.has_value()) << "script " << script << ", " << *wrong;
    }
    EXPECT_GT(completed, 5'000U);
}

}  // namespace
}  // namespace eti::decap
