// What an endpoint or a forger could try against the inspector, one trick a test.
#include "eti/digest/hasher.h"
#include "tests/support/inspect_bench.h"

#include <gtest/gtest.h>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using tls::ContentType;
using namespace std::chrono_literals;

const Bytes kLeaf(900, 0x77);

Bytes hello() {
    return test::records(ContentType::Handshake, test::client_hello({}));
}
Bytes flight() {
    return test::records(ContentType::Handshake,
                         test::join({test::server_hello({}), test::certificate({kLeaf})}));
}

policy::Policy drop_everything_listed() {
    auto pairs = policy::Policy::inspect_everything("trust", "untrust").pairs();
    policy::Profile profile;
    profile.default_decision = {policy::Enforcement::BlockDrop, true};
    for (auto& pair : pairs) {
        for (auto& rule : pair.rules) {
            rule.certificates = profile;
            rule.infected_hosts = profile;
        }
    }
    return policy::Policy(pairs);
}

class Adversary : public testing::Test {
  protected:
    Adversary() { bench.list_certificate(digest::Hasher().sha1(kLeaf)); }

    InspectBench bench{InspectBench::small_options(), drop_everything_listed()};
    Conversation talk{bench};
};

TEST_F(Adversary, PatienceDoesNotOutliveABlock) {
    talk.open();
    talk.from_client(hello());
    const uint32_t start = talk.server_next;
    ASSERT_EQ(talk.from_server(flight()), Verdict::Drop);
    for (const auto pause : {13s, 26s, 52s, 104s, 120s}) {  // retransmission timeouts double
        bench.advance(pause);
        EXPECT_EQ(bench.send(talk.server_frame(start, flight(), net::kAck), test::kServerSide),
                  Verdict::Drop);
    }
}

TEST_F(Adversary, ASynDoesNotLiftABlock) {
    talk.open();
    talk.from_client(hello());
    const uint32_t start = talk.server_next;
    talk.from_server(flight());
    bench.send(talk.client_frame(77, {}, net::kSyn), test::kClientSide);
    EXPECT_EQ(bench.send(talk.server_frame(start, flight(), net::kAck), test::kServerSide),
              Verdict::Drop);
}

TEST_F(Adversary, DataOnASynAnswerDecidesNothing) {
    talk.from_client({}, net::kSyn);
    ++talk.client_next;
    bench.send(talk.server_frame(talk.server_next, {'x'}, net::kSyn | net::kAck),
               test::kServerSide);
    ++talk.server_next;
    talk.from_client({}, net::kAck);
    talk.from_client(hello());
    EXPECT_EQ(talk.from_server(flight()), Verdict::Drop);
}

TEST_F(Adversary, TheClientsAcknowledgmentChoosesAmongSynAnswers) {
    talk.from_client({}, net::kSyn);
    ++talk.client_next;
    bench.send(talk.server_frame(talk.server_next, {}, net::kSyn | net::kAck), test::kServerSide);
    bench.send(talk.server_frame(4242, {}, net::kSyn | net::kAck), test::kServerSide);
    ++talk.server_next;
    bench.now += 1ms;
    talk.from_client({}, net::kAck);
    talk.from_client(hello());
    EXPECT_EQ(talk.from_server(flight()), Verdict::Drop);
}

TEST_F(Adversary, AResetNobodyBelievesEndsNothing) {
    talk.open();
    talk.from_client(hello());
    bench.send(talk.server_frame(talk.server_next + 5000, {}, net::kRst), test::kServerSide);
    bench.send(talk.client_frame(talk.client_next + 5000, {}, net::kRst), test::kClientSide);
    bench.advance(60s);
    EXPECT_EQ(talk.from_server(flight()), Verdict::Drop);
}

TEST_F(Adversary, ANewConnectionOnALivingPortIsInspected) {
    talk.open();
    bench.now += 1ms;
    talk.from_client({}, net::kAck);
    talk.from_client(test::text("GET / HTTP/1.1\r\n"));  // no TLS: the flow is let go
    bench.advance(600s);                                 // and its client vanishes
    talk.client_next = 0x40000000;
    talk.server_next = 0x50000000;
    ASSERT_TRUE(talk.open());
    talk.from_client(hello());
    EXPECT_EQ(talk.from_server(flight()), Verdict::Drop);
}

TEST_F(Adversary, AForgedSynDoesNotDisturbAConnection) {
    talk.open();
    bench.now += 1ms;
    talk.from_client({}, net::kAck);
    bench.send(talk.client_frame(99, {}, net::kSyn), test::kClientSide);
    talk.from_client(hello());
    EXPECT_EQ(talk.from_server(flight()), Verdict::Drop);
}

