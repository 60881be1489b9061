// Tricks with TCP segments, one a row: docs/evasion.md. Every one is played against endpoints with
// different rules about overlaps, with and without acknowledgments, with and without a listed leaf.
#include "tests/support/evasion_run.h"

namespace eti::test {
namespace {

using namespace std::chrono_literals;
using enum Expected;

constexpr const char* kPtacek = "Ptacek and Newsham 1998";
constexpr const char* kHandley = "Handley, Paxson and Kreibich 2001";
constexpr const char* kSymTcp = "SymTCP 2020";
constexpr const char* kGeneva = "Geneva 2019";

auto bytes_one_by_one(bool backward) {
    return [backward](Stage& s) {
        s.begin();
        std::vector<Move> moves;
        for (std::size_t at = 0; at < s.flight.size(); ++at) {
            moves.push_back(truth(at, at + 1));
        }
        if (backward) {
            std::reverse(moves.begin(), moves.end());
        }
        return moves;
    };
}
Bytes timestamp(uint32_t value, uint32_t echo = 0) {
    return join({{1, 1, 8, 10}, number(value, 4), number(echo, 4)});
}
Bytes md5() {
    return join({{19, 18}, Bytes(16, 0x4d), {1, 1}});
}
const Bytes kGarbage(300, 0xd0);

// The ends sign what they send, up to the hello, and the server signs what follows.
auto signed_connection(std::vector<Move> moves) {
    return [moves = std::move(moves)](Stage& s) {
        s.client.signs = s.server.signs = true;
        s.open(md5());
        s.put({.side = kClientSide,
               .sequence = s.client_start,
               .payload = s.hello,
               .options = md5()});
        std::vector<Move> all = moves;
        all.emplace_back([](Stage& stage) {
            stage.put({.sequence = stage.server_start, .payload = stage.flight, .options = md5()});
        });
        return all;
    };
}
// The client's hello shows which clock of the server it has seen.
auto after_an_echo(uint32_t echo, std::vector<Move> moves) {
    return [=](Stage& s) {
        s.open(timestamp(echo));
        s.put({.side = kClientSide,
               .sequence = s.client_start,
               .payload = s.hello,
               .options = timestamp(echo + 1, echo)});
        return moves;
    };
}

const std::vector<Technique> kSegmentation{
    {"segments_in_any_order", kPtacek, Blocked,
     after({truth(0, 60), truth(60, 300), truth(300, 600), truth(600, 958), truth(958)}), true},
    {"one_byte_segments", kPtacek, Blocked, bytes_one_by_one(false)},
    {"one_byte_segments_backward", kPtacek, Blocked, bytes_one_by_one(true)},
    {"equal_overlaps", kPtacek, Blocked,
     after({truth(0, 500), truth(300, 800), truth(700), truth(0, 100)}), true},
    {"retransmission_cut_differently", "RFC 9293 section 3.8", Blocked,
     after({truth(0, 700), truth(0, 400), truth(400), truth(650, 700)}), true},
    {"differing_copy_lost_first", kPtacek, Starved,
     after({decoy(400, 800, kLost), truth(0, 400), truth(400, 800), truth(800)}), true},
    {"differing_copy_after_the_truth", kPtacek, Refused,
     after({truth(400, 800), decoy(400, 800, kArrives), truth(0, 400), truth(800)}), true},
    {"differing_copy_waits_out_of_order", kPtacek, Starved,
     after({decoy(400, 800, kArrives), truth(0, 400), truth(400, 800), truth(800)}), true},
    {"differing_overlap_at_the_end", kPtacek, Starved,
     after({decoy(350, 500, kArrives), truth(0, 400), truth(400)}), true},
    {"differing_overlap_on_both_sides", kHandley, Starved,
     after({decoy(350, 450, kArrives), decoy(750, 850, kLost), truth(0, 400), truth(400, 800),
            truth(800)}),
     true},
    {"one_differing_byte_of_the_leaf", kHandley, Starved,
     after({decoy(958, 959, kLost), truth(0, 500), truth(500)}), true},
    {"truth_around_a_waiting_decoy", kPtacek, Starved,
     after({decoy(500, 600, kArrives), truth(400, 700), truth(0, 500), truth(700)}), true},
};

const std::vector<Technique> kInsertion{
    {"bad_checksum_data", kPtacek, Blocked,
     after({server(0, {.payload = kGarbage, .damaged = true}), truth(0)}), true},
    {"bad_checksum_reset", kGeneva, Blocked,
     after({server(0, {.flags = net::kRst, .damaged = true}), truth(0)}), true},
    {"bad_checksum_fin", kGeneva, Blocked,
     after({server(0, {.flags = net::kFin | net::kAck, .damaged = true}), truth(0)}), true},
    {"bad_checksum_syn_answer", kGeneva, Blocked,
     after({server(5000, {.flags = net::kSyn | net::kAck, .damaged = true}), truth(0)}), true},
    {"data_without_ack", kSymTcp, Blocked,
     after({server(0, {.payload = kGarbage, .flags = net::kPsh}), truth(0)}), true},
    {"data_without_any_flag", kSymTcp, Blocked,
     after({server(0, {.payload = kGarbage, .flags = 0}), truth(0)}), true},
    {"data_with_md5_option", "RFC 2385; SymTCP 2020", Blocked,
     after({server(0, {.payload = kGarbage, .options = md5()}), truth(0)}), true},
    {"reset_with_md5_option", "RFC 2385; SymTCP 2020", Blocked,
     after({server(0, {.flags = net::kRst, .options = md5()}), truth(0)}), true},
    {"signed_connection", "RFC 2385", Blocked, signed_connection({})},
    {"unsigned_data_in_a_signed_connection", "RFC 2385", Blocked,
     signed_connection({server(0, {.payload = kGarbage})})},
    {"unsigned_reset_in_a_signed_connection", "RFC 2385", Blocked,
     signed_connection({server(0, {.flags = net::kRst})})},
    {"signed_syn_before_the_connection", "RFC 2385", Blocked,
     [](Stage& s) {
         s.lose({.side = kClientSide,
                 .sequence = s.client_start + 4999,
                 .flags = net::kSyn,
                 .acknowledgment = 0,
                 .options = md5()});
         s.begin();
         return std::vector<Move>{truth(0)};
     }},
    {"data_with_old_timestamp", "RFC 7323 section 5; SymTCP 2020", Blocked,
     after({server(0, {.payload = Bytes(1, 0x16), .options = timestamp(900'000)}),
            client(0, {.flags = net::kAck, .options = timestamp(7, 900'000)}),
            server(1, {.payload = Bytes(1, 0x03), .options = timestamp(900'001)}),
            server(2, {.payload = kGarbage, .options = timestamp(890'000)}), truth(0)})},
    {"old_timestamp_right_after_the_hello", "RFC 7323 section 5; SymTCP 2020", Blocked,
     after_an_echo(900'000,
                   {server(0, {.payload = kGarbage, .options = timestamp(890'000)}), truth(0)})},
    {"data_with_slightly_old_timestamp", "RFC 7323 section 5", Starved,
     after({server(0, {.payload = Bytes(1, 0x16), .options = timestamp(900'000)}),
            server(1, {.payload = kGarbage, .options = timestamp(899'900)}), truth(0)})},
    {"data_beyond_the_window", "RFC 9293 section 3.4", Blocked,
     after({server(1 << 20, {.payload = kGarbage}), truth(0, 500), truth(500)}), true},
    {"data_half_the_sequence_space_away", "RFC 9293 section 3.4", Blocked,
     after({server(1U << 31, {.payload = kGarbage}), truth(0, 500), truth(500)}), true},
    {"data_before_the_stream", "RFC 9293 section 3.4", Blocked,
     after({server(static_cast<uint32_t>(-300), {.payload = kGarbage}), truth(0, 500), truth(500)}),
     true},
    {"data_acknowledging_what_was_never_sent", "RFC 9293 section 3.10.7.4; SymTCP 2020", Blocked,
     after({server(0, {.payload = kGarbage, .acknowledgment = 900'000}), truth(0)}), true},
    {"data_forged_on_the_other_side", kPtacek, Blocked,
     after({server(0, {.payload = kGarbage, .enters = kClientSide}), truth(0)}), true},
    {"reset_forged_on_the_other_side", kPtacek, Blocked,
     after({server(0, {.flags = net::kRst, .enters = kClientSide}), wait(3s), truth(0)}), true},
    {"keep_alive_with_a_garbage_byte", "RFC 9293 section 3.8.4", Blocked,
     after({truth(0, 400), client(0, {.flags = net::kAck}), server(399, {.payload = Bytes(1, 0)}),
            truth(400)})},
    {"zero_window_probes", "RFC 9293 section 3.8.6.1", Blocked,
     after({truth(0, 400), client(0, {.flags = net::kAck, .window = 0}), truth(400, 401),
            truth(400, 401), client(0, {.flags = net::kAck}), truth(400)})},
};

constexpr uint8_t kUrgent = net::kAck | net::kUrg;

// The whole flight in one segment whose urgent pointer names a byte of the leaf, as receivers do
// that count from RFC 793.
Move urgent_flight(uint16_t pointer, Fate fate = kArrives) {
    return [=](Stage& s) {
        s.send(
            {.sequence = s.server_start, .payload = s.flight, .flags = kUrgent, .urgent = pointer},
            fate);
    };
}
// A byte more in the server's stream, which is to leave it as urgent.
auto with_extra_byte(std::ptrdiff_t at, std::vector<Move> moves) {
    return [=](Stage& s) {
        s.flight.insert(s.flight.begin() + at, 'X');
        s.begin();
        return moves;
    };
}

const std::vector<Technique> kUrgentBytes{
    {"urgent_byte_inserted", "Ptacek and Newsham 1998; RFC 6093", Starved,
     with_extra_byte(300, {urgent_flight(301)})},
    {"urgent_pointer_of_zero", "RFC 6093 section 2", Starved,
     with_extra_byte(300, {truth(0, 300),
                           [](Stage& s) {
                               s.send({.sequence = s.server_start + 300,
                                       .payload = s.piece(300, kAll),
                                       .flags = kUrgent},
                                      kArrives);
                           }})},
    {"urgent_byte_lost_and_sent_as_ordinary", "RFC 6093", Refused,
     after({urgent_flight(301, kLost), truth(0)})},
    {"urgent_byte_announced_ahead", "RFC 6093", Starved,
     with_extra_byte(300, {server(0, {.flags = kUrgent, .urgent = 301}), truth(0)})},
    {"second_urgent_byte_before_the_first_was_read", "RFC 6093", Refused,
     after({urgent_flight(301),
            server(1171, {.payload = Bytes(1, 0), .flags = kUrgent, .urgent = 1})})},
};

class EvasionTcp : public testing::TestWithParam<Technique> {};
TEST_P(EvasionTcp, NoListedLeafArrives) {
    play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(Segmentation, EvasionTcp, testing::ValuesIn(kSegmentation), name_of);
INSTANTIATE_TEST_SUITE_P(Insertion, EvasionTcp, testing::ValuesIn(kInsertion), name_of);
INSTANTIATE_TEST_SUITE_P(UrgentBytes, EvasionTcp, testing::ValuesIn(kUrgentBytes), name_of);

// The limit of docs/evasion.md: bytes that wait take a block each when they lie far apart.
TEST(EvasionTcpLimits, EarlyBytesBeyondTheBudget) {
    Stage stage(World{});
    stage.begin();
    for (uint32_t block = 1; block <= Stage::options().out_of_order_segments_per_direction + 1;
         ++block) {
        stage.put({.sequence = stage.server_start + block * 2048, .payload = {1}});
    }
    stage.truth(0, kAll);
    EXPECT_EQ(stage.refused, 0U);
    EXPECT_TRUE(stage.delivered_leaf());
    const auto records = stage.records_of_session();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].visibility, metadata::Visibility::Budget);
}

}  // namespace
}  // namespace eti::test
