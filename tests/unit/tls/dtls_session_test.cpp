#include "eti/tls/dtls_session.h"

#include "tests/support/dtls_builder.h"
#include "tests/support/tls_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace eti::tls {
namespace {

using test::Bytes;
using test::dtls_handshake;
using test::dtls_message;
using test::dtls_record;
using test::join;

constexpr auto kOut = Direction::Out;
constexpr auto kIn = Direction::In;

static_assert(sizeof(DtlsSession) <= 304, "one per flow");

struct Datagram {
    Direction direction;
    Bytes bytes;
};

struct Exchange {
    explicit Exchange(uint32_t small = 6, uint32_t large = 3)
        : pool(small, large), small_buffers(small), large_buffers(large) {}
    ~Exchange() {
        session.reset(pool);
        std::vector<std::span<uint8_t>> all;
        for (uint32_t i = 0; i < small_buffers + large_buffers; ++i) {
            all.push_back(
                pool.allocate(i < large_buffers ? AssemblyPool::kLargeBytes : std::size_t{1}));
            EXPECT_FALSE(all.back().empty()) << "every buffer came back";
        }
    }
    Exchange& feed(Direction direction, std::span<const uint8_t> datagram) {
        session.feed(direction, datagram, pool, log);
        contradictions += session.contradicted() ? 1 : 0;
        return *this;
    }
    Exchange& feed(const std::vector<Datagram>& datagrams) {
        for (const Datagram& datagram : datagrams) {
            feed(datagram.direction, datagram.bytes);
        }
        return *this;
    }

