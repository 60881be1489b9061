#include "tests/unit/tls/session_exchange.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::tls {
namespace {

static_assert(sizeof(Session) <= 200, "one per flow");

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
