// What no endpoint sends: damage, forgery and floods. All work and memory has a bound.
#include "connection_fixture.h"

#include <cstdlib>

namespace eti::quic {
namespace {

constexpr const char* kBothHellos = "client_hello quic.example\nserver_hello 4865\n";

TEST_F(ConnectionTest, TakesNothingFromAPacketThatWasTouched) {
    const Bytes whole = quic_initial({.token = Bytes(3, 1)}, crypto_frame(0, quic_client_hello()));
    for (std::size_t bit = 0; bit < whole.size() * 8; bit += 5) {
        Bytes damaged = whole;
        damaged[bit / 8] = static_cast<uint8_t>(damaged[bit / 8] ^ 1U << (bit % 8));
        ASSERT_EQ(run({client(damaged)}), "") << "bit " << bit;
        ASSERT_EQ(connection.state(), State::Detecting);
    }
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        ASSERT_EQ(run({client(cut)}), "") << "cut to " << size;
    }
    EXPECT_EQ(run({client(whole)}), kClientHello);
}

TEST_F(ConnectionTest, ReadsOnBehindForgery) {
    QuicPacketSpec forged{.key_id = Bytes(8, 0x66)};  // keys of another id
    const Datagram nonsense = client(quic_initial(forged, crypto_frame(0, quic_client_hello("x"))));
    QuicPacketSpec forged_answer = from_server();
    forged_answer.key_id = Bytes(8, 0x66);
    const Datagram false_answer =
        server(quic_initial(forged_answer, crypto_frame(0, test::server_hello13())));
    const Datagram false_retry = server(quic_retry(test::kQuic1, {}, Bytes(8, 0x66)));
    const Datagram false_refusal =
        server(quic_version_negotiation({}, Bytes(8, 0x66), {0x6b3343cf}));
    EXPECT_EQ(run({nonsense, client(client_first()), nonsense, false_answer, false_retry,
                   false_refusal, server(server_first()), nonsense}),
              kBothHellos);
    EXPECT_FALSE(connection.superseded());
    EXPECT_EQ(connection.error(), Error::None);
}

TEST_F(ConnectionTest, ReadsOnBehindADecoy) {
    QuicPacketSpec decoy{.key_id = Bytes(8, 0x66), .destination = Bytes(8, 0x66)};
    struct Case {
        const char* why;
        Bytes payload;
    };
    const Case kCases[] = {
        {"authentic, but no hello", {1}},
        {"a message of another type", crypto_frame(0, test::handshake(20, Bytes(10, 0)))},
        {"a hello that cannot be read", crypto_frame(0, test::handshake(1, Bytes(10, 0)))},
        {"half a hello", crypto_pieces(quic_client_hello("decoy"), 150)[0]},
    };
    for (const Case& c : kCases) {
        EXPECT_EQ(run({client(quic_initial(decoy, c.payload)), client(client_first()),
                       server(server_first())}),
                  kBothHellos)
            << c.why;
        EXPECT_EQ(connection.error(), Error::None) << c.why;
    }
    EXPECT_EQ(
        run({server(quic_initial(decoy, {1})), client(client_first()), server(server_first())}),
        kBothHellos)
        << "the server plays the client first";
    EXPECT_FALSE(connection.roles_swapped());
}

TEST_F(ConnectionTest, KeepsTheFirstCopyOfContradictingFrames) {
    const Bytes hello = quic_client_hello();
    const Bytes other = quic_client_hello("evil.example");
    ASSERT_EQ(hello.size(), other.size());
    const std::vector<Bytes> mine = crypto_pieces(hello, 120);
    const std::vector<Bytes> theirs = crypto_pieces(other, 120);
    EXPECT_EQ(run({client(quic_initial({}, mine[0])),
                   client(quic_initial({.number = 1}, join({theirs[0], theirs[1]})))}),
              kClientHello);
    EXPECT_TRUE(connection.conflicting());
    EXPECT_EQ(run({client(quic_initial({}, join({theirs[0], mine[0], mine[1]})))}),
              "client_hello evil.example\n");
    EXPECT_TRUE(connection.conflicting());
}

TEST_F(ConnectionTest, SaysWhatItCouldNotRead) {
    struct Case {
        const char* why;
        Bytes client_payload;
        Bytes server_payload;
        Error error;
        State state;
    };
    const Bytes asks = crypto_frame(0, quic_client_hello());
    const Bytes retry = test::hello_retry_request();
    const Case kCases[] = {
        {"an unreadable ClientHello", crypto_frame(0, test::handshake(1, Bytes(10, 0))),
         crypto_frame(0, test::server_hello13()), Error::ClientHello, State::Handshaking},
        {"an unreadable ServerHello", asks, crypto_frame(0, test::handshake(2, Bytes(10, 0))),
         Error::ServerHello, State::Handshaking},
        {"another message of the server", asks, crypto_frame(0, test::handshake(8, Bytes(10, 0))),
         Error::ServerHello, State::Handshaking},
        {"two HelloRetryRequests", asks, crypto_frame(0, join({retry, retry})), Error::ServerHello,
         State::Handshaking},
        {"a hello beyond the budget",
         crypto_frame(0, {1, 0, 0xff, 0xff}),
         {1},
         Error::MessageTooLong,
         State::OverBudget},
        {"a frame beyond the budget",
         crypto_frame(70'000, {1}),
         {1},
         Error::MessageTooLong,
         State::OverBudget},
    };
    for (const Case& c : kCases) {
        run({client(quic_initial({}, c.client_payload)),
             server(quic_initial(from_server(), c.server_payload))});
        EXPECT_EQ(connection.error(), c.error) << c.why;
        EXPECT_EQ(connection.state(), c.state) << c.why;
    }
    connection.reset(pool);
    tls::AssemblyPool none(0, 0);
    connection.feed(Direction::Out, quic_initial({}, crypto_pieces(quic_client_hello(), 100)[0]),
                    crypto, none, log);
    EXPECT_EQ(connection.error(), Error::AssemblyFull);
    EXPECT_EQ(connection.state(), State::OverBudget);
}

TEST_F(ConnectionTest, GivesUpOnFloods) {
    const Bytes garbage = quic_initial({.key_id = Bytes(8, 0x66)}, {1}, 1200);
    for (unsigned left = kMaxFailed; left > 1; --left) {
        EXPECT_EQ(feed(client(garbage)), State::Detecting);
    }
    EXPECT_EQ(feed(client(garbage)), State::NotQuic);

    connection.reset(pool);
    for (unsigned left = kMaxUnrecognised; left > 1; --left) {
        EXPECT_EQ(feed(server(Bytes(left, 0x17))), State::Detecting);
    }
    EXPECT_EQ(feed(client(client_first())), State::Handshaking) << "just in time";

    for (unsigned left = kMaxFailed; left > 1; --left) {
        EXPECT_EQ(feed(client(garbage)), State::Handshaking);
    }
    EXPECT_EQ(feed(client(garbage)), State::OverBudget);
    EXPECT_EQ(connection.error(), Error::TooManyPackets);

    connection.reset(pool);
    for (unsigned number = 1; number < kMaxOpened; ++number) {
        EXPECT_EQ(feed(client(quic_initial({.number = number}, {1}))), State::Handshaking);
    }
    EXPECT_EQ(feed(client(quic_initial({}, crypto_pieces(quic_client_hello(), 100)[0]))),
              State::OverBudget);
    EXPECT_TRUE(everything_returned());
    const std::size_t packets = log.packets();
    feed(client(client_first()));
    EXPECT_EQ(log.packets(), packets) << "nothing after that";
}

TEST_F(ConnectionTest, StaysFinishedUnderAFlood) {
    feed({client(client_first()), server(server_first())});
    const Bytes garbage =
        quic_initial({.key_id = Bytes(8, 0x77), .destination = Bytes(8, 0x66)}, {1}, 1200);
    const QuicPacketSpec other{.key_id = Bytes(8, 0x55), .destination = Bytes(8, 0x55)};
    const Bytes next = quic_initial(other, {1});
    for (unsigned left = kMaxFailed; left > 0; --left) {
        EXPECT_EQ(feed(client(garbage)), State::Finished);
    }
    feed(client(next));
    EXPECT_FALSE(connection.superseded()) << "no work is left for it";
    EXPECT_EQ(connection.error(), Error::TooManyPackets) << "and that is said";
}

TEST_F(ConnectionTest, BearsManyPacketsInOneDatagram) {
    const Bytes tiny = quic_sealed({.destination = {7}, .number_bytes = 1}, 2, 0);
    Bytes datagram;
    while (datagram.size() + tiny.size() < 65'000) {
        datagram.insert(datagram.end(), tiny.begin(), tiny.end());
    }
    const Bytes hello =
        quic_initial({.key_id = {7}, .destination = {7}}, crypto_frame(0, quic_client_hello()));
    EXPECT_EQ(feed(client(join({datagram, hello}))), State::Handshaking);
    EXPECT_EQ(log.text(), kClientHello);
}

}  // namespace
}  // namespace eti::quic
