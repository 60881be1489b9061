// Flows, records, infected hosts, limits: everything but certificates.
#include "tests/support/inspect_bench.h"

#include <gtest/gtest.h>

#include <set>

namespace eti::inspect {
namespace {

using metadata::Visibility;
using test::Bytes;
using test::Conversation;
using test::InspectBench;
using tls::ContentType;
using namespace std::chrono_literals;

const Bytes kLeaf(700, 0x31);

Bytes hello() {
    return test::records(ContentType::Handshake, test::client_hello({}));
}
// A client that offers TLS 1.3, without which a server's choice of it counts for nothing.
Bytes hello13() {
    return test::records(
        ContentType::Handshake,
        test::client_hello(
            {.extensions = test::join(
                 {test::server_name("www.example.com"),
                  test::supported_versions({tls::version::kTls13, tls::version::kTls12})})}));
}
Bytes handshake(const Bytes& messages) {
    return test::records(ContentType::Handshake, messages);
}
Bytes application(std::size_t size) {
    return test::record(ContentType::ApplicationData, Bytes(size, 0xaa));
}

policy::Policy host_policy(policy::Enforcement action, bool log) {
    auto pairs = policy::Policy::inspect_everything("trust", "untrust").pairs();
    policy::Profile profile;
    profile.name = "ih";
    profile.default_decision = {action, log};
    for (auto& pair : pairs) {
        for (auto& rule : pair.rules) {
            rule.infected_hosts = profile;
        }
    }
    return policy::Policy(pairs);
}

struct Answer {
    const char* why;
    Bytes server;  // what the server sends after the ClientHello
    Visibility visibility;
};

TEST(Records, VisibilityNamesWhatCouldBeSeen) {
    const std::vector<Answer> answers{
        {"full handshake",
         handshake(test::join({test::server_hello({}), test::certificate({kLeaf})})),
         Visibility::Certificate},
        {"TLS 1.3", handshake(test::server_hello13()), Visibility::Tls13},
        {"resumed", test::join({handshake(test::server_hello({})), test::change_cipher_spec()}),
         Visibility::Resumed},
        {"alert instead of a hello", test::alert(2, 40), Visibility::NoServerHello},
        {"silence", {}, Visibility::NoServerHello},
        {"ended inside the certificate",
         [] {
             Bytes flight =
                 handshake(test::join({test::server_hello({}), test::certificate({kLeaf})}));
             flight.resize(flight.size() - 10);
             return flight;
         }(),
         Visibility::Incomplete},
    };
    for (const Answer& answer : answers) {
        InspectBench bench;
        Conversation talk(bench);
        talk.open();
        ASSERT_EQ(talk.from_client(hello13()), Verdict::Forward);
        if (!answer.server.empty()) {
            ASSERT_EQ(talk.from_server(answer.server), Verdict::Forward);
        }
        talk.from_client({}, net::kRst);
        bench.advance(130s);
        const auto records = bench.records();
        ASSERT_EQ(records.size(), 1U) << answer.why;
        EXPECT_EQ(records[0].visibility, answer.visibility) << answer.why;
        EXPECT_EQ(records[0].phase, metadata::Phase::End) << answer.why;
    }
}

TEST(Records, CountTheWholeSession) {
    InspectBench bench;
    Conversation talk(bench);
    const Timestamp start = bench.now;
    talk.open();
    bench.now += 20ms;
    const Bytes out = hello13();
    talk.from_client(out);
    bench.now += 5ms;
    const Bytes in = handshake(test::server_hello13());
    talk.from_server(in);
    bench.now += 1s;
    talk.from_server(application(1000));
    talk.from_client({}, net::kFin | net::kAck);
    talk.from_server({}, net::kFin | net::kAck);
    talk.from_client({}, net::kAck);
    const Timestamp last = bench.now;
    bench.advance(5s);

    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    const metadata::Record& record = records[0];
    EXPECT_EQ(record.start, start);
    EXPECT_EQ(record.end, last);
    EXPECT_EQ(record.traffic.packets, (std::array<uint64_t, 2>{5, 4}));
    EXPECT_EQ(record.traffic.payload, (std::array<uint64_t, 2>{out.size(), in.size() + 1005}));
    EXPECT_EQ(record.traffic.bytes[0], out.size() + 5 * 40);
    ASSERT_EQ(record.traffic.splt.size(), 3U);
    EXPECT_EQ(record.traffic.splt.view()[0].payload_bytes, static_cast<int>(out.size()));
    EXPECT_EQ(record.traffic.splt.view()[0].delta_us, 0U);
    EXPECT_EQ(record.traffic.splt.view()[1].payload_bytes, -static_cast<int>(in.size()));
    EXPECT_EQ(record.traffic.splt.view()[1].delta_us, 5000U);
    ASSERT_EQ(record.traffic.records.size(), 3U);
    EXPECT_EQ(record.traffic.records.view()[2].record_bytes, -1000);
    EXPECT_EQ(record.traffic.records.view()[2].type, 23);
    EXPECT_EQ(record.traffic.gaps[19], 1U) << "one second of silence";
    EXPECT_EQ(record.from_zone.view(), "trust");
    EXPECT_EQ(record.to_zone.view(), "untrust");
}

TEST(Records, RetransmissionsAreCounted) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    const uint32_t at = talk.client_next;
    talk.from_client(hello());
    bench.send(talk.client_frame(at, hello(), net::kAck), test::kClientSide);
    talk.from_client({}, net::kRst);
    bench.advance(130s);
    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].traffic.retransmits, 1U);
}