    AssemblyPool pool;
    uint32_t small_buffers;
    uint32_t large_buffers;
    test::TlsLog log;
    DtlsSession session;
    int contradictions = 0;
};

const Bytes kCookie = test::text("cookie");
const Bytes kLeaf = test::text("leaf");
const Bytes kCa = test::text("ca");

Bytes offer(uint16_t sequence = 0, const test::DtlsClientHelloSpec& spec = {}) {
    return dtls_handshake(dtls_message(test::dtls_client_hello(spec), sequence));
}
Bytes verify() {
    return dtls_handshake(dtls_message(test::hello_verify_request(kCookie), 0));
}
Bytes hello(uint16_t sequence) {
    return dtls_handshake(dtls_message(test::dtls_server_hello(), sequence));
}
Bytes certificate(uint16_t sequence, const std::vector<Bytes>& entries = {kLeaf, kCa}) {
    return dtls_handshake(dtls_message(test::certificate(entries), sequence));
}
Bytes end_of_side() {
    return join({dtls_record(ContentType::ChangeCipherSpec, {1}),
                 dtls_record(ContentType::Handshake, Bytes(40, 0xee), 1)});
}

const std::string kOffer = "client_hello www.example.com\n";
const std::string kChain = "begin 0 4\ndata leaf\nend 0\nbegin 1 2\ndata ca\nend 1\n";
const std::string kFull = kOffer + "server_hello 65277\n" + kChain;

struct Case {
    const char* why;
    std::vector<Datagram> datagrams;
    std::string log;
    SessionState state = SessionState::Handshaking;
    SessionError error = SessionError::None;
    bool certificate = true;
    bool tls13 = false;
};

std::vector<Case> cases() {
    const Bytes flight = dtls_handshake(join({dtls_message(test::dtls_server_hello(), 1),
                                              dtls_message(test::certificate({kLeaf, kCa}), 2),
                                              dtls_message(test::server_hello_done(), 3)}));
    const Bytes offers13 =
        offer(0, {.extensions = join({test::server_name("www.example.com"),
                                      test::supported_versions({0xfefc, 0xfefd})})});
    const Bytes hello13 =
        dtls_handshake(dtls_message(test::dtls_server_hello(test::selected_version(0xfefc)), 0));
    const Bytes raw_key_offer = offer(
        0, {.extensions = join(
                {test::server_name("www.example.com"),
                 test::extension(extension::kServerCertificateType, test::prefixed(1, {2, 0}))})});
    const Bytes raw_key_hello = dtls_handshake(dtls_message(
        test::dtls_server_hello(test::extension(extension::kServerCertificateType, {2})), 0));
    return {
        {"a full handshake with a cookie",
         {{kOut, offer()},
          {kIn, verify()},
          {kOut, offer(1, {.cookie = kCookie})},
          {kIn, flight},
          {kOut, end_of_side()},
          {kIn, end_of_side()}},
         kFull,
         SessionState::Finished},
        {"without one, each message in a datagram",
         {{kOut, offer()}, {kIn, hello(0)}, {kIn, certificate(1)}},
         kFull},
        {"records of DTLS 1.0 and of before the standard",
         {{kOut, dtls_handshake(dtls_message(test::dtls_client_hello(), 0), 0xfeff)},
          {kIn, dtls_handshake(dtls_message(test::dtls_server_hello(), 0), 0x0100)},
          {kIn, certificate(1)}},
         kFull},
        {"several records in a datagram",
         {{kOut, offer()}, {kIn, join({hello(0), certificate(1)})}},
         kFull},
        {"the certificate overtakes the ServerHello",
         {{kOut, offer()}, {kIn, certificate(1)}, {kIn, hello(0)}},
         kFull},
        {"the server's end overtakes its hello: a resumed session",
         {{kOut, offer()}, {kIn, end_of_side()}, {kIn, hello(0)}, {kOut, end_of_side()}},
         kOffer + "server_hello 65277\n",
         SessionState::Finished,
         SessionError::None,
         false},
        {"a ChangeCipherSpec that comes too early is skipped",
         {{kOut, offer()}, {kIn, hello(0)}, {kIn, end_of_side()}, {kIn, certificate(1)}},
         kFull},
        {"flights sent again",
         {{kOut, offer()},
          {kOut, offer()},
          {kIn, verify()},
          {kOut, offer()},
          {kIn, verify()},
          {kOut, offer(1, {.cookie = kCookie})},
          {kOut, offer(1, {.cookie = kCookie})},
          {kIn, flight},
          {kIn, flight}},
         kFull},
        {"a client that forgets to count its second hello",
         {{kOut, offer()}, {kIn, verify()}, {kOut, offer(0, {.cookie = kCookie})}, {kIn, flight}},
         kFull},
        {"a second hello seen, the request for it not",
         {{kOut, offer()}, {kOut, offer(1, {.cookie = kCookie})}, {kIn, flight}},
         kFull},
        {"only the second hello seen",
         {{kOut, offer(1, {.cookie = kCookie})}, {kIn, flight}},
         kFull},
        {"the server's side alone",
         {{kIn, flight}, {kIn, end_of_side()}},
         "server_hello 65277\n" + kChain,
         SessionState::Finished},
        {"the client's side alone",
         {{kOut, offer()}, {kOut, end_of_side()}},
         kOffer,
         SessionState::Handshaking,
         SessionError::None,
         false},
        {"a ServerHello that was missed",
         {{kOut, offer()}, {kIn, certificate(1)}, {kOut, end_of_side()}},
         kOffer + kChain},
        {"a missed one, and the certificate last",
         {{kOut, offer()}, {kOut, end_of_side()}, {kIn, certificate(1)}},
         kOffer + kChain},
        {"supplemental data before the certificate",
         {{kOut, offer()},
          {kIn, hello(0)},
          {kIn, dtls_handshake(dtls_message(test::handshake(23, {1, 2, 3}), 1))},
          {kIn, certificate(2)}},
         kFull},
        {"certificates with numbers the client will not take",
         {{kOut, offer()},
          {kIn, certificate(9, {{'x'}})},
          {kIn, hello(0)},
          {kIn, certificate(2, {{'y'}})},
          {kIn, certificate(0, {{'z'}})},
          {kIn, certificate(1)}},
         kFull},
        {"an empty certificate list",
         {{kOut, offer()}, {kIn, hello(0)}, {kIn, certificate(1, {})}},
         kOffer + "server_hello 65277\n"},
        {"a raw public key is no certificate",
         {{kOut, raw_key_offer}, {kIn, raw_key_hello}, {kIn, certificate(1)}},
         kOffer + "server_hello 65277\n"},
        {"a raw public key nobody asked for does not hide one",
         {{kOut, offer()}, {kIn, raw_key_hello}, {kIn, certificate(1)}},
         kFull},
        {"a client's certificate is not the server's",
         {{kOut, offer()}, {kOut, certificate(1)}},
         kOffer,
         SessionState::Handshaking,
         SessionError::None,
         false},
        {"DTLS 1.3 hides the rest",
         {{kOut, offers13}, {kIn, join({hello13, {0x2f, 1, 2, 3}})}, {kIn, certificate(1)}},
         kOffer + "server_hello 65276\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"and must have been offered",
         {{kOut, offer()}, {kIn, hello13}, {kIn, certificate(1)}},
         kOffer + "server_hello 65276\n" + kChain},
        {"a retry of DTLS 1.3",
         {{kOut, offers13},
          {kIn, dtls_handshake(dtls_message(test::hello_retry_request(), 0))},
          {kOut, offer(1)},
          {kIn, dtls_handshake(
                    dtls_message(test::dtls_server_hello(test::selected_version(0xfefc)), 1))}},
         kOffer + "retry 772\nserver_hello 65276\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"an alert",
         {{kOut, offer()}, {kIn, dtls_record(ContentType::Alert, {2, 40})}},
         kOffer + "alert in 2 40\n",
         SessionState::Handshaking,
         SessionError::None,
         false},
        {"connectivity checks before and between",
         {{kOut, test::stun(1)},
          {kIn, test::stun(0x101)},
          {kOut, offer()},
          {kIn, test::stun(0x101)},
          {kIn, Bytes(172, 0x80)},
          {kIn, hello(0)},
          {kIn, certificate(1)}},
         kFull},
        {"inside TURN",
         {{kOut, join({{0x40, 0}, test::prefixed(2, offer())})},
          {kIn, test::stun(
                    0x17, join({test::number(0x12, 2), test::prefixed(2, Bytes(5, 1)), Bytes(3, 0),
                                test::number(0x13, 2), test::prefixed(2, hello(0)), Bytes(3, 0)}))},
          {kIn, join({{0x40, 0}, test::prefixed(2, certificate(1)), {0, 0}})}},
         kFull},
        {"inside CAPWAP",
         {{kOut, join({{1, 0, 0, 0}, offer()})},
          {kIn, join({{1, 0, 0, 0}, hello(0)})},
          {kIn, join({{1, 0, 0, 0}, certificate(1)})}},
         kFull},
        {"a client that starts over is reported again",
         {{kOut, offer()},
          {kIn, hello(0)},
          {kIn, certificate(1)},
          {kOut, end_of_side()},
          {kIn, end_of_side()},
          {kOut, offer(0, {.random = Bytes(32, 0x99)})},
          {kIn, dtls_handshake(dtls_message(test::dtls_server_hello({}, Bytes(32, 0x98)), 0))},
          {kIn, certificate(1)}},
         kFull + kFull},
        {"and so is a server without its client",
         {{kIn, hello(0)},
          {kIn, certificate(1)},
          {kIn, dtls_handshake(dtls_message(test::dtls_server_hello({}, Bytes(32, 0x98)), 0))},
          {kIn, certificate(1)}},
         "server_hello 65277\n" + kChain + "server_hello 65277\n" + kChain},
        {"a part of another client hello undoes nothing",
         {{kOut, offer()},
          {kIn, hello(0)},
          {kOut, dtls_handshake({1, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 1, 7})},
          {kIn, certificate(1)}},
         kFull},
        {"a client hello nobody can parse does not hide the certificate",
         {{kOut, dtls_handshake(dtls_message(test::handshake(1, {0xfe, 0xfd, 0}), 0))},
          {kIn, hello(0)},
          {kIn, certificate(1)}},
         "server_hello 65277\n" + kChain,
         SessionState::Handshaking,
         SessionError::ClientHello},
        {"nor does a server hello",
         {{kOut, offer()},
          {kIn, dtls_handshake(dtls_message(test::handshake(2, {0xfe, 0xfd}), 0))},
          {kIn, certificate(1)}},
         kOffer + kChain,
         SessionState::Handshaking,
         SessionError::ServerHello},
        {"an entry longer than its list",
         {{kOut, offer()},
          {kIn, hello(0)},
          {kIn, dtls_handshake(dtls_message(test::handshake(11, {0, 0, 4, 0, 0, 2, 'a'}), 1))}},
         kOffer + "server_hello 65277\n",
         SessionState::Handshaking,
         SessionError::Certificate},
        {"a certificate above the bound",
         {{kOut, offer()},
          {kIn, hello(0)},
          {kIn, dtls_handshake({11, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 7})}},
         kOffer + "server_hello 65277\n",
         SessionState::OverBudget,
         SessionError::MessageTooLong,
         false},
        {"one above what any client takes is passed over",
         {{kOut, offer()},
          {kIn, hello(0)},
          {kIn, dtls_handshake({11, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 7})},
          {kIn, certificate(1)}},
         kFull},
    };
}

void expect(const Exchange& exchange, const Case& c) {
    EXPECT_EQ(exchange.log.text(), c.log);
    EXPECT_EQ(exchange.session.state(), c.state);
    EXPECT_EQ(exchange.session.error(), c.error);
    EXPECT_EQ(exchange.session.certificate_complete(), c.certificate);
    EXPECT_EQ(exchange.session.tls13(), c.tls13);
    EXPECT_EQ(exchange.contradictions, 0);
}

TEST(DtlsSession, FollowsWhatEndpointsAccept) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.why);
        Exchange exchange;
        exchange.feed(c.datagrams);
        expect(exchange, c);
    }
}

