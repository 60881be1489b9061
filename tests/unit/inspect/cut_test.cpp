// However the bytes of a connection are cut and ordered, the inspector learns the same.
#include "eti/digest/hasher.h"
#include "tests/support/inspect_bench.h"

#include <gtest/gtest.h>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using tls::ContentType;

const Bytes kLeaf(300, 0x31);

Bytes hello() {
    return test::records(ContentType::Handshake, test::client_hello({}));
}
Bytes flight() {
    return test::records(ContentType::Handshake,
                         test::join({test::server_hello({}), test::certificate({kLeaf})}));
}

enum class Order { Forward, Backward };

// Says the bytes in pieces; the first verdict that is not Forward ends it.
Verdict say(InspectBench& bench, Conversation& talk, bool client, const Bytes& bytes,
            std::size_t piece, Order order) {
    std::vector<std::size_t> starts;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        starts.push_back(at);
    }
    if (order == Order::Backward) {
        std::reverse(starts.begin(), starts.end());
    }
    uint32_t& next = client ? talk.client_next : talk.server_next;
    Verdict verdict = Verdict::Forward;
    for (const std::size_t at : starts) {
        const Bytes part(
            bytes.begin() + static_cast<std::ptrdiff_t>(at),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + piece, bytes.size())));
        const uint32_t sequence = next + static_cast<uint32_t>(at);
        const Bytes frame = client ? talk.client_frame(sequence, part, net::kAck)
                                   : talk.server_frame(sequence, part, net::kAck);
        verdict = bench.send(frame, client ? test::kClientSide : test::kServerSide);
        if (verdict != Verdict::Forward) {
            break;
        }
    }
    next += static_cast<uint32_t>(bytes.size());
    return verdict;
}

struct Case {
    const char* why;
    Bytes client;  // before its ClientHello
    Bytes server;  // before its flight
    bool client_hello = true;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> kAll{
        {"TLS from the first byte", {}, {}},
        {"PostgreSQL: its last bytes look like the start of a record",
         {0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f},
         {'S'}},
        {"HTTP CONNECT", test::text("CONNECT a.example:443 HTTP/1.1\r\n\r\n"),
         test::text("HTTP/1.1 200 OK\r\n\r\n")},
        {"a client whose first bytes are no TLS, but may not have reached the server",
         test::text("nonsense"),
         {},
         false},
        {"the same with a record of no version", {0x16, 0x77, 0, 0, 4, 1, 0, 0, 0}, {}, false},
    };
    return kAll;
}

class Cut : public testing::TestWithParam<std::tuple<std::size_t, Order>> {};

TEST_P(Cut, AListedLeafIsSeen) {
    const auto [piece, order] = GetParam();
    for (const Case& each : cases()) {
        InspectBench bench;
        bench.list_certificate(digest::Hasher().sha1(kLeaf));
        Conversation talk(bench);
        talk.open();
        say(bench, talk, true, each.client, piece, order);
        say(bench, talk, false, each.server, piece, order);
        if (each.client_hello) {
            say(bench, talk, true, hello(), piece, order);
        }
        EXPECT_EQ(say(bench, talk, false, flight(), piece, order), Verdict::Close) << each.why;
    }
}

INSTANTIATE_TEST_SUITE_P(Pieces, Cut,
                         testing::Combine(testing::Values(1, 2, 3, 5, 6, 7, 100, 2000),
                                          testing::Values(Order::Forward, Order::Backward)));

// say_on_syn opens a connection whose SYN carries data, which the server takes.
void say_on_syn(InspectBench& bench, Conversation& talk, const Bytes& data) {
    bench.send(talk.client_frame(talk.client_next, data, net::kSyn), test::kClientSide);
    talk.client_next += 1 + static_cast<uint32_t>(data.size());
    bench.send(talk.server_frame(talk.server_next, {}, net::kSyn | net::kAck), test::kServerSide);
    ++talk.server_next;
}

TEST(EarlyData, IsReadThoughNothingFollows) {
    InspectBench bench;
    Conversation talk(bench);
    say_on_syn(bench, talk, hello());
    EXPECT_EQ(bench.count(Counter::SessionsInspected), 1U);
    bench.inspector.finish();
    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].client_hello.sni.view(), "www.example.com");
}

TEST(EarlyData, ThatIsNoTlsHoldsNoSession) {
    InspectBench bench;
    Conversation talk(bench);
    say_on_syn(bench, talk, test::text("SSH-2.0-client\r\n"));
    talk.from_client(Bytes(40, 7));
    EXPECT_EQ(bench.inspector.usage().sessions, 0U);
    EXPECT_EQ(bench.count(Counter::NotTls), 1U);
}

TEST(EarlyData, ThatTheServerIgnoresDecidesNothing) {
    InspectBench bench;
    bench.list_certificate(digest::Hasher().sha1(kLeaf));
    Conversation talk(bench);
    bench.send(talk.client_frame(talk.client_next, test::text("GET /"), net::kSyn),
               test::kClientSide);
    ++talk.client_next;
    bench.send(talk.server_frame(talk.server_next, {}, net::kSyn | net::kAck), test::kServerSide);
    ++talk.server_next;
    talk.from_client(hello());
    EXPECT_EQ(talk.from_server(flight()), Verdict::Close);
}

TEST(Usage, EverythingIsGivenBackAtTheEnd) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    say(bench, talk, true, hello(), 50, Order::Forward);
    Bytes part = flight();
    part.resize(part.size() - 40);  // inside the leaf
    const uint32_t start = talk.server_next;
    say(bench, talk, false, part, 100, Order::Forward);
    bench.send(talk.server_frame(start + 5000, {1}, net::kAck), test::kServerSide);
    Usage usage = bench.inspector.usage();
    EXPECT_EQ(usage.flows, 1U);
    EXPECT_EQ(usage.sessions, 1U);
    EXPECT_GT(usage.segment_blocks, 0U);
    EXPECT_EQ(usage.hash_states, 1U);
    EXPECT_EQ(usage.certificate_buffers, 1U);
    bench.inspector.finish();
    usage = bench.inspector.usage();
    EXPECT_EQ(usage.flows + usage.sessions + usage.segment_blocks + usage.assembly_buffers +
                  usage.hash_states + usage.certificate_buffers,
              0U);
}

}  // namespace
}  // namespace eti::inspect