TEST(Records, OpenSessionsAreReportedBetweenTimes) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello13());
    talk.from_server(handshake(test::server_hello13()));
    std::vector<metadata::Phase> phases;
    for (int i = 0; i < 700; ++i) {
        bench.advance(1s);
        talk.from_client(application(10));
        for (const auto& record : bench.records()) {
            phases.push_back(record.phase);
        }
    }
    talk.from_client({}, net::kRst);
    bench.advance(5s);
    for (const auto& record : bench.records()) {
        phases.push_back(record.phase);
    }
    using metadata::Phase;
    EXPECT_EQ(phases, (std::vector{Phase::Handshake, Phase::Update, Phase::Update, Phase::End}));
}

TEST(Records, TheClientIsWhoSentTheClientHello) {
    InspectBench bench(InspectBench::small_options(),
                       policy::Policy(policy::Policy::inspect_everything("trust", "untrust")));
    Conversation talk(bench);
    // Picked up in the middle: the server's packet comes first.
    talk.from_server(handshake(test::server_hello13()));
    talk.from_client({}, net::kRst);
    bench.advance(5s);
    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(net::to_string(records[0].client.ip), "10.0.1.10");
    EXPECT_EQ(records[0].server.port, 443);
    EXPECT_EQ(records[0].traffic.packets, (std::array<uint64_t, 2>{1, 1}));
}

TEST(Records, AFullRingIsCountedAndHurtsNobody) {
    InspectBench bench(InspectBench::small_options(),
                       policy::Policy::inspect_everything("trust", "untrust"), 1);
    for (uint16_t port = 1000; port < 1010; ++port) {
        Conversation talk(bench, "10.0.1.10", "192.0.2.1", 443, port);
        talk.open();
        talk.from_client(hello());
        EXPECT_EQ(talk.from_client({}, net::kRst), Verdict::Forward);
    }
    bench.advance(130s);
    EXPECT_EQ(bench.count(Counter::RecordsWritten) + bench.count(Counter::RecordRingFull), 10U);
    EXPECT_GT(bench.count(Counter::RecordRingFull), 0U);
}

TEST(Flows, WhatIsNotTlsIsForwardedAndCounted) {
    for (const Bytes& first : {test::text("GET / HTTP/1.1\r\n"), Bytes{0x16, 0x09, 0, 0, 0, 0, 0},
                               Bytes{0x80, 0x2e, 1, 3, 1}}) {
        InspectBench bench;
        Conversation talk(bench);
        talk.open();
        EXPECT_EQ(talk.from_client(first), Verdict::Forward);
        EXPECT_EQ(talk.from_server(Bytes(500, 'x')), Verdict::Forward);
        bench.advance(1h);
        EXPECT_EQ(bench.count(Counter::NotTls), 1U);
        EXPECT_TRUE(bench.records().empty());
        EXPECT_EQ(bench.inspector.flow_count(), 0U);
    }
}

