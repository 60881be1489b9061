// Corners of the protocol that a list of usual handshakes does not reach.
#include "tests/unit/tls/session_exchange.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::tls {
namespace {

const std::string kName = "www.example.com";

Bytes offer_with(const Bytes& extensions) {
    return records(kHandshake, test::client_hello(
                                   {.extensions = join({test::server_name(kName), extensions})}));
}
Bytes answer_with(const Bytes& extensions) {
    return records(kHandshake, test::server_hello({.extensions = extensions}));
}
Bytes types(uint16_t type, const Bytes& list) {
    return test::extension(type, test::prefixed(1, list));
}
Bytes chosen(uint16_t type, uint8_t value) {
    return test::extension(type, {value});
}

// RFC 7924 section 3: a certificate's hash is known, as a client and as a server says it.
Bytes cached_offer() {
    return test::extension(extension::kCachedInformation,
                           test::prefixed(2, join({{1}, test::prefixed(1, Bytes(32, 7))})));
}
Bytes cached_answer(uint8_t object) {
    return test::extension(extension::kCachedInformation, test::prefixed(2, {object}));
}

struct FormCase {
    const char* why;
    Bytes offer;
    Bytes answer;
    Bytes body;  // of the Certificate message
    bool certificate;
};

TEST(SessionEdges, OnlyAListOfCertificatesIsReported) {
    const Bytes list = test::certificate_body({test::text("leaf"), test::text("ca")});
    const Bytes key = test::prefixed(3, join({{0x30, 0x82, 1, 0x22}, Bytes(290, 5)}));
    const Bytes open_pgp = test::prefixed(3, join({{3}, Bytes(20, 6)}));
    const Bytes hash = test::prefixed(1, Bytes(32, 7));
    const uint16_t kServer = extension::kServerCertificateType;
    const uint16_t kBoth = extension::kCertificateType;
    const FormCase cases[] = {
        {"a raw public key", types(kServer, {2, 0}), chosen(kServer, 2), key, false},
        {"an OpenPGP certificate", types(kBoth, {1, 0}), chosen(kBoth, 1), open_pgp, false},
        {"a hash that both know", cached_offer(), cached_answer(1), hash, false},
        {"X.509 chosen among others", types(kServer, {2, 0}), chosen(kServer, 0), list, true},
        {"another cached object", cached_offer(), cached_answer(2), list, true},
        {"a form nobody assigned", types(kServer, {9}), chosen(kServer, 9), list, true},
        {"a choice without an offer", {}, chosen(kServer, 2), list, true},
        {"a hash without an offer", {}, cached_answer(1), list, true},
        {"an offer without a choice", types(kServer, {2, 0}), {}, list, true},
        {"a form of the client's own", types(19, {2, 0}), chosen(19, 2), list, true},
    };
    for (const FormCase& c : cases) {
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            Exchange exchange;
            exchange.feed({{kOut, offer_with(c.offer)},
                           {kIn, join({answer_with(c.answer),
                                       records(kHandshake, test::handshake(11, c.body))})}},
                          piece);
            EXPECT_EQ(exchange.log.text(),
                      kOffer + "server_hello 771\n" + (c.certificate ? kChain : ""));
            EXPECT_EQ(exchange.session.state(), SessionState::Handshaking);
            EXPECT_TRUE(exchange.session.certificate_complete());
        }
    }
}

TEST(SessionEdges, ARawKeyIsBelievedWhereTheClientWasNotSeen) {
    const Bytes answer = answer_with(chosen(extension::kServerCertificateType, 2));
    const Bytes key = records(kHandshake, test::handshake(11, {0, 0, 3, 0x30, 1, 5}));
    Exchange exchange;
    exchange.feed({{kIn, join({answer, key})}});
    EXPECT_EQ(exchange.log.text(), "server_hello 771\n");
    EXPECT_EQ(exchange.session.state(), SessionState::Handshaking);
}

