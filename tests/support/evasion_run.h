// Plays a technique in every world and order, and checks what came of it.
#pragma once

#include "tests/support/evasion_stage.h"

#include <gtest/gtest.h>

namespace eti::test {

inline constexpr auto kLost = Fate::LostAfterUs;
inline constexpr auto kArrives = Fate::Arrives;
inline constexpr std::size_t kAll = 2000;  // behind the flight's end

inline Move truth(std::size_t from, std::size_t end = kAll) {
    return [=](Stage& s) { s.truth(from, end); };
}
inline Move decoy(std::size_t from, std::size_t end, Fate fate) {
    return [=](Stage& s) { s.decoy(from, end, fate); };
}
// One segment of the server at an offset of its flight.
inline Move server(uint32_t offset, Segment segment, Fate fate = Fate::Arrives) {
    return [=](Stage& s) mutable {
        segment.sequence = s.server_start + offset;
        s.send(segment, fate);
    };
}
// The same of the client, behind its hello.
inline Move client(uint32_t offset, Segment segment, Fate fate = Fate::Arrives) {
    return [=](Stage& s) mutable {
        segment.side = kClientSide;
        segment.sequence = s.client_start + static_cast<uint32_t>(s.hello.size()) + offset;
        s.send(segment, fate);
    };
}
inline Move wait(std::chrono::seconds time) {
    return [=](Stage& s) { s.pause(time); };
}
// after begins the connection with its hello, and goes on with these moves.
inline auto after(std::vector<Move> moves) {
    return [moves = std::move(moves)](Stage& s) {
        s.begin();
        return moves;
    };
}

inline std::vector<World> worlds() {
    std::vector<World> all;
    for (const bool acknowledges : {false, true}) {
        for (const bool listed : {true, false}) {
            all.push_back({Overlap::FirstWins, FragmentOverlap::FirstWins, Urgent::Apart,
                           acknowledges, listed});
            all.push_back({Overlap::LastWins, FragmentOverlap::LastWins, Urgent::Inline,
                           acknowledges, listed});
            all.push_back(
                {Overlap::Linux, FragmentOverlap::Discard, Urgent::Apart, acknowledges, listed});
        }
    }
    return all;
}

inline std::string describe(const World& world, const std::vector<std::size_t>& order) {
    std::string text = "overlap " + std::to_string(static_cast<int>(world.overlap)) +
                       (world.acknowledges ? ", acknowledged at once" : ", not acknowledged") +
                       (world.urgent == Urgent::Apart ? "" : ", urgent inline") +
                       (world.listed ? ", listed" : ", not listed") + ", order";
    for (const std::size_t move : order) {
        text += ' ' + std::to_string(move);
    }
    return text;
}

// judge checks one play. Only the written order has to come out as the table says; in every order
// the client gets no listed leaf, and an unlisted one is not blocked.
inline void judge(Stage& stage, const World& world, Expected expected, bool written_order) {
    bool blocked = false;
    bool seen = false;
    for (const metadata::Record& record : stage.records_of_session()) {
        blocked = blocked || record.action == metadata::Action::Block;
        seen = seen || (record.visibility == metadata::Visibility::Certificate &&
                        record.certificate.sha1 == digest::Hasher().sha1(stage.leaf));
    }
    const bool has_leaf = stage.delivered_leaf();
    if (world.listed) {
        EXPECT_FALSE(has_leaf) << "the client has the listed leaf";
        if (written_order) {
            const bool stopped = expected == Expected::Blocked || expected == Expected::Refused;
            EXPECT_EQ(blocked, stopped) << "by the list";
        }
        return;
    }
    EXPECT_FALSE(blocked);
    EXPECT_EQ(stage.refused, stage.refused_as_contradicting());
    if (has_leaf) {
        EXPECT_TRUE(seen) << "the client has a leaf that no record shows";
    }
    if (written_order) {
        // What a client has acknowledged is not compared any more: it ignores further copies.
        if (expected == Expected::Refused ||
            (expected == Expected::Starved && !world.acknowledges)) {
            EXPECT_GT(stage.refused, 0U);
        } else if (expected != Expected::Starved) {
            EXPECT_EQ(stage.refused, 0U);
        }
        EXPECT_EQ(has_leaf, expected == Expected::Blocked || expected == Expected::Refused)
            << "of the unlisted leaf";
    }
}

inline void play(const Technique& technique) {
    for (World world : worlds()) {
        world.ipv6 = technique.ipv6;
        std::vector<std::size_t> order;
        bool written_order = true;
        do {
            Stage stage(world);
            const std::vector<Move> moves = technique.moves(stage);
            order.resize(moves.size());
            if (written_order) {
                std::iota(order.begin(), order.end(), 0UL);
            }
            SCOPED_TRACE(technique.name + ": " + describe(world, order));
            for (const std::size_t move : order) {
                moves[move](stage);
            }
            stage.insist();
            judge(stage, world, technique.expected, written_order);
            written_order = false;
        } while (technique.any_order && std::next_permutation(order.begin(), order.end()) &&
                 !testing::Test::HasFailure());
        if (testing::Test::HasFailure()) {
            return;  // one broken world tells enough
        }
    }
}

inline std::string name_of(const testing::TestParamInfo<Technique>& info) {
    return info.param.name;
}
inline void PrintTo(const Technique& technique, std::ostream* out) {
    *out << technique.name << " (" << technique.reference << ")";
}

}  // namespace eti::test