TEST(Flows, FullTablesForwardAndCount) {
    inspect::Options options = InspectBench::small_options();
    options.flows = 4;
    options.sessions = 2;
    InspectBench bench(options);
    for (uint16_t port = 1; port <= 6; ++port) {
        Conversation talk(bench, "10.0.1.10", "192.0.2.1", 443, port);
        EXPECT_TRUE(talk.open());
        EXPECT_EQ(talk.from_client(hello()), Verdict::Forward);
    }
    EXPECT_EQ(bench.count(Counter::SessionTableFull), 2U);
    EXPECT_EQ(bench.count(Counter::FlowTableFull), 2U * 4) << "each packet of two flows";
    bench.advance(2h);
    EXPECT_EQ(bench.inspector.flow_count(), 0U);
}

TEST(Flows, PortReuseAfterCloseIsANewSession) {
    InspectBench bench;
    for (int round = 0; round < 3; ++round) {
        Conversation talk(bench);
        talk.client_next += static_cast<uint32_t>(round) * 100'000;
        EXPECT_TRUE(talk.open());
        talk.from_client(hello());
        talk.from_client({}, net::kRst);
    }
    bench.advance(130s);
    std::set<uint64_t> ids;
    for (const auto& record : bench.records()) {
        ids.insert(record.id);
    }
    EXPECT_EQ(ids.size(), 3U);
}

TEST(Flows, AStraySynAnswerDoesNotMoveTheStream) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    bench.send(talk.server_frame(12'345, {}, net::kSyn | net::kAck), test::kServerSide);
    talk.from_server(handshake(test::join({test::server_hello({}), test::certificate({kLeaf})})));
    talk.from_client({}, net::kRst);
    bench.advance(130s);
    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].visibility, Visibility::Certificate);
}

TEST(Flows, WithoutASynTheServersStreamBeginsWhereTheClientWaitsForIt) {
    const Bytes flight =
        handshake(test::join({test::server_hello({}), test::certificate({kLeaf})}));
    const Bytes first(flight.begin(), flight.begin() + 300);
    const Bytes second(flight.begin() + 300, flight.end());
    for (const bool swapped : {false, true}) {
        InspectBench bench;
        Conversation talk(bench);
        talk.from_client(hello());
        const uint32_t start = talk.server_next;
        const Bytes head = talk.server_frame(start, first, net::kAck);
        const Bytes tail = talk.server_frame(start + 300, second, net::kAck);
        bench.send(swapped ? tail : head, test::kServerSide);
        bench.send(swapped ? head : tail, test::kServerSide);
        EXPECT_EQ(bench.count(Counter::CertificatesVisible), 1U) << swapped;
    }
}

TEST(Flows, EveryEthertypePasses) {
    InspectBench bench;
    for (const uint16_t ethertype :
         std::initializer_list<uint16_t>{0x0806, 0x88cc, 0x8809, 0x8847, 0x1234}) {
        EXPECT_EQ(
            bench.send(test::join({test::ethernet(ethertype), Bytes(46, 1)}), test::kClientSide),
            Verdict::Forward);
    }
    EXPECT_EQ(bench.count(Counter::NotIp), 5U);
}

TEST(Flows, SessionsCanBeListed) {
    InspectBench bench;
    for (uint16_t port = 1; port <= 3; ++port) {
        Conversation talk(bench, "10.0.1.10", "192.0.2.1", 443, port);
        talk.open();
    }
    bench.inspector.request_sessions(9);
    bench.advance(0s);
    std::set<uint16_t> ports;
    bool last = false;
    while (const auto* view = bench.sessions_ring.front()) {
        EXPECT_EQ(view->request, 9U);
        last = view->last;
        if (!view->last) {
            ports.insert(view->client.port);
            EXPECT_EQ(view->server.port, 443);
            EXPECT_EQ(view->packets, (std::array<uint64_t, 2>{2, 1}));
        }
        bench.sessions_ring.release();
    }
    EXPECT_TRUE(last);
    EXPECT_EQ(ports, (std::set<uint16_t>{1, 2, 3}));
}