TEST(DtlsSession, EachDatagramMayComeTwice) {
    for (const Case& c : cases()) {
        if (std::string_view(c.why) == "an alert") {
            continue;
        }
        SCOPED_TRACE(c.why);
        Exchange exchange;
        for (const Datagram& datagram : c.datagrams) {
            exchange.feed({datagram, datagram});
        }
        expect(exchange, c);
    }
}

// The server's flight in fragments, each its own datagram.
std::vector<Datagram> fragments(std::size_t size, const std::vector<Bytes>& chain) {
    std::vector<Datagram> datagrams;
    for (const Bytes& bytes : test::dtls_pieces(test::dtls_server_hello(), 0, size)) {
        datagrams.push_back({kIn, bytes});
    }
    for (const Bytes& bytes : test::dtls_pieces(test::certificate(chain), 1, size)) {
        datagrams.push_back({kIn, bytes});
    }
    return datagrams;
}

TEST(DtlsSession, ReadsFlightsInFragmentsInEveryOrder) {
    std::vector<Datagram> flight = fragments(8, {kLeaf, kCa});
    ASSERT_EQ(flight.size(), 7U);
    std::vector<int> order(flight.size());
    std::iota(order.begin(), order.end(), 0);
    do {
        Exchange exchange;
        exchange.feed(kOut, offer());
        for (const int at : order) {
            exchange.feed({flight[static_cast<std::size_t>(at)]});
        }
        ASSERT_EQ(exchange.log.text(), kFull);
        ASSERT_EQ(exchange.contradictions, 0);
    } while (std::ranges::next_permutation(order).found);
}

