// Tricks with IP fragments and headers around the connection, one a row: docs/evasion.md.
#include "tests/support/evasion_run.h"

namespace eti::test {
namespace {

using enum Expected;

constexpr const char* kPtacek = "Ptacek and Newsham 1998";

// The server's flight as one packet, cut into that many fragments.
std::vector<Bytes> cut(const Stage& s, std::size_t count, uint32_t identification = 9) {
    const Bytes packet = s.build({.sequence = s.server_start, .payload = s.flight});
    const std::size_t size = (packet.size() / count + 8) / 8 * 8;
    return ip_fragments(packet, size, identification);
}
Move fragment(const Bytes& packet, Fate fate = kArrives) {
    return [=](Stage& s) { s.send_frame(ethernet_frame(packet), kServerSide, fate); };
}
// The same with other bytes behind the TCP header.
Bytes falsified(Bytes fragment) {
    std::fill(fragment.end() - 16, fragment.end(), uint8_t{0xd0});
    return fragment;
}
auto in_fragments(std::size_t count) {
    return [count](Stage& s) {
        s.begin();
        std::vector<Move> moves;
        for (const Bytes& piece : cut(s, count)) {
            moves.push_back(fragment(piece));
        }
        return moves;
    };
}
auto in_fragments_of_8_bytes(bool backward) {
    return [=](Stage& s) {
        s.begin();
        std::vector<Bytes> pieces =
            ip_fragments(s.build({.sequence = s.server_start, .payload = s.flight}), 8, 3);
        if (backward) {
            std::reverse(pieces.begin(), pieces.end());
        }
        std::vector<Move> moves;
        for (const Bytes& piece : pieces) {
            moves.push_back(fragment(piece));
        }
        return moves;
    };
}
// with_decoy sends a false copy of one fragment first.
auto with_decoy(std::size_t which, Fate fate) {
    return [=](Stage& s) {
        s.begin();
        const std::vector<Bytes> pieces = cut(s, 3);
        std::vector<Move> moves{fragment(falsified(pieces[which]), fate)};
        for (const Bytes& piece : pieces) {
            moves.push_back(fragment(piece));
        }
        return moves;
    };
}

std::vector<Technique> both_families(std::vector<Technique> rows) {
    std::vector<Technique> all;
    for (const Technique& row : rows) {
        for (const bool ipv6 : {false, true}) {
            all.push_back(row);
            all.back().name += ipv6 ? "_v6" : "_v4";
            all.back().ipv6 = ipv6;
        }
    }
    return all;
}

const std::vector<Technique> kFragments = both_families({
    {"fragments_in_any_order", kPtacek, Blocked, in_fragments(4), true},
    {"differing_fragment_lost_first", kPtacek, Refused, with_decoy(1, kLost), true},
    {"differing_fragment_arrives_first", kPtacek, Refused, with_decoy(1, kArrives), true},
    {"differing_first_fragment_lost", kPtacek, Refused, with_decoy(0, kLost), true},
    {"differing_last_fragment_lost", kPtacek, Refused, with_decoy(2, kLost), true},
});

// The first one holds no whole TCP header. IPv6 endpoints refuse that (RFC 7112), so it is dropped.
const std::vector<Technique> kTiny{
    {"fragments_of_8_bytes_v4", "RFC 1858", Blocked, in_fragments_of_8_bytes(false)},
    {"fragments_of_8_bytes_backward_v4", "RFC 1858", Blocked, in_fragments_of_8_bytes(true)},
    {"fragments_of_8_bytes_v6", "RFC 1858; RFC 7112", Refused, in_fragments_of_8_bytes(false),
     false, true},
    {"fragments_of_8_bytes_backward_v6", "RFC 1858; RFC 7112", Refused,
     in_fragments_of_8_bytes(true), false, true},
};

// The flight's segments inside each kind of header the product looks through, and the outer packets
// of tunnels in fragments of their own.
TEST(EvasionIpEncapsulations, HeadersAround) {
    for (const Encapsulation& around : encapsulations()) {
        for (const bool ipv6 : {false, true}) {
            if (ipv6 ? around.v4_only : around.v6_only) {
                continue;
            }
            if (around.resets == Resets::None) {
                continue;  // mirrored traffic: its frames are copies
            }
            for (World world : worlds()) {
                SCOPED_TRACE(around.why + ": " + describe(world, {}));
                world.ipv6 = ipv6;
                Stage stage(world);
                stage.wrap = around.frame;
                stage.begin();
                stage.truth(600, kAll);
                stage.truth(0, 600);
                judge(stage, world, Blocked, true);
            }
        }
    }
}

TEST(EvasionIpEncapsulations, FragmentsAroundATunnel) {
    for (const World& world : worlds()) {
        for (const bool backward : {false, true}) {
            SCOPED_TRACE(describe(world, {}));
            Stage stage(world);
            stage.wrap = [](const Bytes& packet, bool reverse) {
                return ethernet_frame(over_ip(ends_v4(reverse), 47, gre(0, 0x0800, packet)));
            };
            stage.begin();
            const Bytes inner =
                stage.build({.sequence = stage.server_start, .payload = stage.flight});
            std::vector<Bytes> pieces =
                ip_fragments(without_ethernet(stage.wrap(inner, true)), 400, 77);
            if (backward) {
                std::reverse(pieces.begin(), pieces.end());
            }
            for (const Bytes& piece : pieces) {
                stage.send_frame(ethernet_frame(piece), kServerSide);
            }
            judge(stage, world, Blocked, true);
        }
    }
}

TEST(EvasionIpEncapsulations, FragmentsInsideATunnel) {
    for (const World& world : worlds()) {
        SCOPED_TRACE(describe(world, {}));
        Stage stage(world);
        stage.wrap = [](const Bytes& packet, bool reverse) {
            return ethernet_frame(
                over_udp(ends_v4(reverse), 50'000, 4789, vxlan(5, ethernet_frame(packet)), false));
        };
        stage.begin();
        for (const Bytes& piece : cut(stage, 3)) {
            stage.send_frame(stage.wrap(piece, true), kServerSide);
        }
        judge(stage, world, Blocked, true);
    }
}

class EvasionIp : public testing::TestWithParam<Technique> {};
TEST_P(EvasionIp, NoListedLeafArrives) {
    play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(Tiny, EvasionIp, testing::ValuesIn(kTiny), name_of);
INSTANTIATE_TEST_SUITE_P(Fragments, EvasionIp, testing::ValuesIn(kFragments), name_of);

}  // namespace
}  // namespace eti::test
