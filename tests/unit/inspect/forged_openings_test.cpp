// What a server, or somebody in its place, could send so that a later handshake is not read.
#include "eti/digest/hasher.h"
#include "tests/support/inspect_bench.h"
#include "tests/support/quic_builder.h"

#include <gtest/gtest.h>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using test::join;
using tls::ContentType;
using namespace std::chrono_literals;

const Bytes kLeaf(900, 0x5c);

Bytes hello() {
    return test::records(ContentType::Handshake, test::client_hello({}));
}
Bytes flight() {
    return test::records(ContentType::Handshake,
                         join({test::server_hello({}), test::certificate({kLeaf})}));
}
Bytes part(const Bytes& bytes, std::size_t from, std::size_t to) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(to)};
}

class ForgedOpening : public testing::Test {
  protected:
    ForgedOpening() { bench.list_certificate(digest::Hasher().sha1(kLeaf)); }

    Verdict server(uint32_t sequence, const Bytes& payload, uint8_t flags = net::kAck) {
        return bench.send(talk.server_frame(sequence, payload, flags), test::kServerSide);
    }
    void open() {
        talk.open();
        bench.now += 1ms;
        talk.from_client({}, net::kAck);
    }
    void ask_for_tls() {  // SMTP, RFC 3207
        talk.from_server(test::text("220 mail ESMTP\r\n"));
        talk.from_client(test::text("EHLO a\r\n"));
        talk.from_server(test::text("250 STARTTLS\r\n"));
        talk.from_client(test::text("STARTTLS\r\n"));
        talk.from_server(test::text("220 go\r\n"));
    }
    void expect_stopped() {
        talk.from_client(hello());
        EXPECT_NE(talk.from_server(flight()), Verdict::Forward);
    }

    InspectBench bench;
    Conversation talk{bench};
};

TEST_F(ForgedOpening, AResetAndASynOfTheServer) {
    open();
    server(0x12345678, {}, net::kRst);
    server(0x77777777, {}, net::kSyn);
    expect_stopped();
}

TEST_F(ForgedOpening, ASynBeforeTheClients) {
    server(0x77777777, {}, net::kSyn);
    open();
    expect_stopped();
}

TEST_F(ForgedOpening, AnAcknowledgmentBeforeAConversationThatTurnsToTls) {
    server(0x77777777, {}, net::kAck);
    open();
    ask_for_tls();
    expect_stopped();
}

TEST_F(ForgedOpening, GarbageBeforeAConversationThatTurnsToTls) {
    open();
    server(talk.server_next, test::text("garbage!!"));
    ask_for_tls();
    expect_stopped();
}

TEST_F(ForgedOpening, GarbageBeforeHellosInPieces) {
    open();
    server(talk.server_next, test::text("garbage!!"));
    const Bytes client = hello();
    const Bytes answer = flight();
    talk.from_client(part(client, 0, 5));
    talk.from_client(part(client, 5, client.size()));
    talk.from_server(part(answer, 0, 1));
    EXPECT_NE(talk.from_server(part(answer, 1, answer.size())), Verdict::Forward);
}

TEST_F(ForgedOpening, AnotherSynAnswerWithData) {
    talk.from_client({}, net::kSyn);
    ++talk.client_next;
    server(talk.server_next, {}, net::kSyn | net::kAck);
    server(0x30000000, {'x'}, net::kSyn | net::kAck);
    EXPECT_EQ(server(0x30000001, {'y'}), Verdict::Drop) << "the client has not chosen yet";
    ++talk.server_next;
    bench.now += 1ms;
    talk.from_client({}, net::kAck);
    expect_stopped();
}