TEST_F(Adversary, AWrongSideFrameAfterANewTableAdmitsNoInfectedHost) {
    talk.open();
    talk.from_client(hello());
    bench.list_host("10.0.1.10");
    bench.send(talk.client_frame(talk.client_next, {1}, net::kAck), test::kServerSide);
    EXPECT_EQ(talk.from_client({1}), Verdict::Drop);
}

TEST_F(Adversary, MalformedPacketsOfAnInfectedHostAreDropped) {
    bench.list_host("10.0.1.10");
    Bytes frame = test::udp_frame("10.0.1.10", 5, "192.0.2.1", 9, {1});
    frame[14 + 20 + 5] = 3;  // UDP length below its header
    EXPECT_EQ(bench.send(frame, test::kClientSide), Verdict::Drop);
}

TEST_F(Adversary, AChainOfThousandsIsCutShort) {
    talk.open();
    talk.from_client(hello());
    std::vector<Bytes> chain(3000, Bytes{1, 2, 3});
    for (std::size_t i = 0; i < chain.size(); ++i) {
        chain[i] = test::number(i, 3);
    }
    const Bytes long_flight = test::records(
        ContentType::Handshake, test::join({test::server_hello({}), test::certificate(chain)}));
    for (std::size_t at = 0; at < long_flight.size(); at += 1400) {
        const auto end = std::min(at + 1400, long_flight.size());
        talk.from_server({long_flight.begin() + static_cast<std::ptrdiff_t>(at),
                          long_flight.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    talk.from_client({}, net::kRst);
    bench.advance(130s);
    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].certificate.chain.size(), 32U);
    EXPECT_TRUE(records[0].certificate.chain.truncated());
    EXPECT_EQ(bench.certificates_ring.size(), 32U);
}

TEST_F(Adversary, UdpCannotTakeTheWholeTable) {
    for (uint16_t port = 1; port <= 1000; ++port) {
        EXPECT_EQ(
            bench.send(test::udp_frame("10.0.1.10", port, "192.0.2.1", 53, {1}), test::kClientSide),
            Verdict::Forward);
    }
    EXPECT_GT(bench.count(Counter::UdpFlowsFull), 0U);
    EXPECT_EQ(bench.count(Counter::FlowTableFull), 0U);
    talk.open();
    talk.from_client(hello());
    EXPECT_EQ(talk.from_server(flight()), Verdict::Drop);
}

TEST_F(Adversary, AScanLeavesRoomForOtherRecords) {
    bench.list_host("10.0.1.10");
    for (uint32_t i = 0; i < 2000; ++i) {
        const std::string server =
            "198.51." + std::to_string(i / 250) + "." + std::to_string(i % 250);
        bench.send(test::tcp_frame({.destination = server, .flags = net::kSyn}), test::kClientSide);
        bench.records();
    }
    EXPECT_LE(bench.count(Counter::RecordsWritten), 256U);
    EXPECT_EQ(bench.count(Counter::RecordsWritten) + bench.count(Counter::AttemptsUnreported),
              bench.count(Counter::InfectedHostAttempts));
}

TEST(Resets, ACoalescedRetransmissionIsResetAtTheNextByte) {
    InspectBench bench;
    bench.list_certificate(digest::Hasher().sha1(kLeaf));
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    const Bytes all = flight();
    const uint32_t start = talk.server_next;
    talk.from_server({all.begin(), all.begin() + 300});
    ASSERT_EQ(bench.send(talk.server_frame(start, all, net::kAck), test::kServerSide),
              Verdict::Close);
    EXPECT_EQ(bench.resets.at(0).sequence, start + 300) << "what the client has, and no more";
}

TEST(Resets, ASessionCutByANewerListIsResetAtBothEnds) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    talk.from_server(flight());
    bench.list_certificate(digest::Hasher().sha1(kLeaf));
    EXPECT_EQ(talk.from_server({1, 2, 3}), Verdict::Close);
    EXPECT_EQ(bench.resets.size(), 2U);
}

TEST(Resets, AServerAllowlistedSinceIsNotCutByANewerList) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    talk.from_server(flight());
    intel::AllowlistEntry entry;
    entry.kind = intel::AllowlistKind::Hostname;
    entry.hostname = "www.example.com";
    bench.tables.allowlist.publish(std::make_shared<intel::Allowlist>(std::vector{entry}));
    bench.list_certificate(digest::Hasher().sha1(kLeaf));
    EXPECT_EQ(talk.from_server({1, 2, 3}), Verdict::Forward);
}

}  // namespace
}  // namespace eti::inspect