TEST(DtlsSession, ReadsALongChainShuffledSentAgainAndCutAnew) {
    const std::vector<Bytes> chain = {Bytes(30'000, 'a'), Bytes(20'000, 'b')};
    Exchange plain;
    plain.feed({{kOut, offer()}, {kIn, hello(0)}}).feed(fragments(60'000, chain));
    for (const std::size_t size : {1'400U, 500U, 7'000U}) {
        SCOPED_TRACE(size);
        std::vector<Datagram> flight = fragments(size, chain);
        for (const Datagram& again : fragments(1'111, chain)) {
            flight.push_back(again);
        }
        std::mt19937 order(static_cast<unsigned>(size));
        std::ranges::shuffle(flight, order);
        Exchange exchange;
        exchange.feed(kOut, offer()).feed(flight);
        EXPECT_EQ(exchange.log.text(), plain.log.text());
        EXPECT_EQ(exchange.contradictions, 0);
    }
}

TEST(DtlsSession, ReadsAClientHelloInFragments) {
    const Bytes large = test::dtls_client_hello(
        {.extensions =
             join({test::server_name("www.example.com"), test::extension(51, Bytes(1'800, 4))})});
    for (const std::size_t size : {1U, 300U, 1'200U}) {
        Exchange exchange;
        std::vector<Bytes> pieces = test::dtls_pieces(large, 0, size);
        std::ranges::reverse(pieces);
        for (const Bytes& piece : pieces) {
            EXPECT_EQ(exchange.log.text(), "");
            exchange.feed(kOut, piece);
        }
        EXPECT_EQ(exchange.log.text(), kOffer);
    }
}

TEST(DtlsSession, EndsTheLeafInTheDatagramThatCompletesTheMessage) {
    std::vector<Bytes> pieces = test::dtls_pieces(test::certificate({kLeaf, kCa}), 1, 3);
    std::mt19937 order(1);
    std::ranges::shuffle(pieces, order);
    Exchange exchange;
    exchange.feed({{kOut, offer()}, {kIn, hello(0)}});
    for (const Bytes& piece : pieces) {
        EXPECT_FALSE(exchange.session.certificate_complete());
        exchange.feed(kIn, piece);
    }
    EXPECT_TRUE(exchange.session.certificate_complete());
    EXPECT_EQ(exchange.log.text(), kFull);
}

TEST(DtlsSession, TellsWhenACopyContradictsWhatWasSeen) {
    const Bytes other = certificate(1, {test::text("evil"), kCa});
    const std::vector<Bytes> first = test::dtls_pieces(test::certificate({kLeaf, kCa}), 1, 6);
    const std::vector<Bytes> second =
        test::dtls_pieces(test::certificate({test::text("evil"), kCa}), 1, 6);
    struct Contradiction {
        const char* why;
        std::vector<Bytes> datagrams;
        std::string log;
    };
    const Contradiction contradictions[] = {
        {"after the whole message", {certificate(1), other, certificate(1)}, kChain},
        {"after the whole message, another length",
         {certificate(1), certificate(1, {{'x'}}), certificate(1)},
         kChain},
        {"before it was complete", {first[1], second[1], first[0], first[2]}, kChain},
        {"in pieces, after the whole message",
         {certificate(1), second[0], second[1], second[2], first[1], first[0], first[2]},
         kChain},
        {"a message of another length",
         {first[0], certificate(1, {{'x'}}), first[1], first[2]},
         kChain},
    };
    for (const Contradiction& c : contradictions) {
        SCOPED_TRACE(c.why);
        Exchange exchange;
        exchange.feed({{kOut, offer()}, {kIn, hello(0)}});
        for (const Bytes& datagram : c.datagrams) {
            exchange.feed(kIn, datagram);
        }
        EXPECT_EQ(exchange.contradictions, 1);
        EXPECT_FALSE(exchange.session.contradicted()) << "the last datagram was a true copy";
        EXPECT_EQ(exchange.log.text(), kOffer + "server_hello 65277\n" + c.log);
    }
    Exchange hello_again;
    hello_again.feed({{kOut, offer()}, {kIn, hello(0)}});
    hello_again.feed(kIn,
                     dtls_handshake(dtls_message(test::dtls_server_hello({}, Bytes(32, 0x98)), 0)));
    EXPECT_TRUE(hello_again.session.contradicted());
    Exchange instead_of_request;
    instead_of_request.feed({{kOut, offer()}, {kIn, verify()}, {kIn, hello(0)}});
    EXPECT_TRUE(instead_of_request.session.contradicted());
    EXPECT_EQ(instead_of_request.log.text(), kOffer);
    Exchange other_number;
    other_number.feed({{kOut, offer()}, {kIn, hello(5)}, {kIn, certificate(6, {{'x'}})}});
    EXPECT_EQ(other_number.contradictions, 1) << "a ServerHello the client will not take";
    other_number.feed({{kIn, hello(0)}, {kIn, certificate(1)}});
    EXPECT_EQ(other_number.log.text(), kFull);
    EXPECT_EQ(other_number.contradictions, 1);
}

// RFC 6347 section 4.2.8. What is known stays until another hello is whole, and what is late from
// the handshake before does not count as the new one's.
TEST(DtlsSession, ReadsAHandshakeThatStartsOverAmongLateDatagrams) {
    const Bytes again = offer(0, {.random = Bytes(32, 0x99), .extensions = {}});
    const Bytes answer =
        dtls_handshake(dtls_message(test::dtls_server_hello({}, Bytes(32, 0x98)), 0));
    const Bytes other = certificate(1, {test::text("other")});
    const std::string server = "server_hello 65277\n";
    const std::string changed = server + "begin 0 5\ndata other\nend 0\n";
    struct Restart {
        const char* why;
        std::vector<Datagram> datagrams;
        std::string log;
    };
    const Restart restarts[] = {
        {"late hello of the server",
         {{kIn, hello(0)}, {kIn, answer}, {kIn, other}},
         server + changed},
        {"all of the late flight",
         {{kIn, hello(0)}, {kIn, certificate(1)}, {kIn, answer}, {kIn, other}},
         server + kChain + changed},
        {"a late certificate first",
         {{kIn, certificate(1)}, {kIn, answer}, {kIn, other}},
         kChain + changed},
        {"a late hello of the client", {{kOut, offer()}, {kIn, answer}, {kIn, other}}, changed},
        {"the end of the handshake before",
         {{kIn, end_of_side()}, {kIn, answer}, {kIn, other}},
         changed},
    };
    for (const Restart& c : restarts) {
        SCOPED_TRACE(c.why);
        Exchange exchange;
        exchange.feed({{kOut, offer()}, {kIn, hello(0)}, {kIn, certificate(1)}, {kOut, again}});
        exchange.feed(c.datagrams);
        EXPECT_EQ(exchange.log.text(), kFull + "client_hello \n" + c.log);
        EXPECT_EQ(exchange.contradictions, 0);
    }
}

TEST(DtlsSession, ALateCertificateGivesWayToOneThatIsTooLong) {
    const Bytes again = offer(0, {.random = Bytes(32, 0x99), .extensions = {}});
    Exchange exchange;
    exchange.feed({{kOut, offer()}, {kIn, hello(0)}, {kIn, certificate(1)}, {kOut, again}});
    exchange.feed(
        {{kIn, certificate(1)}, {kIn, dtls_handshake({11, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 7})}});
    EXPECT_EQ(exchange.session.state(), SessionState::OverBudget) << "told, not passed over";
    EXPECT_EQ(exchange.session.error(), SessionError::MessageTooLong);
}

TEST(DtlsSession, IsOverBudgetWithoutAssemblyMemory) {
    Exchange exchange(0, 0);
    exchange.feed({{kOut, offer()}, {kIn, hello(0)}});
    EXPECT_EQ(exchange.session.state(), SessionState::Handshaking) << "nothing to assemble";
    exchange.feed(fragments(3, {kLeaf}));
    EXPECT_EQ(exchange.session.state(), SessionState::OverBudget);
    EXPECT_EQ(exchange.session.error(), SessionError::AssemblyFull);
}

TEST(DtlsSession, GivesUpAFlowThatShowsNoDtls) {
    Exchange exchange;
    for (int i = 0; i < 64; ++i) {
        exchange.feed(kOut, i % 2 == 0 ? test::stun(1) : Bytes(60, 0x80));
        ASSERT_EQ(exchange.session.state(), SessionState::Detecting);
    }
    exchange.feed(kOut, {});
    EXPECT_EQ(exchange.session.state(), SessionState::NotTls);
    exchange.feed(kOut, offer());
    EXPECT_EQ(exchange.log.text(), "");
}

TEST(DtlsSession, IgnoresDatagramsCutOrDamaged) {
    const Bytes whole = join({offer(), hello(0)});
    for (std::size_t size = 0; size < offer().size(); ++size) {
        SCOPED_TRACE(size);
        Exchange exchange;
        exchange.feed(kOut, std::span(whole).first(size));
        EXPECT_EQ(exchange.log.text(), "");
        EXPECT_EQ(exchange.session.state(), SessionState::Detecting);
        EXPECT_FALSE(may_be_dtls(std::span(whole).first(size)));
    }
    for (const std::size_t at : {0U, 1U, 2U, 11U, 12U, 13U, 14U, 19U, 20U, 22U, 24U}) {
        SCOPED_TRACE(at);
        Bytes damaged = offer();
        damaged[at] = static_cast<uint8_t>(damaged[at] + 0x31);
        EXPECT_FALSE(may_be_dtls(damaged));
    }
}

TEST(DtlsSession, AFirstLookTellsDtlsFromItsNeighbours) {
    struct Look {
        const char* why;
        Bytes datagram;
        bool dtls;
        bool may_follow;
    };
    const Look looks[] = {
        {"a ClientHello", offer(), true, false},
        {"the first fragment of one", test::dtls_pieces(test::dtls_client_hello(), 0, 10).front(),
         true, false},
        {"a HelloVerifyRequest", verify(), true, false},
        {"a ServerHello", hello(0), true, false},
        {"an alert", dtls_record(ContentType::Alert, {2, 40}), true, false},
        {"a ChangeCipherSpec", end_of_side(), true, false},
        {"inside TURN", join({{0x40, 0}, test::prefixed(2, offer())}), true, false},
        {"a Finished, encrypted", dtls_record(ContentType::Handshake, Bytes(40, 1), 1), false,
         false},
        {"data", dtls_record(ContentType::ApplicationData, Bytes(40, 1), 1), false, false},
        {"STUN", test::stun(1), false, true},
        {"STUN with attributes", test::stun(1, Bytes(12, 1)), false, true},
        {"STUN of another length", join({test::stun(1), {0}}), false, false},
        {"RTP", Bytes(172, 0x80), false, false},
        {"DNS", join({{0x12, 0x34, 1, 0, 0, 1}, Bytes(20, 0)}), false, false},
        {"QUIC", join({{0xc3, 0, 0, 0, 1}, Bytes(1'200, 5)}), false, false},
        {"nothing", {}, false, false},
    };
    for (const Look& look : looks) {
        SCOPED_TRACE(look.why);
        EXPECT_EQ(may_be_dtls(look.datagram), look.dtls);
        EXPECT_EQ(may_lead_to_dtls(look.datagram), look.may_follow);
    }
}

}  // namespace
}  // namespace eti::tls