TEST(SessionEdges, ReadsChainsOfAnyLength) {
    struct Chain {
        const char* why;
        std::size_t entries;
        std::size_t bytes;
    };
    const Chain chains[] = {
        {"one certificate of more than a record", 1, 40'000},
        {"more than a hundred", 150, 300},
        {"two hundred kilobytes", 50, 4'200},
        {"many empty ones", 1'000, 0},
    };
    for (const Chain& chain : chains) {
        const Bytes message =
            test::certificate(std::vector<Bytes>(chain.entries, Bytes(chain.bytes, 'c')));
        for (const std::size_t fragment : {std::size_t{1} << 14, std::size_t{999}}) {
            SCOPED_TRACE(std::string(chain.why) + ", records of " + std::to_string(fragment));
            Exchange exchange(0, 0);
            exchange.feed({{kOut, offer()},
                           {kIn, join({records(kHandshake, test::server_hello()),
                                       records(kHandshake, message, fragment)})}});
            const std::string last = "end " + std::to_string(chain.entries - 1) + "\n";
            EXPECT_TRUE(exchange.log.text().ends_with(last));
            EXPECT_TRUE(exchange.session.certificate_complete());
        }
    }
}

TEST(SessionEdges, ReportsWhatAHelloInSsl2FormSays) {
    struct Suites : test::TlsLog {
        void client_hello(const ClientHello& hello) override {
            ssl2 = hello.ssl2_form;
            version = hello.version;
            wire::Reader reader = hello.cipher_suites;
            for (uint16_t suite = 0; reader.u16(suite);) {
                suites.push_back(suite);
            }
        }
        bool ssl2 = false;
        uint16_t version = 0;
        std::vector<uint16_t> suites;
    };
    // Two suites of TLS between kinds that only SSL 2 knows.
    const Bytes specs = {1, 0, 0x80, 0, 0xc0, 0x2f, 7, 0, 0xc0, 0, 0, 0x0a};
    Bytes message = test::prefixed(
        2, join({{1, 3, 2}, test::number(specs.size(), 2), {0, 4, 0, 16}, specs, Bytes(20, 9)}));
    message[0] |= 0x80;
    for (const std::size_t piece : {message.size(), std::size_t{1}, std::size_t{5}}) {
        AssemblyPool pool(1, 0);
        Suites log;
        Session session;
        for (std::size_t at = 0; at < message.size(); at += piece) {
            session.feed(kOut, std::span(message).subspan(at, std::min(piece, message.size() - at)),
                         pool, log);
        }
        EXPECT_TRUE(log.ssl2);
        EXPECT_EQ(log.version, 0x0302);
        EXPECT_EQ(log.suites, (std::vector<uint16_t>{0xc02f, 0x000a}));
        EXPECT_TRUE(session.client_hello_seen());
        EXPECT_FALSE(pool.allocate(1).empty()) << "its memory is back";
    }
    Exchange without_memory(0, 0);
    without_memory.feed(kOut, message);
    EXPECT_EQ(without_memory.session.state(), SessionState::OverBudget);
}

std::vector<Case> edges() {
    const Bytes plain = records(kHandshake, flight());
    Bytes empties;
    for (int i = 0; i < 32; ++i) {
        empties = join({empties, record(kHandshake, {})});
    }
    const Bytes grease =
        test::client_hello({.cipher_suites = {0x0a0a, 0xc02f},
                            .extensions = join({test::extension(0x1a1a), test::server_name(kName),
                                                test::supported_groups({0x2a2a, 29}),
                                                test::supported_versions({0x3a3a, 0x0304, 0x0303}),
                                                test::extension(0x4a4a, {0})})});
    const Bytes post_quantum = test::client_hello(
        {.extensions = join({test::server_name(kName), test::supported_versions({0x0304, 0x0303}),
                             test::extension(51, Bytes(1'300, 4))})});
    const Bytes compressed = test::client_hello(
        {.extensions = join({test::server_name(kName), test::extension(27, {2, 0, 2})})});
    const Bytes status = test::handshake(22, join({{1}, test::prefixed(3, Bytes(1'500, 3))}));
    const Bytes id = Bytes(32, 5);
    const Bytes server_end = join({test::change_cipher_spec(), encrypted()});
    return {
        {"GREASE everywhere",
         {{kOut, records(kHandshake, grease)}, {kIn, plain}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a post-quantum hello over many records",
         {{kOut, records(kHandshake, post_quantum, 100)}, {kIn, plain}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"compressed certificates offered: TLS 1.2 has none",
         {{kOut, records(kHandshake, compressed)}, {kIn, plain}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a certificate status",
         {{kOut, offer()},
          {kIn, records(kHandshake, join({test::server_hello(),
                                          test::certificate({test::text("leaf"), test::text("ca")}),
                                          status, test::server_hello_done()}))}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"as many empty records as OpenSSL takes, three times",
         {{kOut, offer()}, {kIn, join({empties, plain, empties, empties})}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a record of SSL 3 around a ServerHello of TLS 1.2",
         {{kOut, offer()},
          {kIn,
           join({records(kHandshake, test::server_hello(), 1 << 14, 0x0300),
                 records(kHandshake, test::certificate({test::text("leaf"), test::text("ca")}))})}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"resumed by id",
         {{kOut, records(kHandshake, test::client_hello({.session_id = id}))},
          {kIn, join({records(kHandshake, test::server_hello({.session_id = id})), server_end})}},
         kOffer + "server_hello 771\n",
         SessionState::Finished},
        {"resumed by ticket, with a new one",
         {{kOut, offer_with(test::extension(35, Bytes(180, 2)))},
          {kIn,
           join({records(kHandshake, join({test::server_hello({.extensions = test::extension(35)}),
                                           test::handshake(4, Bytes(200, 1))})),
                 server_end})}},
         kOffer + "server_hello 771\n",
         SessionState::Finished},
        {"renegotiation is encrypted",
         {{kOut, offer()},
          {kIn, plain},
          {kOut, join({test::change_cipher_spec(), encrypted()})},
          {kIn, join({server_end, encrypted(30)})},
          {kOut, encrypted(200)},
          {kIn, encrypted(900)}},
         kFull,
         SessionState::Finished,
         SessionError::None,
         true},
        {"a second ClientHello in clear, before encryption",
         {{kOut, join({offer(), offer_with(test::alpn({"h2"}))})}, {kIn, plain}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"bytes behind the list inside of the Certificate message",
         {{kOut, offer()},
          {kIn, records(kHandshake,
                        join({test::server_hello(),
                              test::handshake(11, join({test::certificate_body(
                                                            {test::text("leaf"), test::text("ca")}),
                                                        {1, 2, 3}}))}))}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"a ChangeCipherSpec over an empty record first",
         {{kOut, offer()},
          {kIn,
           join({records(kHandshake, test::server_hello()),
                 record(ContentType::ChangeCipherSpec, {}),
                 records(kHandshake, test::certificate({test::text("leaf"), test::text("ca")}))})}},
         kFull,
         SessionState::Handshaking,
         SessionError::None,
         true},
        {"TLS 1.3 agreed after a retry, each side with its ChangeCipherSpec",
         {{kOut, offer13()},
          {kIn,
           join({records(kHandshake, test::hello_retry_request()), test::change_cipher_spec()})},
          {kOut, join({test::change_cipher_spec(), records(kHandshake, post_quantum, 300)})},
          {kIn, join({records(kHandshake, test::server_hello13(), 7),
                      record(ContentType::ApplicationData, Bytes(50, 1))})}},
         kOffer + "retry 772\nserver_hello 772\n",
         SessionState::Finished,
         SessionError::None,
         false,
         true},
    };
}

TEST(SessionEdges, FollowsRareHandshakesOverAnySegmentation) {
    for (const Case& c : edges()) {
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{11}}) {
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

}  // namespace
}  // namespace eti::tls