TEST_F(ForgedOpening, ASynForgedOnTheOtherSide) {
    open();
    bench.send(talk.client_frame(0x5000, {}, net::kSyn), test::kServerSide);
    bench.send(
        test::tcp_frame(
            {"192.0.2.1", "10.0.1.10", 443, 40'000, 0x30000000, 0x5001, net::kSyn | net::kAck, {}}),
        test::kServerSide);
    expect_stopped();
}

// Hardware may fill in the one checksum and not the other; a capture may be ahead of it.
TEST(ForgedOpenings, IpChecksumsCountWhereTheirSenderComputesThem) {
    for (const bool computes : {false, true}) {
        InspectBench bench;
        Conversation talk(bench);
        const auto without_checksum = [&](uint32_t sequence, const Bytes& payload, uint8_t flags) {
            Bytes frame = talk.server_frame(sequence, payload, flags);
            constexpr std::size_t kIpChecksum = 14 + 10;
            frame[kIpChecksum] = 0;
            frame[kIpChecksum + 1] = 0;
            bench.inspector.begin_burst(bench.now);
            bench.inspector.inspect(
                classify(frame, 0, test::kServerSide, bench.hasher, {.capture = true}));
            bench.inspector.end_burst();
        };
        talk.from_client({}, net::kSyn);
        ++talk.client_next;
        if (computes) {
            talk.from_server({}, net::kSyn | net::kAck);
        } else {
            without_checksum(talk.server_next, {}, net::kSyn | net::kAck);
        }
        ++talk.server_next;
        talk.from_client(hello());
        without_checksum(talk.server_next, flight(), net::kAck);
        EXPECT_EQ(bench.count(Counter::CertificatesVisible), computes ? 0U : 1U);
    }
}

TEST(ForgedOpenings, TlsOnTheNameServersPort) {
    for (const bool server_first : {false, true}) {
        InspectBench bench;
        bench.list_certificate(digest::Hasher().sha1(kLeaf));
        Conversation talk(bench, "10.0.1.10", "192.0.2.1", 53);
        talk.open();
        if (server_first) {
            talk.from_server(test::records(ContentType::Handshake, test::hello_request()));
        }
        talk.from_client(hello());
        EXPECT_NE(talk.from_server(flight()), Verdict::Forward) << server_first;
    }
}

TEST(ForgedOpenings, ADatagramOfTheServerBeforeTheClients) {
    InspectBench bench;
    bench.send(test::udp_frame("192.0.2.1", 443, "10.0.1.10", 5000, {1}), test::kServerSide);
    bench.send(test::udp_frame(
                   "10.0.1.10", 5000, "192.0.2.1", 443,
                   test::quic_initial({}, test::crypto_frame(0, test::quic_client_hello()), 1200)),
               test::kClientSide);
    EXPECT_EQ(bench.count(Counter::SessionsInspected), 1U);
}

TEST(ForgedOpenings, TwoConnectionsInOneDatagramAreRead) {
    InspectBench bench;
    test::QuicPacketSpec other;
    other.key_id = test::from_hex("0102030405060708");
    other.destination = other.key_id;
    const Bytes both =
        join({test::quic_initial({}, test::crypto_frame(0, test::quic_client_hello("a.example"))),
              test::quic_initial(other, test::crypto_frame(0, test::quic_client_hello("b.example")),
                                 600)});
    EXPECT_EQ(
        bench.send(test::udp_frame("10.0.1.10", 5000, "192.0.2.1", 443, both), test::kClientSide),
        Verdict::Forward);
    EXPECT_EQ(bench.count(Counter::SessionsInspected), 1U);
}

TEST(ForgedOpenings, AKeepAliveIsNoContradictionWhereNobodyAcknowledges) {
    InspectBench bench;
    Conversation talk(bench);
    const auto server = [&](uint32_t sequence, const Bytes& payload, uint8_t flags) {
        return bench.send(talk.server_frame(sequence, payload, flags), test::kServerSide);
    };
    server(100, {}, net::kSyn | net::kAck);
    server(101, test::text("220 ftp ready\r\n"), net::kAck);
    EXPECT_EQ(server(101 + 14, {0}, net::kAck), Verdict::Forward);
}

TEST(ForgedOpenings, ANewerListIsAskedAboutASessionWithAContradiction) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    const uint32_t start = talk.server_next;
    talk.from_server(flight());
    Bytes other = flight();
    other[20] ^= 1;
    EXPECT_EQ(bench.send(talk.server_frame(start, other, net::kAck), test::kServerSide),
              Verdict::Drop);
    bench.list_certificate(digest::Hasher().sha1(kLeaf));
    EXPECT_NE(talk.from_server({1, 2, 3}), Verdict::Forward);
}

}  // namespace
}  // namespace eti::inspect
