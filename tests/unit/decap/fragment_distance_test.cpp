// Datagrams that Linux gives up because too many others came in between (ipfrag_max_dist).
#include "eti/decap/fragment_cache.h"
#include "tests/support/fragment_host.h"

#include <gtest/gtest.h>

namespace eti::decap {
namespace {

using std::chrono::seconds;
using test::Bytes;
using Host = test::FragmentHost;

constexpr uint32_t kDistance = 64;

// A fragment of the pair that all cases are about, with a hop limit.
Reassembly add_from(Host& host, uint8_t hop_limit, uint32_t identification, std::size_t offset,
                    std::string_view text, bool more) {
    Bytes header = test::default_header(false);
    header[8] = hop_limit;
    Fragment fragment = Host::fragment(false, identification);
    fragment.header = header;
    return host.add(fragment, offset, text, more);
}

void add_others(Host& host, uint32_t count, uint8_t hop_limit = 64, uint32_t first_id = 1000) {
    for (uint32_t id = first_id; id < first_id + count; ++id) {
        ASSERT_EQ(add_from(host, hop_limit, id, 0, "AAAAAAAA", true), Reassembly::Waiting);
    }
}

TEST(FragmentDistance, BeyondItADatagramStartsAnew) {
    struct Case {
        const char* why;
        bool ipv6;
        uint32_t others;
        bool anew;
    };
    const Case cases[] = {
        {"as many as Linux allows", false, kDistance - 1, false},
        {"one more", false, kDistance, true},
        {"IPv6 has no such rule", true, 1000, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Host host;
        const Fragment fragment = Host::fragment(c.ipv6, 1);
        host.add(fragment, 0, "AAAAAAAA", true);
        for (uint32_t id = 0; id < c.others; ++id) {
            host.add(Host::fragment(c.ipv6, 1000 + id), 0, "AAAAAAAA", true);
        }
        EXPECT_EQ(host.add(fragment, 8, "b", false),
                  c.anew ? Reassembly::Waiting : Reassembly::Complete);
        if (c.anew) {
            EXPECT_EQ(host.add(fragment, 0, "XXXXXXXX", true), Reassembly::Complete);
            EXPECT_EQ(host.text(), "XXXXXXXXb") << "nothing of the old one is left";
            EXPECT_EQ(host.count(FragmentCounter::TimedOut), 1U);
        }
    }
}

// A lost fragment must not cost more than its own datagram, however soon its identification is
// used again.
TEST(FragmentDistance, ALostFragmentDoesNotPoisonItsIdentification) {
    Host host;
    add_from(host, 64, 1, 0, "AAAAAAAA", true);
    for (uint32_t round = 1; round <= 5; ++round) {
        add_others(host, kDistance, 64, 1000 * round);
        host.now += seconds(5);
        ASSERT_EQ(add_from(host, 64, 1, 0, "BBBBBBBB", true), Reassembly::Waiting);
        ASSERT_EQ(add_from(host, 64, 1, 8, "b", false), Reassembly::Complete);
        ASSERT_EQ(host.text(), "BBBBBBBBb");
        ASSERT_EQ(add_from(host, 64, 1, 0, "AAAAAAAA", true), Reassembly::Waiting);
    }
    EXPECT_EQ(host.count(FragmentCounter::Discarded), 0U);
}

TEST(FragmentDistance, TimeRunsAnewWithTheDatagram) {
    Host host;
    add_from(host, 64, 1, 0, "AAAAAAAA", true);
    host.now += seconds(28);
    add_others(host, kDistance);
    EXPECT_EQ(add_from(host, 64, 1, 0, "BBBBBBBB", true), Reassembly::Waiting);
    host.now += seconds(28);
    EXPECT_EQ(add_from(host, 64, 1, 8, "b", false), Reassembly::Complete);
}

TEST(FragmentDistance, GivenUpDatagramsStartAnewToo) {
    FragmentLimits two_fragments;
    two_fragments.fragments = 2;
    struct Case {
        const char* why;
        FragmentLimits limits;
        std::string_view third;
        Reassembly given_up;
    };
    const Case cases[] = {
        {"refused", {}, "X", Reassembly::Overlap},
        {"over the budget", two_fragments, "CCCCCCCC", Reassembly::OverBudget},
    };
    for (const Case& c : cases) {
        for (const uint32_t others : {kDistance - 1, kDistance}) {
            SCOPED_TRACE(c.why);
            SCOPED_TRACE(others);
            Host host(c.limits);
            add_from(host, 64, 1, 0, "AAAAAAAA", true);
            add_from(host, 64, 1, 8, "BBBBBBBB", true);
            const bool refused = c.given_up == Reassembly::Overlap;
            ASSERT_EQ(add_from(host, 64, 1, refused ? 8 : 16, c.third, true), c.given_up);
            add_others(host, others);
            const bool anew = others == kDistance;
            EXPECT_EQ(add_from(host, 64, 1, 0, "DDDDDDDD", true), anew ? Reassembly::Waiting
                                                                  : refused
                                                                      ? Reassembly::Discarded
                                                                      : Reassembly::OverBudget);
            if (anew) {
                EXPECT_EQ(add_from(host, 64, 1, 8, "d", false), Reassembly::Complete);
            }
        }
    }
}

// The endpoint never counts what is dropped here: it still has the datagram.
TEST(FragmentDistance, DroppedFragmentsDoNotCount) {
    Host host;
    add_from(host, 64, 1, 0, "AAAAAAAA", true);
    add_from(host, 64, 2, 0, "AAAAAAAA", true);
    EXPECT_EQ(add_from(host, 64, 1, 0, "XXXXXXXX", true), Reassembly::Overlap);
    for (uint32_t i = 0; i < 10 * kDistance; ++i) {
        ASSERT_EQ(add_from(host, 64, 1, 8, "b", false), Reassembly::Discarded);
        ASSERT_EQ(add_from(host, 64, 1000 + i, 8, "", false), Reassembly::Overlap);
    }
    EXPECT_EQ(add_from(host, 64, 2, 8, "b", false), Reassembly::Complete);
}

// Fragments that may not travel as far as the datagram's own: the endpoint may have it or not.
TEST(FragmentDistance, WithShortLivedOthersItIsUnclear) {
    struct Case {
        const char* why;
        uint8_t hop_limit;
        uint32_t others;
        Reassembly result;
    };
    const Case cases[] = {
        {"few", 2, kDistance - 1, Reassembly::Complete},
        {"many", 2, kDistance, Reassembly::Discarded},
        {"one hop less", 63, kDistance, Reassembly::Discarded},
        {"as far", 64, kDistance, Reassembly::Waiting},
        {"farther", 65, kDistance, Reassembly::Discarded},  // the datagram's own came from less far
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Host host;
        add_from(host, 64, 1, 0, "AAAAAAAA", true);
        add_others(host, c.others, c.hop_limit);
        EXPECT_EQ(add_from(host, 64, 1, 8, "b", false), c.result);
        if (c.result == Reassembly::Discarded) {
            EXPECT_EQ(add_from(host, 64, 1, 0, "AAAAAAAA", true), Reassembly::Discarded);
        }
    }
}

// Each pair has a count of its own, also when far more pairs are there than places to hash to.
TEST(FragmentDistance, PairsDoNotMeddleWithEachOther) {
    FragmentLimits limits;
    limits.datagrams = 64;
    Host host(limits);
    constexpr uint32_t kPairs = 32;
    const auto of_pair = [](uint32_t pair, uint32_t identification) {
        Fragment fragment = Host::fragment(false, identification);
        fragment.source = net::IpAddress::v4(10, 1, 0, static_cast<uint8_t>(pair));
        return fragment;
    };
    for (uint32_t pair = 0; pair < kPairs; ++pair) {
        ASSERT_EQ(host.add(of_pair(pair, 1), 0, "AAAAAAAA", true), Reassembly::Waiting);
    }
    for (uint32_t round = 0; round < 10 * kDistance; ++round) {
        for (uint32_t pair = 1; pair < kPairs; pair += 2) {
            ASSERT_EQ(host.add(of_pair(pair, 2), 0, "AAAAAAAA", true), Reassembly::Waiting);
            ASSERT_EQ(host.add(of_pair(pair, 2), 8, "b", false), Reassembly::Complete);
        }
    }
    for (uint32_t pair = 0; pair < kPairs; ++pair) {
        EXPECT_EQ(host.add(of_pair(pair, 1), 8, "b", false),
                  pair % 2 == 0 ? Reassembly::Complete : Reassembly::Waiting)
            << pair;
    }
    EXPECT_EQ(host.count(FragmentCounter::Discarded), 0U);
}

TEST(FragmentRefuse, NoPieceOfADroppedDatagramPassesBeforeItsTimeout) {
    for (const bool ipv6 : {false, true}) {
        for (const bool last_first : {false, true}) {
            SCOPED_TRACE(ipv6);
            SCOPED_TRACE(last_first);
            Host host;
            const Fragment fragment = Host::fragment(ipv6);
            const auto add = [&](bool first) {
                return first ? host.add(fragment, 0, "AAAAAAAA", true)
                             : host.add(fragment, 8, "b", false);
            };
            add(!last_first);
            ASSERT_EQ(add(last_first), Reassembly::Complete);
            host.cache.refuse(fragment, host.now);
            EXPECT_EQ(host.cache.datagrams(), 1U);
            EXPECT_EQ(host.cache.blocks_used(), 0U);
            for (uint32_t id = 0; id < 10 * kDistance; ++id) {  // and no distance lifts it
                EXPECT_EQ(add(id % 2 == 0), Reassembly::Discarded);
                host.add(Host::fragment(ipv6, 1000 + id), 0, "AAAAAAAA", true);
            }
            EXPECT_EQ(host.add(Host::fragment(ipv6, 2), 0, "AAAAAAAA", true), Reassembly::Waiting);
            EXPECT_EQ(host.add(Host::fragment(ipv6, 2), 8, "b", false), Reassembly::Complete);
            host.now += seconds(ipv6 ? 61 : 31) - std::chrono::milliseconds(1);
            EXPECT_EQ(add(true), Reassembly::Discarded);
            host.now += std::chrono::milliseconds(1);
            EXPECT_EQ(add(true), Reassembly::Waiting);
            EXPECT_EQ(add(false), Reassembly::Complete);
        }
    }
}

TEST(FragmentRefuse, ADroppedFragmentDoesNotCountForDistance) {
    Host host;
    add_from(host, 64, 1, 0, "AAAAAAAA", true);
    for (uint32_t id = 0; id < kDistance - 1; ++id) {
        add_from(host, 64, 1000 + id, 0, "AAAAAAAA", true);
        ASSERT_EQ(add_from(host, 64, 1000 + id, 8, "b", false), Reassembly::Complete);
        host.cache.refuse(Host::fragment(false, 1000 + id), host.now);
    }
    EXPECT_EQ(add_from(host, 64, 1, 8, "b", false), Reassembly::Complete);
}

TEST(FragmentRefuse, TakesNoMoreThanItsPlace) {
    FragmentLimits limits;
    limits.datagrams = 4;
    Host host(limits);
    for (uint32_t id = 0; id < 100; ++id) {
        for (const bool ipv6 : {false, true}) {
            host.add(Host::fragment(ipv6, id), 0, "AAAAAAAA", true);
            ASSERT_EQ(host.add(Host::fragment(ipv6, id), 8, "b", false), Reassembly::Complete);
            host.cache.refuse(Host::fragment(ipv6, id), host.now);
            host.cache.refuse(Host::fragment(ipv6, id), host.now);
            ASSERT_LE(host.cache.datagrams(), 4U);
        }
    }
    EXPECT_EQ(host.cache.blocks_used(), 0U);
}

}  // namespace
}  // namespace eti::decap