TEST(InfectedHosts, NewConnectionsAreDroppedInBothDirections) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::BlockDrop, true));
    bench.list_host("10.0.1.10");
    const Bytes out = test::tcp_frame({.flags = net::kSyn});
    const Bytes in =
        test::tcp_frame({.source = "192.0.2.9", .destination = "10.0.1.10", .flags = net::kSyn});
    EXPECT_EQ(bench.send(out, test::kClientSide), Verdict::Drop);
    EXPECT_EQ(bench.send(in, test::kServerSide), Verdict::Drop);
    EXPECT_EQ(bench.send(test::ip_frame("10.0.1.10", "192.0.2.1", net::kIcmp, {8, 0, 0, 0}),
                         test::kClientSide),
              Verdict::Drop);
    EXPECT_EQ(
        bench.send(test::tcp_frame({.source = "10.0.1.11", .flags = net::kSyn}), test::kClientSide),
        Verdict::Forward)
        << "another host";
    const auto records = bench.records();
    ASSERT_GE(records.size(), 2U);
    EXPECT_EQ(records[0].protocol, metadata::Protocol::Unknown);
    EXPECT_EQ(records[0].reason, metadata::Reason::InfectedHost);
    EXPECT_EQ(records[0].action, metadata::Action::Block);
    EXPECT_EQ(net::to_string(records[1].client.ip), "10.0.1.10") << "the host is the client";
}

TEST(InfectedHosts, APacketForgedOnTheOtherSideOpensNoWay) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::BlockDrop, true));
    bench.list_host("10.0.1.10");
    const Bytes packet = test::udp_frame("10.0.1.10", 5000, "192.0.2.1", 9, {1});
    bench.send(packet, test::kServerSide);
    EXPECT_EQ(bench.send(packet, test::kClientSide), Verdict::Drop);
}

TEST(InfectedHosts, AttemptsAreFoldedToOneASecond) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::BlockDrop, true));
    bench.list_host("10.0.1.10");
    for (int i = 0; i < 100; ++i) {
        bench.send(test::tcp_frame({.flags = net::kSyn}), test::kClientSide);
    }
    EXPECT_EQ(bench.records().size(), 1U);
    bench.now += 1s;
    bench.send(test::tcp_frame({.flags = net::kSyn}), test::kClientSide);
    EXPECT_EQ(bench.records().size(), 1U);
}

TEST(InfectedHosts, EstablishedSessionsAreCutAndMayGoOnLater) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::BlockDrop, true));
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    bench.list_host("10.0.1.10");
    EXPECT_EQ(talk.from_server({1}), Verdict::Drop);
    EXPECT_EQ(talk.from_client({1}), Verdict::Drop);
    bench.tables.infected_hosts.publish(std::make_shared<intel::InfectedHosts>());
    EXPECT_EQ(talk.from_client({1}), Verdict::Forward);
}

TEST(InfectedHosts, CloseAnswersWithAReset) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::BlockClose, true));
    bench.list_host("10.0.1.10");
    EXPECT_EQ(bench.send(test::tcp_frame({.sequence = 500, .flags = net::kSyn}), test::kClientSide),
              Verdict::Close);
    ASSERT_EQ(bench.resets.size(), 1U);
    EXPECT_EQ(bench.resets[0].toward, net::Toward::Sender);
    EXPECT_EQ(bench.resets[0].acknowledgment, 501U);
    EXPECT_EQ(bench.resets[0].sequence, 0U);
}

TEST(InfectedHosts, PermitWithLogOnlyReports) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::Permit, true));
    bench.list_host("10.0.1.10");
    Conversation talk(bench);
    EXPECT_TRUE(talk.open());
    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].action, metadata::Action::Permit);
    EXPECT_EQ(records[0].reason, metadata::Reason::InfectedHost);
}

TEST(InfectedHosts, ArpAndNeighbourDiscoveryPass) {
    InspectBench bench(InspectBench::small_options(),
                       host_policy(policy::Enforcement::BlockDrop, true));
    bench.list_host("fd00::10");
    EXPECT_EQ(bench.send(test::join({test::ethernet(0x0806), Bytes(28, 0)}), test::kClientSide),
              Verdict::Forward);
    for (uint8_t type = 133; type <= 137; ++type) {
        EXPECT_EQ(bench.send(test::ip_frame("fd00::10", "fd00::1", net::kIcmpV6,
                                            {type, 0, 0, 0, 0, 0, 0, 0}),
                             test::kClientSide),
                  Verdict::Forward);
    }
    EXPECT_EQ(bench.send(test::ip_frame("fd00::10", "fd00::1", net::kIcmpV6, {128, 0, 0, 0}),
                         test::kClientSide),
              Verdict::Drop);
}

}  // namespace
}  // namespace eti::inspect
