#include "eti/tls/session.h"

#include "tests/support/tls_builder.h"
#include "tests/support/tls_log.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::tls {
namespace {

using test::Bytes;
using test::join;
using test::record;
using test::records;
constexpr auto kHandshake = ContentType::Handshake;
constexpr auto kOut = Direction::Out;
constexpr auto kIn = Direction::In;

static_assert(sizeof(Session) <= 200, "one per flow");

// Turn is what one side sends before the other answers.
struct Turn {
    Direction direction;
    Bytes bytes;
};

struct Exchange {
    explicit Exchange(uint32_t small = 2, uint32_t large = 2) : pool(small, large) {}
    Exchange& feed(Direction direction, std::span<const uint8_t> bytes) {
        session.feed(direction, bytes, pool, log);
        return *this;
    }
    Exchange& feed(const std::vector<Turn>& turns, std::size_t piece = SIZE_MAX) {
        for (const Turn& turn : turns) {
            for (std::size_t at = 0; at < turn.bytes.size(); at += piece) {
                const std::size_t size = std::min(piece, turn.bytes.size() - at);
                feed(turn.direction, std::span(turn.bytes).subspan(at, size));
                if (size < piece) {
                    break;
                }
            }
        }
        return *this;
    }

    AssemblyPool pool;
    test::TlsLog log;
    Session session;
};

Bytes offer() {
    return records(kHandshake, test::client_hello());
}
Bytes offer13() {
    return records(
        kHandshake,
        test::client_hello({.extensions = join({test::server_name("www.example.com"),
                                                test::supported_versions({0x0304, 0x0303})})}));
}
Bytes flight() {
    return join({test::server_hello(), test::certificate({test::text("leaf"), test::text("ca")}),
                 test::server_hello_done()});
}
Bytes encrypted(std::size_t bytes = 40) {
    return record(kHandshake, Bytes(bytes, 0xee));
}

const std::string kOffer = "client_hello www.example.com\n";
const std::string kChain = "begin 0 4\ndata leaf\nend 0\nbegin 1 2\ndata ca\nend 1\n";
const std::string kFull = kOffer + "server_hello 771\n" + kChain;

struct Case {
    const char* why;
    std::vector<Turn> turns;
    std::string log;
    SessionState state;
    SessionError error = SessionError::None;
    bool certificate = false;
    bool tls13 = false;
};

std::vector<Case> accepted() {
    const Bytes key_exchange = records(kHandshake, test::handshake(16, Bytes(66, 1)));
    const Bytes client_end = join({key_exchange, test::change_cipher_spec(), encrypted()});
    const Bytes server_end = join({test::change_cipher_spec(), encrypted()});
    const Bytes warning = test::alert(1, 112);
    const Bytes messages = flight();
    const auto split = messages.begin() + 56;  // in the middle of the leaf
    return {
        {"a full TLS 1.2 handshake",
         {{kOut, offer()},
          {kIn, records(kHandshake, flight())},
          {kOut, client_end},
          {kIn, server_end}},
         kFull,
         SessionState::Finished,
         SessionError::None,
         true},
        {"still open before the server's ChangeCipherSpec",
         {{kOut, offer()}, {kIn, records(kHandshake, flight())}, {kOut, client_end}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"records of one byte",
         {{kOut, records(kHandshake, test::client_hello(), 1)},
          {kIn, records(kHandshake, flight(), 1)}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"records with the version of SSL 3",
         {{kOut, records(kHandshake, test::client_hello(), 9, 0x0300)},
          {kIn, records(kHandshake, flight(), 9, 0x0300)}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a resumed session shows no certificate",
         {{kOut, offer()},
          {kIn, join({records(kHandshake, test::server_hello()), server_end})},
          {kOut, join({test::change_cipher_spec(), encrypted()})}},
         kOffer + "server_hello 771\n",
         SessionState::Finished},
        {"a warning before, in the middle of, and between messages",
         {{kOut, offer()},
          {kIn, join({warning, records(kHandshake, Bytes(messages.begin(), split)), warning,
                      records(kHandshake, Bytes(split, messages.end())), warning})}},
         kOffer + "alert in 1 112\nserver_hello 771\nbegin 0 4\ndata le\nalert in 1 112\ndata "
                  "af\nend 0\n"
                  "begin 1 2\ndata ca\nend 1\nalert in 1 112\n",
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"an alert over two records",
         {{kOut, offer()},
          {kIn, join({record(ContentType::Alert, {2}), record(ContentType::Alert, {40})})}},
         kOffer + "alert in 2 40\n",
         SessionState::Handshaking},
        {"HelloRequests anywhere, even before the client speaks",
         {{kIn, records(kHandshake, test::hello_request())},
          {kOut, offer()},
          {kIn, records(kHandshake, join({test::hello_request(), test::server_hello(),
                                          test::hello_request(), test::certificate({{'x'}})}))}},
         kOffer + "server_hello 771\nbegin 0 1\ndata x\nend 0\n",
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a warning before the client speaks",
         {{kIn, warning}, {kOut, offer()}, {kIn, records(kHandshake, flight())}},
         "alert in 1 112\n" + kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"empty records among others",
         {{kOut, join({record(kHandshake, {}), offer()})},
          {kIn,
           join({record(kHandshake, {}), records(kHandshake, flight()), record(kHandshake, {})})}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a record type nobody assigned, as TLS 1.0 lets receivers ignore",
         {{kOut, offer()},
          {kIn,
           join({records(kHandshake, test::server_hello()),
                 {99, 3, 1, 0, 2, 5, 5},
                 records(kHandshake, test::certificate({test::text("leaf"), test::text("ca")}))})}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"an early ChangeCipherSpec of the server means nothing",
         {{kOut, offer()},
          {kIn, join({test::change_cipher_spec(), records(kHandshake, flight())})}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a ChangeCipherSpec without a ServerHello: it escaped us",
         {{kOut, offer()}, {kIn, server_end}, {kIn, record(ContentType::ApplicationData, {1})}},
         kOffer,
         SessionState::Finished},
        {"a client that opens in the form of SSL 2",
         {{kOut, test::ssl2_client_hello()},
          {kIn, records(kHandshake, flight())},
          {kOut, client_end},
          {kIn, server_end}},
         "server_hello 771\n" + kChain,
         SessionState::Finished,
         SessionError::None,
         true},
        {"an empty certificate list",
         {{kOut, offer()},
          {kIn, records(kHandshake, join({test::server_hello(), test::certificate({})}))}},
         kOffer + "server_hello 771\n",
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a client's certificates are not the server's",
         {{kOut, join({offer(), records(kHandshake, test::certificate({test::text("client")}))})}},
         kOffer,
         SessionState::Handshaking},
        {"the server's side alone",
         {{kIn, records(kHandshake, flight())}, {kIn, server_end}},
         "server_hello 771\n" + kChain,
         SessionState::Finished,
         SessionError::None,
         true},
        {"the server's side before a late ClientHello",
         {{kIn, records(kHandshake, flight())}, {kOut, offer()}},
         "server_hello 771\n" + kChain + kOffer,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a client hello nobody can parse does not hide the certificate",
         {{kOut, records(kHandshake, test::handshake(1, {3, 3, 0}))},
          {kIn, records(kHandshake, flight())}},
         "server_hello 771\n" + kChain,
         SessionState::Handshaking,
         SessionError::ClientHello,
         true},
        {"nor does a server hello",
         {{kOut, offer()},
          {kIn,
           records(kHandshake, join({test::handshake(2, {3, 3}),
                                     test::certificate({test::text("leaf"), test::text("ca")})}))}},
         kOffer + kChain,
         SessionState::Handshaking,
         SessionError::ServerHello,
         true},
        {"messages too long for a buffer pass when nobody reads them",
         {{kOut, offer()},
          {kIn,
           records(kHandshake, join({test::server_hello(), test::handshake(23, Bytes(200'000, 1)),
                                     test::certificate({{'x'}})}))}},
         kOffer + "server_hello 771\nbegin 0 1\ndata x\nend 0\n",
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"TLS 1.3 hides the rest",
         {{kOut, offer13()},
          {kIn, join({records(kHandshake, test::server_hello13()), test::change_cipher_spec(),
                      record(ContentType::ApplicationData, Bytes(900, 1))})},
          {kOut, join({test::change_cipher_spec(), record(ContentType::ApplicationData, {1})})}},
         kOffer + "server_hello 772\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"a draft of TLS 1.3 without the client's side",
         {{kIn, records(kHandshake, test::server_hello13(0x7f1c))}},
         "server_hello 32540\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"TLS 1.3 with the ClientHello seen last",
         {{kIn, records(kHandshake, test::server_hello13())},
          {kOut, offer13()},
          {kOut, records(kHandshake, test::client_hello())}},
         "server_hello 772\n" + kOffer,
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"a clear alert after the TLS 1.3 ServerHello",
         {{kOut, offer13()},
          {kIn, records(kHandshake, test::server_hello13())},
          {kOut, test::alert(2, 50)}},
         kOffer + "server_hello 772\nalert out 2 50\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"a retry and the ChangeCipherSpecs around it",
         {{kOut, offer13()},
          {kIn,
           join({records(kHandshake, test::hello_retry_request()), test::change_cipher_spec()})},
          {kOut, join({test::change_cipher_spec(), offer13()})},
          {kIn, records(kHandshake, test::server_hello13())}},
         kOffer + "retry 772\nserver_hello 772\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
        {"a retry does not finish",
         {{kOut, offer13()}, {kIn, records(kHandshake, test::hello_retry_request())}},
         kOffer + "retry 772\n",
         SessionState::Handshaking},
        {"TLS 1.3 chosen by the server for a client that did not offer it",
         {{kOut, offer()},
          {kIn,
           records(kHandshake, join({test::server_hello13(),
                                     test::certificate({test::text("leaf"), test::text("ca")})}))}},
         kOffer + "server_hello 772\n" + kChain,
         SessionState::Handshaking,
         SessionError::None,
         true},
    };
}

TEST(Session, FollowsWhatEndpointsAcceptOverAnySegmentation) {
    for (const Case& c : accepted()) {
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{3}, std::size_t{7}}) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            Exchange exchange;
            exchange.feed(c.turns, piece);
            EXPECT_EQ(exchange.log.text(), c.log);
            EXPECT_EQ(exchange.session.state(), c.state);
            EXPECT_EQ(exchange.session.error(), c.error);
            EXPECT_EQ(exchange.session.certificate_complete(), c.certificate);
            EXPECT_EQ(exchange.session.tls13(), c.tls13);
        }
    }
}

TEST(Session, TellsWhatIsNoTls) {
    const std::vector<Case> cases = {
        {"HTTP", {{kOut, test::text("GET / HTTP/1.1\r\n")}}, "", SessionState::NotTls},
        {"one byte of it", {{kOut, test::text("G")}}, "", SessionState::NotTls},
        {"a banner", {{kIn, test::text("220 mail.example ESMTP\r\n")}}, "", SessionState::NotTls},
        {"a banner of one byte", {{kIn, test::text("2")}}, "", SessionState::NotTls},
        {"SSL 2 itself", {{kOut, test::ssl2_client_hello(2)}}, "", SessionState::NotTls},
        {"right type, wrong version", {{kOut, {22, 2}}}, "", SessionState::NotTls},
        {"absurd length", {{kOut, {22, 3, 1, 0xff}}}, "", SessionState::NotTls},
        {"a client's other handshake message",
         {{kOut, {22, 3, 1, 0, 9, 16}}},
         "",
         SessionState::NotTls},
        {"a client that starts with an alert",
         {{kOut, {21, 3, 1, 0, 2, 2, 40}}},
         "",
         SessionState::NotTls},
        {"a server that starts with its key exchange",
         {{kIn, {22, 3, 1, 0, 9, 12}}},
         "",
         SessionState::NotTls},
        {"a server that starts encrypted", {{kIn, {23, 3, 3, 0, 9}}}, "", SessionState::NotTls},
        {"a plain answer to a ClientHello",
         {{kOut, offer()}, {kIn, test::text("HTTP/1.1 400 Bad Request\r\n")}},
         kOffer,
         SessionState::NotTls},
    };
    for (const Case& c : cases) {
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            Exchange exchange;
            exchange.feed(c.turns, piece);
            EXPECT_EQ(exchange.session.state(), SessionState::NotTls);
            EXPECT_EQ(exchange.session.error(), SessionError::NotTls);
            EXPECT_EQ(exchange.log.text(), c.log);
        }
    }
}

TEST(Session, DetectsTheSsl2FormWhenItsLengthsAgree) {
    const Bytes hello = test::ssl2_client_hello();
    Exchange exchange;
    exchange.feed(kOut, std::span(hello).first(10));
    EXPECT_EQ(exchange.session.state(), SessionState::Detecting);
    exchange.feed(kOut, std::span(hello).subspan(10, 1));
    EXPECT_EQ(exchange.session.state(), SessionState::Handshaking);
    EXPECT_FALSE(exchange.session.client_hello_seen());
    exchange.feed(kOut, std::span(hello).subspan(11));
    EXPECT_TRUE(exchange.session.client_hello_seen());
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{3},
                                 std::size_t{5}, std::size_t{6}, std::size_t{8}, std::size_t{10}}) {
        SCOPED_TRACE(at);
        Bytes damaged = hello;
        damaged[at] ^= 0x81;
        Exchange other;
        other.feed(kOut, damaged);
        EXPECT_EQ(other.session.state(), SessionState::NotTls);
    }
}

TEST(Session, DetectsWithTheFirstByteOfTheFirstMessage) {
    const Bytes hello = offer();
    Exchange exchange;
    for (std::size_t at = 0; at < 5; ++at) {
        exchange.feed(kOut, std::span(hello).subspan(at, 1));
        EXPECT_EQ(exchange.session.state(), SessionState::Detecting);
    }
    exchange.feed(kOut, std::span(hello).subspan(5, 1));
    EXPECT_EQ(exchange.session.state(), SessionState::Handshaking);
}

TEST(Session, EndsWithAReasonWhereEndpointsDo) {
    const Bytes start = records(kHandshake, test::server_hello());
    Bytes empties;
    Bytes unknowns;
    for (int i = 0; i < 1100; ++i) {
        empties = join({empties, record(kHandshake, {})});
        unknowns = join({unknowns, {99, 3, 3, 0, 1, 7}});
    }
    struct End {
        const char* why;
        Bytes server;
        SessionState state;
        SessionError error;
    };
    const End ends[] = {
        {"another protocol in the middle", join({start, test::text("HTTP")}), SessionState::Broken,
         SessionError::RecordVersion},
        {"a record too long", join({start, {22, 3, 3, 0x60, 0}}), SessionState::Broken,
         SessionError::RecordLength},
        {"an endless row of empty records", join({start, empties}), SessionState::Broken,
         SessionError::RecordLength},
        {"an endless row of unknown records", join({start, unknowns}), SessionState::Broken,
         SessionError::RecordType},
        {"an unknown record after encryption",
         join({start, test::change_cipher_spec(), {99, 3, 3, 0, 1, 7}}), SessionState::Broken,
         SessionError::RecordType},
        {"a second ServerHello", join({start, start}), SessionState::Broken,
         SessionError::MessageOrder},
        {"a second retry",
         join({records(kHandshake, test::hello_retry_request()),
               records(kHandshake, test::hello_retry_request())}),
         SessionState::Broken, SessionError::MessageOrder},
        {"a second Certificate",
         join({start,
               records(kHandshake, join({test::certificate({{'a'}}), test::certificate({})}))}),
         SessionState::Broken, SessionError::MessageOrder},
        {"an entry longer than its list",
         join({start, records(kHandshake, test::handshake(11, {0, 0, 4, 0, 0, 2, 'a'}))}),
         SessionState::Broken, SessionError::Certificate},
        {"a ServerHello above the bound",
         records(kHandshake, test::handshake(2, Bytes(kMaxMessageBytes + 1, 1))),
         SessionState::OverBudget, SessionError::MessageTooLong},
        {"another message above any bound", join({start, record(kHandshake, {12, 4, 0, 1})}),
         SessionState::OverBudget, SessionError::MessageTooLong},
    };
    for (const End& end : ends) {
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
            SCOPED_TRACE(std::string(end.why) + ", pieces of " + std::to_string(piece));
            Exchange exchange;
            exchange.feed({{kOut, offer13()}, {kIn, end.server}}, piece);
            EXPECT_EQ(exchange.session.state(), end.state);
            EXPECT_EQ(exchange.session.error(), end.error);
            const std::string before = exchange.log.text();
            exchange.feed(kIn, record(kHandshake, test::certificate({{'x'}})));
            EXPECT_EQ(exchange.log.text(), before) << "nothing after the end";
        }
    }
}

TEST(Session, EndsACertificateInTheCallThatBringsItsLastByte) {
    const Bytes all = records(kHandshake, flight(), 10);
    Exchange exchange;
    exchange.feed(kOut, offer());
    std::size_t ended_at = 0;
    for (std::size_t at = 0; at < all.size() && ended_at == 0; ++at) {
        exchange.feed(kIn, std::span(all).subspan(at, 1));
        ended_at = exchange.log.text().find("end 0") != std::string::npos ? at : 0;
    }
    ASSERT_NE(ended_at, 0U);
    EXPECT_EQ(all[ended_at], 'f') << "the last byte of leaf";
}

TEST(Session, ReportsRecordsOfBothSidesAfterTheHandshake) {
    Exchange exchange;
    exchange.log.log_records = true;
    exchange.feed({{kOut, offer13()}, {kIn, records(kHandshake, test::server_hello13())}});
    const std::size_t before = exchange.log.text().size();
    const Bytes data = record(ContentType::ApplicationData, Bytes(16'401, 22));
    exchange.feed({{kIn, join({data, data})}, {kOut, record(ContentType::Heartbeat, {1})}}, 1460);
    EXPECT_EQ(exchange.log.text().substr(before),
              "record in 23 16401\nrecord in 23 16401\nrecord out 24 1\n");
    EXPECT_TRUE(exchange.session.encrypted(kIn));
    EXPECT_TRUE(exchange.session.encrypted(kOut));
}

TEST(Session, HidesAlertsOnceTls12IsEncrypted) {
    Exchange exchange;
    exchange.feed(
        {{kOut, offer()},
         {kIn, join({records(kHandshake, test::server_hello()), test::change_cipher_spec(),
                     record(ContentType::Alert, Bytes(26, 1))})}});
    EXPECT_EQ(exchange.log.text(), kOffer + "server_hello 771\n");
    EXPECT_TRUE(exchange.session.encrypted(kIn));
    EXPECT_FALSE(exchange.session.encrypted(kOut));
}

TEST(Session, IsOverBudgetWithoutAssemblyMemory) {
    const Bytes hello = offer();
    Exchange exchange(0, 0);
    exchange.feed(kOut, std::span(hello).first(20));
    EXPECT_EQ(exchange.session.state(), SessionState::OverBudget);
    EXPECT_EQ(exchange.session.error(), SessionError::AssemblyFull);
}

TEST(Session, GivesMemoryBackWhenItEndsAndOnReset) {
    const Bytes hello = offer();
    for (const bool by_reset : {true, false}) {
        Exchange exchange(1, 0);
        exchange.feed(kOut, std::span(hello).first(20));
        ASSERT_TRUE(exchange.pool.allocate(1).empty());
        if (by_reset) {
            exchange.session.reset(exchange.pool);
            EXPECT_EQ(exchange.session.state(), SessionState::Detecting);
        } else {
            exchange.feed(kIn, test::text("no TLS"));
            EXPECT_EQ(exchange.session.state(), SessionState::NotTls);
        }
        EXPECT_FALSE(exchange.pool.allocate(1).empty());
    }
}

TEST(Session, AResetSessionReadsAnother) {
    Exchange exchange;
    exchange.feed(kOut, test::text("no TLS"));
    exchange.session.reset(exchange.pool);
    exchange.feed({{kOut, offer()}, {kIn, records(kHandshake, flight())}});
    EXPECT_EQ(exchange.log.text(), kFull);
}

}  // namespace
}  // namespace eti::tls
