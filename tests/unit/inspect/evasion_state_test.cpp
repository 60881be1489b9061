// Tricks with the state of a TCP connection, one a row: docs/evasion.md.
#include "tests/support/evasion_run.h"

namespace eti::test {
namespace {

using namespace std::chrono_literals;
using enum Expected;

constexpr const char* kPtacek = "Ptacek and Newsham 1998";
constexpr const char* kGeneva = "Geneva 2019";
constexpr const char* kSplit = "Beardsley and Qian 2010";

constexpr uint8_t kSynAck = net::kSyn | net::kAck;
constexpr uint8_t kFinAck = net::kFin | net::kAck;
const Bytes kGarbage(300, 0xd0);

// The server's SYN|ACK, or something like it, whose number lies that far from the true one.
Move answer(uint32_t distance, Segment segment, Fate fate = kArrives) {
    return [=](Stage& s) mutable {
        segment.sequence = s.server_start - 1 + distance;
        segment.acknowledgment = segment.acknowledgment.value_or(s.client_start);
        s.send(segment, fate);
    };
}
Move ask(Segment segment, Fate fate = kArrives) {
    return [=](Stage& s) mutable {
        s.client.ask(s.client_start - 1);
        segment.side = kClientSide;
        segment.sequence = s.client_start - 1;
        segment.acknowledgment = segment.acknowledgment.value_or(0);
        s.send(segment, fate);
    };
}
Move confirm() {
    return [](Stage& s) {
        s.put({.side = kClientSide,
               .sequence = s.client_start,
               .flags = net::kAck,
               .acknowledgment = s.server_start});
    };
}
// To a SYN a client that asks itself answers with SYN|ACK (RFC 9293 section 3.5).
Move answer_of_the_client() {
    return [](Stage& s) {
        s.put({.side = kClientSide,
               .sequence = s.client_start - 1,
               .flags = kSynAck,
               .acknowledgment = s.server_start});
    };
}
Move hello() {
    return [](Stage& s) { s.say_hello(); };
}
auto moves(std::vector<Move> all) {
    return [all = std::move(all)](Stage&) { return all; };
}
// Nothing the inspector sees before: the endpoints have opened the connection elsewhere.
auto unseen(std::vector<Move> all) {
    return [all = std::move(all)](Stage& s) {
        s.client.ask(s.client_start - 1);
        s.client.state = s.server.state = TcpEndpoint::State::Open;
        s.client.next = s.server_start;
        s.server.next = s.client_start;
        return all;
    };
}
// A connection of the same two ports before this one.
Move earlier(bool closed) {
    return [=](Stage& s) {
        const uint32_t client_start = std::exchange(s.client_start, 0x40000001);
        const uint32_t server_start = std::exchange(s.server_start, 0x50000001);
        s.begin();
        s.put({.sequence = s.server_start,
               .payload = records(tls::ContentType::Handshake, server_hello({}))});
        if (closed) {
            s.put({.side = kClientSide, .sequence = s.server.next, .flags = net::kRst});
        }
        s.pause(closed ? 1s : 300s);
        const Overlap overlap = s.client.overlap;
        s.client = s.server = TcpEndpoint{};
        s.client.overlap = s.server.overlap = overlap;
        s.server.own_next = server_start + (1U << 20);
        s.client_start = client_start;
        s.server_start = server_start;
    };
}

const std::vector<Technique> kTeardown{
    {"reset_with_a_wrong_sequence", kGeneva, Blocked,
     after({server(200'000, {.flags = net::kRst}), truth(0)}), true},
    {"reset_inside_the_window", "RFC 5961 section 3; SymTCP 2020", Blocked,
     after({server(700, {.flags = net::kRst}), wait(3s), truth(0)})},
    {"reset_lost_then_the_truth", kGeneva, Blocked,
     after({server(0, {.flags = net::kRst}, kLost), truth(0)})},
    {"reset_lost_then_the_truth_after_3_s", kGeneva, Blocked,
     after({server(0, {.flags = net::kRst}, kLost), wait(3s), truth(0)})},
    {"reset_lost_then_the_truth_after_60_s", kGeneva, Blocked,
     after({server(0, {.flags = net::kRst}, kLost), wait(60s), truth(0)})},
    {"reset_of_the_client_lost", kGeneva, Blocked,
     after({client(0, {.flags = net::kRst}, kLost), wait(3s), truth(0)})},
    {"reset_with_ack_lost", kGeneva, Blocked,
     after({server(0, {.flags = net::kRst | net::kAck}, kLost), wait(60s), truth(0)})},
    {"resets_of_both_ends_lost", kGeneva, Blocked,
     after({server(0, {.flags = net::kRst}, kLost), client(0, {.flags = net::kRst}, kLost),
            wait(60s), truth(0, 500), wait(60s), truth(500)})},
    {"reset_lost_before_the_hello", kGeneva, Blocked,
     moves({[](Stage& s) { s.open(); }, server(0, {.flags = net::kRst}, kLost), wait(1s), hello(),
            truth(0)})},
    {"reset_lost_inside_the_leaf", kPtacek, Blocked,
     after({truth(0, 500), server(500, {.flags = net::kRst}, kLost), wait(60s), truth(500)})},
    {"fin_lost_then_the_truth", kPtacek, Blocked,
     after({server(0, {.flags = kFinAck}, kLost), wait(60s), truth(0)})},
    {"fins_of_both_ends_lost", kPtacek, Blocked,
     after({server(0, {.flags = kFinAck}, kLost), client(0, {.flags = kFinAck}, kLost), wait(3s),
            truth(0)})},
    {"fin_out_of_order", "RFC 9293 section 3.10.7.4", Blocked,
     after({server(5000, {.flags = kFinAck}), client(700, {.flags = kFinAck}), truth(0, 500),
            truth(500)}),
     true},
    {"fin_with_garbage_lost", kGeneva, Starved,
     after({server(0, {.payload = kGarbage, .flags = kFinAck}, kLost), truth(0)})},
    {"half_closed_by_the_client", "RFC 9293 section 3.6", Blocked,
     after({client(0, {.flags = kFinAck}), wait(60s), truth(0)})},
};

const std::vector<Technique> kOpening{
    {"syn_inside_the_connection", "RFC 5961 section 4", Blocked,
     after({client(90'000, {.flags = net::kSyn}), server(70'000, {.flags = net::kSyn}),
            truth(0, 500), truth(500)}),
     true},
    {"syn_with_data_inside_the_connection", kGeneva, Blocked,
     after({server(0, {.payload = kGarbage, .flags = net::kSyn}), truth(0)})},
    {"syn_with_the_next_number", "RFC 5961 section 4", Blocked,
     after({server(0, {.flags = net::kSyn}), client(0, {.flags = net::kSyn}), truth(0)}), true},
    {"second_syn_answer_with_another_number", kGeneva, Blocked,
     moves({ask({.flags = net::kSyn}), answer(0, {.flags = kSynAck}),
            answer(9000, {.flags = kSynAck}), confirm(), hello(), truth(0)})},
    {"first_syn_answer_lost", kGeneva, Blocked,
     moves({ask({.flags = net::kSyn}), answer(9000, {.flags = kSynAck}, kLost),
            answer(0, {.flags = kSynAck}), confirm(), hello(), truth(0)})},
    {"syn_answer_with_a_wrong_acknowledgment", kGeneva, Blocked,
     moves({ask({.flags = net::kSyn}), answer(9000, {.flags = kSynAck, .acknowledgment = 77}),
            [](Stage& s) { s.put({.side = kClientSide, .sequence = 77, .flags = net::kRst}); },
            answer(0, {.flags = kSynAck}), confirm(), hello(), truth(0)})},
    {"syn_answer_with_data", kGeneva, Blocked,
     moves({ask({.flags = net::kSyn}), answer(0, {.payload = kGarbage, .flags = kSynAck}),
            confirm(), hello(), truth(0)})},
    {"fast_open_taken", "RFC 7413", Blocked,
     [](Stage& s) {
         s.server.takes_syn_data = true;
         return std::vector<Move>{
             ask({.payload = s.hello, .flags = net::kSyn}),
             answer(0, {.flags = kSynAck,
                        .acknowledgment = s.client_start + static_cast<uint32_t>(s.hello.size())}),
             truth(0)};
     }},
    {"fast_open_refused", "RFC 7413", Blocked,
     [](Stage& s) {
         return std::vector<Move>{ask({.payload = s.hello, .flags = net::kSyn}),
                                  answer(0, {.flags = kSynAck}), confirm(), hello(), truth(0)};
     }},
    {"fast_open_decoy_refused", "RFC 7413; Geneva 2019", Blocked,
     moves({ask({.payload = text("GET / HTTP/1.1\r\n\r\n"), .flags = net::kSyn}),
            answer(0, {.flags = kSynAck}), confirm(), hello(), truth(0)})},
    {"simultaneous_open", "RFC 9293 section 3.5", Blocked,
     moves({ask({.flags = net::kSyn}), answer(0, {.flags = net::kSyn}), answer_of_the_client(),
            answer(0, {.flags = kSynAck}), hello(), truth(0)})},
    {"split_handshake", kSplit, Blocked,
     moves({ask({.flags = net::kSyn}), answer(0, {.flags = net::kSyn, .acknowledgment = 0}),
            answer_of_the_client(), answer(1, {.flags = net::kAck}), hello(), truth(0)})},
    {"split_handshake_with_a_bare_ack_first", kSplit, Blocked,
     moves({ask({.flags = net::kSyn}), answer(9000, {.flags = net::kAck}),
            answer(0, {.flags = net::kSyn, .acknowledgment = 0}), answer_of_the_client(),
            answer(1, {.flags = net::kAck}), hello(), truth(0)})},
    {"server_syn_before_the_client_asks", kGeneva, Blocked,
     moves({answer(500, {.flags = net::kSyn, .acknowledgment = 0}, kLost),
            ask({.flags = net::kSyn}), answer(0, {.flags = kSynAck}), confirm(), hello(),
            truth(0)})},
    {"split_handshake_with_a_challenge", kSplit, Blocked,
     moves({ask({.flags = net::kSyn}), answer(0, {.flags = net::kSyn, .acknowledgment = 0}),
            answer_of_the_client(), answer(0, {.flags = net::kSyn, .acknowledgment = 0}), confirm(),
            answer_of_the_client(), answer(1, {.flags = net::kAck}), hello(), truth(0)})},
    {"port_reused_after_close", kPtacek, Blocked,
     moves({earlier(true), [](Stage& s) { s.begin(); }, truth(0)})},
    {"port_reused_without_close", kPtacek, Blocked,
     moves({earlier(false), [](Stage& s) { s.begin(); }, truth(0)})},
};

const std::vector<Technique> kPartial{
    {"picked_up_after_the_syn", "midstream", Blocked,
     unseen({answer(0, {.flags = kSynAck}, kLost), confirm(), hello(), truth(0)})},
    {"picked_up_at_the_hello", "midstream", Blocked, unseen({hello(), truth(0, 500), truth(500)})},
    {"picked_up_after_the_hello", "midstream", Blocked, unseen({truth(0, 500), truth(500)})},
    {"picked_up_after_the_hello_in_any_order", "midstream", Blocked,
     unseen({client(0, {.flags = net::kAck}), truth(500), truth(0, 500)})},
    {"only_the_server_is_seen", "asymmetric routing", Blocked,
     [](Stage& s) {
         s.client.ask(s.client_start - 1);
         return std::vector<Move>{answer(0, {.flags = kSynAck}), truth(300), truth(0, 300)};
     }},
};

const std::vector<Technique> kHellos{
    {"server_garbage_before_the_hello_lost", "Ptacek and Newsham 1998; Themis 2021", Starved,
     moves({[](Stage& s) {
                s.open();
                s.say(0, text("220 smile\r\n"), kLost);
            },
            hello(), truth(0)})},
    {"client_garbage_before_the_hello_lost", kGeneva, Blocked,
     moves({[](Stage& s) {
                s.open();
                s.lose({.side = kClientSide, .sequence = s.client_start, .payload = kGarbage});
            },
            hello(), truth(0)})},
    {"client_http_before_the_hello_lost", kGeneva, Blocked,
     moves({[](Stage& s) {
                s.open();
                s.lose({.side = kClientSide,
                        .sequence = s.client_start,
                        .payload = text("GET / HTTP/1.1\r\nHost: innocent\r\n\r\n")});
            },
            hello(), truth(0)})},
};

class EvasionState : public testing::TestWithParam<Technique> {};
TEST_P(EvasionState, NoListedLeafArrives) {
    play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(Teardown, EvasionState, testing::ValuesIn(kTeardown), name_of);
INSTANTIATE_TEST_SUITE_P(Opening, EvasionState, testing::ValuesIn(kOpening), name_of);
INSTANTIATE_TEST_SUITE_P(Partial, EvasionState, testing::ValuesIn(kPartial), name_of);
INSTANTIATE_TEST_SUITE_P(Hellos, EvasionState, testing::ValuesIn(kHellos), name_of);

}  // namespace
}  // namespace eti::test
