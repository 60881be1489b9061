// Connections as endpoints make them, in all orders a network may deliver.
#include "connection_fixture.h"
#include "eti/tls/fingerprint.h"

#include <algorithm>
#include <numeric>

namespace eti::quic {
namespace {

TEST_F(ConnectionTest, ReportsBothHellosAndEachPacket) {
    log.log_packets = true;
    const Bytes client_handshake = quic_sealed({.destination = test::server_id()}, 2, 60);
    const Bytes client_ack =
        quic_initial({.destination = test::server_id(), .number = 1}, ack_frame(0));
    EXPECT_EQ(feed(client(client_first())), State::Handshaking);
    EXPECT_EQ(connection.version(), 1U);
    EXPECT_EQ(feed(server(server_first())), State::Finished);
    EXPECT_EQ(feed(client(join({client_ack, client_handshake, quic_short(100)}))), State::Finished);
    feed(server(quic_short(1200)));
    EXPECT_EQ(log.text(),
              "client initial 1200\n"
              "client_hello quic.example\n"
              "server initial 94\n"
              "server_hello 4865\n"
              "server handshake 917\n"
              "client initial 41\n"
              "client handshake 77\n"
              "client short 100\n"
              "server short 1200\n");
    EXPECT_FALSE(connection.superseded());
    EXPECT_FALSE(connection.conflicting());
    EXPECT_EQ(connection.error(), Error::None);
}

struct VersionCase {
    const char* why;
    uint32_t version;
    const char* salt;
    bool second_version = false;
};

constexpr const char* kDraft23Salt = "c3eef712c72ebb5a11a7d2432bb46365bef9f502";
constexpr const char* kDraft29Salt = "afbfec289993d24c9e9786f19c6111e04390a899";
constexpr const char* kVersion1Salt = "38762cf7f55934b34d179ae6a4c80cadccbb7f0a";

TEST_F(ConnectionTest, OpensEachKnownVersion) {
    constexpr VersionCase kCases[] = {
        {"RFC 9001", 1, kVersion1Salt},
        {"RFC 9369", 0x6b3343cf, "0dede3def700a6db819381be6e269dcbf9bd2ed9", true},
        {"draft 1 of version 2", 0x709a50c4, "a707c203a59b47184a1d62ca570406ea7ae3e5d3", true},
        {"draft 22", 0xff000016, "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a"},
        {"draft 23", 0xff000017, kDraft23Salt},
        {"draft 27", 0xff00001b, kDraft23Salt},
        {"draft 28", 0xff00001c, kDraft23Salt},
        {"draft 29", 0xff00001d, kDraft29Salt},
        {"draft 32", 0xff000020, kDraft29Salt},
        {"draft 33", 0xff000021, kVersion1Salt},
        {"draft 34", 0xff000022, kVersion1Salt},
        {"T050", 0x54303530, "7ff579e5acd072915580304c43a2367c60488310"},
        {"T051", 0x54303531, "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"},
        {"mvfst, draft 22", 0xfaceb001, "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a"},
        {"mvfst, draft 27", 0xfaceb002, kDraft23Salt},
        {"mvfst, version 1", 0xfaceb003, kVersion1Salt},
    };
    for (const VersionCase& c : kCases) {
        SCOPED_TRACE(c.why);
        const test::QuicRules rules{c.version, c.salt, c.second_version};
        QuicPacketSpec answer = from_server();
        answer.rules = rules;
        const Bytes first = quic_initial({.rules = rules}, crypto_frame(0, quic_client_hello()));
        EXPECT_TRUE(may_be_initial(first));
        EXPECT_EQ(run({client(first),
                       server(quic_initial(answer, crypto_frame(0, test::server_hello13())))}),
                  std::string(kClientHello) + kServerHello);
        EXPECT_EQ(connection.version(), c.version);
        EXPECT_EQ(connection.state(), State::Finished);
    }
}

// A post-quantum hello over three datagrams, cut so that frames overlap datagrams' ends too.
TEST_F(ConnectionTest, PutsALongHelloTogetherInAnyOrder) {
    const Bytes hello = quic_client_hello("quic.example", 1216 + 1300);
    const std::vector<Bytes> pieces = crypto_pieces(hello, 480);
    ASSERT_EQ(pieces.size(), 6U);
    std::vector<std::size_t> order(pieces.size());
    std::iota(order.begin(), order.end(), 0);
    do {
        std::vector<Datagram> datagrams;
        for (std::size_t i = 0; i < order.size(); i += 2) {
            datagrams.push_back(client(quic_initial(
                {.number = i}, join({pieces[order[i]], {0, 0, 1}, pieces[order[i + 1]]}))));
        }
        ASSERT_EQ(run(datagrams), kClientHello) << testing::PrintToString(order);
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_FALSE(connection.conflicting());
    EXPECT_EQ(connection.error(), Error::None);
}

TEST_F(ConnectionTest, DoesNotDependOnTheSizeOfFrames) {
    const Bytes hello = quic_client_hello("quic.example", 40'000);
    for (const std::size_t bytes : {std::size_t{700}, std::size_t{1200}, std::size_t{13'000}}) {
        SCOPED_TRACE(bytes);
        std::vector<Datagram> datagrams;
        for (const Bytes& piece : crypto_pieces(hello, bytes)) {
            datagrams.push_back(client(quic_initial({.number = datagrams.size()}, piece)));
        }
        EXPECT_EQ(run(datagrams), kClientHello);
        std::reverse(datagrams.begin(), datagrams.end());
        EXPECT_EQ(run(datagrams), kClientHello);
    }
    Bytes payload;
    for (const Bytes& piece : crypto_pieces(quic_client_hello(), 1)) {
        payload = join({piece, payload});
    }
    EXPECT_EQ(run({client(quic_initial({}, payload))}), kClientHello) << "byte by byte, backwards";
}

TEST_F(ConnectionTest, BearsLossRetransmissionAndCompany) {
    const std::vector<Bytes> halves = crypto_pieces(quic_client_hello(), 150);
    ASSERT_EQ(halves.size(), 2U);
    const auto packet = [&halves](std::size_t half, uint64_t number, const Bytes& to) {
        return quic_initial({.destination = to, .number = number}, halves[half]);
    };
    const Bytes to_first = test::first_id();
    const Bytes to_server = test::server_id();
    struct Case {
        const char* why;
        std::vector<Datagram> datagrams;
        std::string expected;
    };
    const Bytes zero_rtt = quic_sealed({}, 1, 400);
    const std::string both = std::string(kClientHello) + kServerHello;
    const Case kCases[] = {
        {"each packet twice",
         {client(packet(0, 0, to_first)), client(packet(0, 0, to_first)),
          client(packet(1, 1, to_first)), client(packet(1, 1, to_first)), server(server_first()),
          server(server_first())},
         both},
        {"the second half again in a new packet",
         {client(packet(1, 1, to_first)), client(packet(1, 2, to_first)),
          client(packet(0, 3, to_first))},
         kClientHello},
        {"the rest of the hello, when the server has named its id",
         {client(packet(1, 1, to_first)), server(server_first()), client(packet(0, 2, to_server))},
         std::string(kServerHello) + kClientHello},
        {"0-RTT between and behind, in one datagram",
         {client(join({packet(0, 0, to_first), zero_rtt})),
          client(join({zero_rtt, packet(1, 1, to_first), zero_rtt}))},
         kClientHello},
        {"two Initial packets in one datagram, then zeros",
         {client(join({packet(0, 0, to_first), packet(1, 1, to_first), Bytes(300, 0)}))},
         kClientHello},
        {"the answer overtakes the question: it cannot be opened, its repetition can",
         {server(server_first()), client(client_first()), server(server_first())},
         both},
        {"one-sided, the client", {client(client_first())}, kClientHello},
        {"one-sided, the server", {server(server_first())}, ""},
        {"a token",
         {client(quic_initial({.token = Bytes(100, 7)}, join({halves[0], halves[1]})))},
         kClientHello},
        {"ACK with ECN counts and many ranges, PING, PADDING around the frame",
         {client(quic_initial({}, join({{0x03, 5, 0, 1, 0, 1, 0, 9, 9, 9, 1, 0, 0},
                                        halves[0],
                                        {0x02, 9, 0, 2, 0, 1, 1, 1, 1},
                                        halves[1]})))},
         kClientHello},
        {"a cleared fixed bit",
         {client(quic_initial({.first_bits = 0x80}, join({halves[0], halves[1]})))},
         kClientHello},
        {"a frame that does not belong there ends the packet, what came before it counts",
         {client(quic_initial({}, join({halves[0], {0x08}, halves[1]})))},
         ""},
        {"and so does one that is cut",
         {client(quic_initial({}, join({halves[0], halves[1], {0x06, 0x00, 0x7f}})))},
         kClientHello},
        {"the server closes with an alert",
         {client(client_first()), server(quic_initial(from_server(), close_frame(0x128)))},
         std::string(kClientHello) + "close server 296\n"},
    };
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.why);
        EXPECT_EQ(run(c.datagrams), c.expected);
        EXPECT_FALSE(connection.conflicting());
    }
}

TEST_F(ConnectionTest, FollowsAHelloRetryRequest) {
    const Bytes first = quic_client_hello();
    const Bytes second = quic_client_hello("second.example");
    const Bytes retry = test::hello_retry_request();
    const Bytes hello = test::server_hello13();
    const Datagram asks = client(quic_initial({}, crypto_frame(0, first)));
    const Datagram refuses = server(quic_initial(from_server(0), crypto_frame(0, retry)));
    const Datagram asks_again = client(quic_initial({.destination = test::server_id(), .number = 1},
                                                    crypto_frame(first.size(), second)));
    const Datagram accepts =
        server(quic_initial(from_server(1), crypto_frame(retry.size(), hello)));
    const Datagram both =
        server(quic_initial(from_server(1), crypto_frame(0, join({retry, hello}))));
    const std::string expected = std::string(kClientHello) + "retry 4865\n" + kServerHello;
    EXPECT_EQ(run({asks, refuses, asks_again, accepts}), expected);
    EXPECT_EQ(connection.state(), State::Finished);
    EXPECT_EQ(run({asks, accepts, asks_again, refuses}), expected) << "the answers swapped";
    EXPECT_EQ(run({asks, refuses, both}), expected) << "the first answer repeated";
    EXPECT_EQ(run({asks, both}), expected) << "both in one frame";
    EXPECT_FALSE(connection.conflicting());
}

TEST_F(ConnectionTest, FollowsARetry) {
    const Bytes new_id = {9, 8, 7, 6, 5};  // a server may choose any length
    const Datagram retry = server(quic_retry(test::kQuic1, {}, new_id));
    const Datagram again = client(quic_initial(
        {.key_id = new_id, .destination = new_id, .token = test::text("token"), .number = 1},
        crypto_frame(0, quic_client_hello()), 1200));
    QuicPacketSpec answer = from_server();
    answer.key_id = new_id;
    const Datagram accepts = server(quic_initial(answer, crypto_frame(0, test::server_hello13())));
    const std::string both = std::string(kClientHello) + kServerHello;
    EXPECT_EQ(run({client(client_first()), retry, again, accepts}), both);
    EXPECT_EQ(connection.state(), State::Finished);
    EXPECT_EQ(run({again, accepts}), both) << "picked up after the Retry";
    EXPECT_EQ(run({retry, again, accepts}), both) << "a Retry without the question";
    EXPECT_EQ(run({client(client_first()), server(server_first()), retry, again}), both);
    EXPECT_TRUE(connection.superseded()) << "a Retry after the answer means nothing";

    const std::vector<Bytes> halves = crypto_pieces(quic_client_hello(), 150);
    const Datagram half = client(quic_initial({}, halves[0]));
    EXPECT_EQ(run({half, retry, again, accepts}), both) << "the hello was incomplete before it";
}

// RFC 9001 appendix A.4.
TEST_F(ConnectionTest, KnowsThePublishedRetry) {
    log.log_packets = true;
    feed({client(client_first()),
          server(test::from_hex(
              "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")),
          client(quic_initial({.key_id = test::server_id(), .destination = test::server_id()},
                              crypto_frame(0, quic_client_hello())))});
    EXPECT_NE(log.text().find("server retry 36\n"), std::string::npos);
    EXPECT_FALSE(connection.superseded());
}

TEST_F(ConnectionTest, FollowsANewVersion) {
    QuicPacketSpec second{.rules = test::kQuic2};
    QuicPacketSpec second_answer = from_server();
    second_answer.rules = test::kQuic2;
    const Bytes hello = crypto_frame(0, quic_client_hello());
    const Datagram answer2 =
        server(quic_initial(second_answer, crypto_frame(0, test::server_hello13())));
    const std::string both = std::string(kClientHello) + kServerHello;

    const Datagram refusal =
        server(quic_version_negotiation({}, test::first_id(), {0x6b3343cf, 0x1a2a3a4a}));
    EXPECT_EQ(run({client(client_first()), refusal, client(quic_initial(second, hello)), answer2}),
              both)
        << "refused, tried again with the same id";
    EXPECT_EQ(connection.version(), 0x6b3343cfU);

    QuicPacketSpec other_id = second;
    other_id.key_id = other_id.destination = Bytes(8, 0x99);
    QuicPacketSpec other_answer = second_answer;
    other_answer.key_id = Bytes(8, 0x99);
    EXPECT_EQ(run({client(client_first()), refusal, client(quic_initial(other_id, hello)),
                   server(quic_initial(other_answer, crypto_frame(0, test::server_hello13())))}),
              both)
        << "with another id";
    EXPECT_FALSE(connection.superseded());

    EXPECT_EQ(run({client(client_first()), answer2}), both)
        << "RFC 9368: the server just answers in the other one";
    const std::vector<Bytes> halves = crypto_pieces(quic_client_hello(), 150);
    second.destination = test::server_id();
    EXPECT_EQ(run({client(quic_initial({}, halves[0])), answer2,
                   client(quic_initial(second, halves[1]))}),
              std::string(kServerHello) + kClientHello)
        << "and the client goes on in it";

    const Bytes unknown = quic_initial({.rules = {.version = 0x1a2a3a4a}}, hello, 1200);
    EXPECT_EQ(run({client(unknown), server(quic_version_negotiation({}, test::first_id(), {1})),
                   client(client_first()), server(server_first())}),
              both)
        << "the first attempt was in a version nobody knows";
}

TEST_F(ConnectionTest, FindsTheClientWhenTheCallerHasItWrong) {
    log.log_packets = true;
    feed({server(client_first()), client(server_first()), server(quic_short())});
    EXPECT_TRUE(connection.roles_swapped());
    EXPECT_EQ(connection.state(), State::Finished);
    EXPECT_EQ(log.text(),
              "client initial 1200\nclient_hello quic.example\nserver initial 94\n"
              "server_hello 4865\nserver handshake 917\nclient short 40\n");
}

TEST_F(ConnectionTest, SaysWhenAnotherConnectionBegins) {
    const QuicPacketSpec other{.key_id = Bytes(8, 0x55), .destination = Bytes(8, 0x55)};
    const Bytes next = quic_initial(other, crypto_frame(0, quic_client_hello("next.example")));
    for (const bool finished : {false, true}) {
        SCOPED_TRACE(finished);
        run({client(client_first())});
        if (finished) {
            feed(server(server_first()));
        }
        const std::size_t packets = log.packets();
        feed(client(next));
        EXPECT_TRUE(connection.superseded());
        EXPECT_EQ(log.packets(), packets) << "it belongs to the next one";
        connection.reset(pool);
        EXPECT_EQ(feed(client(next)), State::Handshaking);
        EXPECT_FALSE(connection.superseded());
        EXPECT_NE(log.text().find("client_hello next.example"), std::string::npos);
    }
    run({client(client_first()), server(next)});
    EXPECT_TRUE(connection.superseded()) << "from the other side";
}

// RFC 9000 section 12.2: what is behind a datagram's first packet has its destination, or counts
// for nothing.
TEST_F(ConnectionTest, IgnoresPacketsForOthersInOneDatagram) {
    const Bytes other_id = Bytes(8, 0x55);
    const QuicPacketSpec other{.key_id = other_id, .destination = other_id};
    const Bytes theirs = quic_initial(other, crypto_frame(0, quic_client_hello("other.example")));
    const Bytes their_rest = quic_sealed({.destination = other_id}, 2, 60);
    const Bytes other_length = quic_sealed({.destination = Bytes(7, 0x83)}, 2, 60);
    const std::vector<Bytes> halves = crypto_pieces(quic_client_hello(), 150);
    const Bytes half = quic_initial({}, halves[0]);
    const Bytes rest = quic_initial({.number = 1}, halves[1]);
    const Bytes whole = client_first();
    struct Case {
        const char* why;
        std::vector<Datagram> datagrams;
        std::string expected;
        std::size_t packets;
    };
    const Case kCases[] = {
        {"behind a whole hello", {client(join({whole, theirs}))}, kClientHello, 1},
        {"before it: the first one counts",
         {client(join({theirs, whole}))},
         "client_hello other.example\n",
         1},
        {"behind half of one", {client(join({half, theirs})), client(rest)}, kClientHello, 2},
        {"between its halves", {client(join({half, theirs, rest}))}, kClientHello, 2},
        {"from the server's side", {server(join({whole, theirs}))}, kClientHello, 1},
        {"behind a repeated hello", {client(whole), client(join({half, theirs}))}, kClientHello, 2},
        {"behind the server's answer",
         {client(whole), server(join({server_first(), theirs}))},
         std::string(kClientHello) + kServerHello,
         3},
        {"handshake packets", {client(join({whole, their_rest, other_length}))}, kClientHello, 1},
    };
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.why);
        EXPECT_EQ(run(c.datagrams), c.expected);
        EXPECT_EQ(log.packets(), c.packets);
        EXPECT_FALSE(connection.superseded());
    }
}

// A caller starts over with the same datagram: it must not be told so again.
TEST_F(ConnectionTest, StartsOverOncePerDatagram) {
    const Bytes other_id = Bytes(8, 0x55);
    const QuicPacketSpec other{.key_id = other_id, .destination = other_id};
    const QuicPacketSpec third{.key_id = Bytes(8, 0x66), .destination = Bytes(8, 0x66)};
    const QuicPacketSpec misdirected{.destination = other_id};
    const Bytes hello = crypto_frame(0, quic_client_hello("next.example"));
    const Bytes next = quic_initial(other, hello);
    const Bytes zero_rtt = quic_sealed({.destination = other_id}, 1, 60);
    struct Case {
        const char* why;
        Bytes datagram;
        bool superseded;  // when the client sends it
    };
    const Case kCases[] = {
        {"alone", next, true},
        {"behind 0-RTT for the same id", join({zero_rtt, next}), true},
        {"then a third", join({next, quic_initial(third, hello)}), true},
        {"twice", join({next, next}), true},
        {"then for its id in another version",
         join({next,
               quic_initial({.rules = test::kQuic2, .key_id = other_id, .destination = other_id},
                            hello)}),
         true},
        {"behind a packet of this connection with that id",
         join({quic_initial(misdirected, crypto_frame(0, quic_client_hello())), next}), false},
    };
    for (const Case& c : kCases) {
        for (const bool from_client : {true, false}) {
            SCOPED_TRACE(c.why);
            SCOPED_TRACE(from_client);
            run({client(client_first())});
            const Datagram datagram = from_client ? client(c.datagram) : server(c.datagram);
            feed(datagram);
            EXPECT_EQ(connection.superseded(), c.superseded || !from_client);
            connection.reset(pool);
            feed(datagram);
            EXPECT_FALSE(connection.superseded());
            EXPECT_NE(log.text().find("client_hello next.example"), std::string::npos);
        }
    }
}

TEST_F(ConnectionTest, EndsWithPacketsPastTheHandshake) {
    feed(client(client_first()));
    for (unsigned left = kShortAfterHello; left > 1; --left) {
        EXPECT_EQ(feed(client(quic_short())), State::Handshaking);
    }
    EXPECT_EQ(feed(server(quic_short())), State::Finished);
    EXPECT_FALSE(connection.server_hello_seen());

    run({client(quic_initial({}, crypto_pieces(quic_client_hello(), 150)[0]))});
    for (unsigned left = kShortWithoutHello; left > 1; --left) {
        EXPECT_EQ(feed(client(quic_short())), State::Handshaking);
    }
    EXPECT_EQ(feed(client(quic_short())), State::OverBudget);
    EXPECT_EQ(connection.error(), Error::Incomplete);
    EXPECT_TRUE(everything_returned());
}

class Fingerprints : public test::QuicLog {
  public:
    void client_hello(const tls::ClientHello& hello) override {
        std::array<char, 1024> buffer{};
        ja3 = tls::ja3_text(hello, buffer);
        tls::Ja4Texts texts;
        if (tls::ja4_texts(hello, 'q', buffer, texts)) {
            ja4_prefix = texts.prefix;
        }
    }
    std::string ja3;
    std::string ja4_prefix;
};

// quic_transport_parameters (57, RFC 9001 section 8.2) counts like any other extension.
TEST_F(ConnectionTest, GivesHellosThatCanBeFingerprinted) {
    Fingerprints visitor;
    connection.feed(Direction::Out, client_first(), crypto, pool, visitor);
    EXPECT_EQ(visitor.ja3, "771,4865-4866-4867,0-16-43-10-13-51-57,29,");
    EXPECT_EQ(visitor.ja4_prefix, "q13d0307h3");
}

}  // namespace
}  // namespace eti::quic
