#include "eti/decap/fragment_cache.h"

#include "tests/support/fragment_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace eti::decap {
namespace {

using test::Bytes;
using test::bytes_of;
using test::default_header;
using test::numbered;
using Host = test::FragmentHost;

// Piece is a fragment of the one datagram a case is about, with what becomes of it.
struct Piece {
    std::size_t offset = 0;
    std::string_view text;
    bool more = true;
    Reassembly result = Reassembly::Waiting;
};

TEST(FragmentCache, EveryOrderOfArrivalGivesTheSamePacket) {
    for (const bool ipv6 : {false, true}) {
        for (const std::size_t count : {2U, 3U, 4U, 5U}) {
            const Bytes payload = numbered(count * 1480 - 3);
            const Bytes whole = ipv6 ? test::ipv6("2001:db8::1", "2001:db8::2", net::kUdp, payload)
                                     : test::ipv4("10.0.1.10", "192.0.2.1", net::kUdp, payload);
            std::vector<std::size_t> order(count);
            std::iota(order.begin(), order.end(), std::size_t{0});
            Host host;
            do {
                for (std::size_t i = 0; i < count; ++i) {
                    const std::size_t offset = order[i] * 1480;
                    const std::span<const uint8_t> rest =
                        std::span<const uint8_t>(payload).subspan(offset);
                    const Reassembly result = host.add(
                        Host::fragment(ipv6), offset,
                        rest.first(std::min<std::size_t>(1480, rest.size())), order[i] + 1 < count);
                    ASSERT_EQ(result, i + 1 < count ? Reassembly::Waiting : Reassembly::Complete);
                }
                ASSERT_EQ(Bytes(host.datagram.begin(), host.datagram.end()), whole);
                ASSERT_EQ(host.cache.datagrams(), 0U);
                ASSERT_EQ(host.cache.blocks_used(), 0U);
            } while (std::next_permutation(order.begin(), order.end()));
        }
    }
}

struct ScriptCase {
    const char* why;
    std::vector<Piece> pieces;
};

void expect_pieces(const ScriptCase& c, bool ipv6) {
    SCOPED_TRACE(std::string(c.why) + (ipv6 ? ", IPv6" : ", IPv4"));
    Host host;
    for (std::size_t i = 0; i < c.pieces.size(); ++i) {
        const Piece& piece = c.pieces[i];
        EXPECT_EQ(host.add(Host::fragment(ipv6), piece.offset, piece.text, piece.more),
                  piece.result)
            << "fragment " << i;
    }
}

TEST(FragmentCache, AnswersAsLinuxDoesInBothFamilies) {
    using enum Reassembly;
    const ScriptCase cases[] = {
        {"the same fragment twice",
         {{0, "AAAAAAAA"}, {0, "AAAAAAAA", true, Duplicate}, {8, "b", false, Complete}}},
        {"inside another",
         {{0, "AAAAAAAABBBBBBBBCCCCCCCC"},
          {8, "BBBBBBBB", true, Duplicate},
          {24, "d", false, Complete}}},
        {"inside what was appended piece by piece",
         {{0, "AAAAAAAA"},
          {8, "BBBBBBBB"},
          {0, "AAAAAAAABBBBBBBB", true, Duplicate},
          {16, "c", false, Complete}}},
        {"across two runs, though all is there: Linux sees an overlap",
         {{8, "BBBBBBBB"},
          {0, "AAAAAAAA"},
          {0, "AAAAAAAABBBBBBBB", true, Overlap},
          {16, "c", false, Discarded}}},
        {"the same range with other bytes",
         {{0, "AAAAAAAA"}, {0, "AAAAAAAX", true, Overlap}, {8, "b", false, Discarded}}},
        {"inside with other bytes",
         {{0, "AAAAAAAABBBBBBBB"}, {8, "BBBBBBBX", true, Overlap}, {16, "c", false, Discarded}}},
        {"over the front",
         {{8, "BBBBBBBB"},
          {0, "AAAAAAAABBBBBBBB", true, Overlap},
          {0, "AAAAAAAA", true, Discarded}}},
        {"over the end", {{0, "AAAAAAAABBBBBBBB"}, {8, "BBBBBBBBCCCCCCCC", true, Overlap}}},
        {"over both ends", {{8, "BBBBBBBB"}, {0, "AAAAAAAABBBBBBBBCCCCCCCC", true, Overlap}}},
        {"over a gap",
         {{0, "AAAAAAAA"}, {16, "CCCCCCCC"}, {0, "AAAAAAAABBBBBBBBCCCCCCCC", true, Overlap}}},
        {"into a gap and over its end",
         {{0, "AAAAAAAA"}, {16, "CCCCCCCC"}, {8, "BBBBBBBBCCCCCCCC", true, Overlap}}},
        {"the last one twice",
         {{8, "b", false}, {8, "b", false, Duplicate}, {0, "AAAAAAAA", true, Complete}}},
        {"the last one twice, differing",
         {{8, "b", false}, {8, "x", false, Overlap}, {0, "AAAAAAAA", true, Discarded}}},
        {"a second, later end", {{8, "b", false}, {8, "bb", false, Overlap}}},
        {"a second, earlier end", {{8, "bb", false}, {8, "b", false, Overlap}}},
        {"more behind the end", {{8, "b", false}, {16, "CCCCCCCC", true, Overlap}}},
        {"an end before what is there", {{16, "CCCCCCCC"}, {8, "b", false, Overlap}}},
        {"an end within what is there", {{0, "AAAAAAAABBBBBBBB"}, {8, "BBBB", false, Overlap}}},
        {"an end where there was more to come: taken, but no new bytes complete it",
         {{0, "AAAAAAAA"},
          {8, "BBBBBBBB"},
          {8, "BBBBBBBB", false, Duplicate},
          {0, "AAAAAAAA", true, Duplicate},
          {16, "c", false, Overlap}}},
        {"the same before the gap closes: complete",
         {{0, "AAAAAAAA"},
          {16, "CCCCCCCC"},
          {16, "CCCCCCCC", false, Duplicate},
          {8, "BBBBBBBB", true, Complete}}},
        {"empty, with more", {{0, "AAAAAAAA"}, {8, "", true, Overlap}, {8, "b", false, Discarded}}},
        {"empty, last", {{0, "AAAAAAAA"}, {8, "", false, Overlap}, {8, "b", false, Discarded}}},
        {"after it is complete the same identification is a new datagram",
         {{0, "AAAAAAAA"},
          {8, "b", false, Complete},
          {8, "b", false},
          {0, "XXXXXXXX", true, Complete}}},
    };
    for (const ScriptCase& c : cases) {
        expect_pieces(c, false);
        expect_pieces(c, true);
    }
}

TEST(FragmentCache, LengthsNoMultipleOfEight) {
    using enum Reassembly;
    expect_pieces({"cut down by Linux", {{0, "AAAAAAAABBB"}, {8, "b", false, Complete}}}, false);
    expect_pieces({"nothing is left of it",
                   {{0, "AAAAAAA", true, Overlap}, {0, "AAAAAAAA", true, Discarded}}},
                  false);
    expect_pieces({"refused alone",
                   {{0, "AAAAAAAABBB", true, Malformed},
                    {0, "AAAAAAAA"},
                    {8, "BBB", true, Malformed},
                    {8, "b", false, Complete}}},
                  true);
}

TEST(FragmentCache, LengthsUpToTheLimitAndBeyond) {
    struct Case {
        const char* why;
        bool ipv6;
        std::size_t header;
        std::size_t payload;
        Reassembly first;
        Reassembly last;
    };
    const Case cases[] = {
        {"the longest IPv4 packet", false, 20, 65515, Reassembly::Waiting, Reassembly::Complete},
        {"one byte more", false, 20, 65516, Reassembly::Waiting, Reassembly::Discarded},
        {"options count", false, 24, 65511, Reassembly::Waiting, Reassembly::Complete},
        {"options one byte too many", false, 24, 65512, Reassembly::Waiting, Reassembly::Discarded},
        {"beyond the field", false, 20, 65536, Reassembly::Waiting, Reassembly::Overlap},
        {"the longest IPv6 payload", true, 40, 65535, Reassembly::Waiting, Reassembly::Complete},
        {"IPv6 beyond the field: ignored", true, 40, 65536, Reassembly::Waiting,
         Reassembly::Malformed},
        {"extension headers count", true, 48, 65527, Reassembly::Waiting, Reassembly::Complete},
        {"extension headers one byte too many", true, 48, 65528, Reassembly::Waiting,
         Reassembly::Discarded},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Host host;
        Bytes header = default_header(c.ipv6);
        header.resize(c.header);
        if (!c.ipv6) {
            header[0] = static_cast<uint8_t>(0x40 | c.header / 4);
        }
        Fragment fragment = Host::fragment(c.ipv6);
        fragment.header = header;
        const Bytes payload = numbered(c.payload);
        const auto bytes = std::span<const uint8_t>(payload);
        EXPECT_EQ(host.add(fragment, 0, bytes.first(32768), true), c.first);
        EXPECT_EQ(host.add(fragment, 32768, bytes.subspan(32768), false), c.last);
        if (c.last == Reassembly::Complete) {
            EXPECT_TRUE(test::is_whole(host.datagram, payload, c.ipv6));
        }
    }
}

TEST(FragmentCache, TheFirstFragmentsHeaderLeadsThePacket) {
    for (const bool first_comes_last : {false, true}) {
        Host host;
        const Bytes options = {1, 1, 1, 1};
        const Bytes first = test::ipv4("10.0.1.10", "192.0.2.1", net::kUdp, {}, options, 0x6000);
        Fragment with_options = Host::fragment(false);
        with_options.header = first;
        if (!first_comes_last) {
            host.add(with_options, 0, "AAAAAAAA", true);
        }
        host.add(Host::fragment(false), 8, "b", false);
        if (first_comes_last) {
            host.add(with_options, 0, "AAAAAAAA", true);
        }
        const Bytes whole =
            test::ipv4("10.0.1.10", "192.0.2.1", net::kUdp, bytes_of("AAAAAAAAb"), options, 0x4000);
        EXPECT_EQ(Bytes(host.datagram.begin(), host.datagram.end()), whole);
    }
}

// RFC 8200 section 4.5: fragments may differ in next header, and the first one's counts.
TEST(FragmentCache, Ipv6TakesTheFirstNextHeaderAndLeavesExtensionsOut) {
    Host host;
    Fragment first = Host::fragment(true);
    const Bytes header = test::ipv6("2001:db8::1", "2001:db8::2", 0, {44, 0, 1, 4, 0, 0, 0, 0});
    first.header = header;
    Fragment second = Host::fragment(true);
    second.protocol = net::kTcp;
    EXPECT_EQ(host.add(second, 8, "b", false), Reassembly::Waiting);
    EXPECT_EQ(host.add(first, 0, "AAAAAAAA", true), Reassembly::Complete);
    const Bytes whole = test::ipv6("2001:db8::1", "2001:db8::2", net::kUdp, bytes_of("AAAAAAAAb"));
    EXPECT_EQ(Bytes(host.datagram.begin(), host.datagram.end()), whole);
}

TEST(FragmentCache, AFirstFragmentWithoutItsUpperLayerHeaderIsDropped) {
    struct Case {
        const char* why;
        uint8_t protocol;
        Bytes payload;
        bool tiny;
    };
    const Bytes hop = {6, 0, 1, 4, 0, 0, 0, 0};
    const Bytes long_options = {6, 3, 1, 4, 0, 0, 0, 0};
    const Bytes long_options_then_more = {60, 3, 1, 4, 0, 0, 0, 0};
    const Case cases[] = {
        {"TCP needs 20 bytes", net::kTcp, numbered(16), true},
        {"TCP has them", net::kTcp, numbered(24), false},
        {"UDP needs 8", net::kUdp, numbered(8), false},
        {"ICMPv6 needs 8", net::kIcmpV6, numbered(8), false},
        {"others need a byte", 132, numbered(8), false},
        {"options, then TCP cut short", 60, test::join({hop, numbered(16)}), true},
        {"options, then TCP", 60, test::join({hop, numbered(24)}), false},
        {"options that go on into the next fragment, TCP then", 60, long_options, true},
        {"the same, with another extension header then: Linux does not look further", 60,
         long_options_then_more, false},
        {"authentication header, then TCP cut short", 51,
         test::join({{6, 2, 0, 0}, Bytes(12), numbered(8)}), true},
        {"no next header", 59, numbered(8), false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Host host;
        Fragment first = Host::fragment(true);
        first.protocol = c.protocol;
        const std::size_t size = c.payload.size();
        EXPECT_EQ(host.add(first, 0, c.payload, true),
                  c.tiny ? Reassembly::Discarded : Reassembly::Waiting);
        EXPECT_EQ(host.count(FragmentCounter::TinyFirst), c.tiny ? 1U : 0U);
        EXPECT_EQ(host.add(first, size, "end", false),
                  c.tiny ? Reassembly::Waiting : Reassembly::Complete);
        Fragment v4 = Host::fragment(false);
        v4.protocol = c.protocol;
        EXPECT_EQ(host.add(v4, 0, c.payload, true), Reassembly::Waiting);
    }
}

// RFC 3168 section 5.3, as Linux has it: all fragments can carry ECN, or none.
TEST(FragmentCache, MixedEcnIsThrownAwayWhenItWouldBeComplete) {
    struct Case {
        const char* why;
        uint8_t first;
        uint8_t second;
        Reassembly result;
    };
    const Case cases[] = {
        {"none", 0, 0, Reassembly::Complete},
        {"both code points", 1, 2, Reassembly::Complete},
        {"congestion met by one", 2, 3, Reassembly::Complete},
        {"only one can", 0, 2, Reassembly::Discarded},
        {"congestion met by one that cannot say so", 3, 0, Reassembly::Discarded},
    };
    for (const Case& c : cases) {
        for (const bool ipv6 : {false, true}) {
            SCOPED_TRACE(c.why);
            Host host;
            Bytes header = default_header(ipv6);
            Fragment fragment = Host::fragment(ipv6);
            fragment.header = header;
            header[1] = static_cast<uint8_t>(c.first << (ipv6 ? 4 : 0));
            host.add(fragment, 0, "AAAAAAAA", true);
            header[1] = static_cast<uint8_t>(c.second << (ipv6 ? 4 : 0));
            EXPECT_EQ(host.add(fragment, 8, "b", false), c.result);
            const bool kept = c.result == Reassembly::Discarded;
            EXPECT_EQ(host.cache.datagrams(), kept ? 1U : 0U);
        }
    }
}

}  // namespace
}  // namespace eti::decap
