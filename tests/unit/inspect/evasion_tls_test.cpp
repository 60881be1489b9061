// Tricks with TLS records and messages, and with what comes before TLS, one a row: docs/evasion.md.
#include "tests/support/evasion_run.h"

namespace eti::test {
namespace {

using tls::ContentType;
using namespace std::chrono_literals;
using enum Expected;

constexpr const char* kRecords = "TLS record fragmentation (Niere et al. 2023)";
constexpr const char* kThemis = "Themis 2021";

Bytes hs(const Bytes& messages, std::size_t size = 1 << 14) {
    return records(ContentType::Handshake, messages, size);
}
Bytes chain_of(const Stage& s) {
    return certificate({s.leaf, Bytes(200, 0x5a)});
}

// flight plays what make writes, in segments of 500 bytes in both orders.
auto flight(std::function<Bytes(const Stage&)> make) {
    return [make = std::move(make)](Stage& s) {
        s.flight = make(s);
        s.begin();
        std::vector<Move> moves;
        const std::size_t piece = std::max<std::size_t>(500, s.flight.size() / 3 + 1);
        for (std::size_t at = 0; at < s.flight.size(); at += piece) {
            moves.push_back([=](Stage& stage) {
                for (std::size_t i = at; i < std::min(at + piece, stage.flight.size()); i += 1400) {
                    stage.truth(i, std::min({i + 1400, at + piece, stage.flight.size()}));
                }
            });
        }
        return moves;
    };
}
// decoyed loses other bytes in the place of the flight, or behind its first record, then tells the
// truth. The hello offers TLS 1.3.
auto decoyed(const Bytes& decoy, bool behind_the_hello = false) {
    return [=](Stage& s) {
        const Bytes first = hs(server_hello({}));
        s.flight = join({first, hs(join({chain_of(s), server_hello_done()}))});
        s.hello = hs(client_hello(
            {.extensions =
                 join({server_name("www.example.com"),
                       supported_versions({tls::version::kTls13, tls::version::kTls12})})}));
        s.begin();
        const std::size_t at = behind_the_hello ? first.size() : 0;
        return std::vector<Move>{truth(0, at),
                                 [=](Stage& stage) { stage.say(at, decoy, Fate::LostAfterUs); },
                                 truth(at, at + 500), truth(at + 500)};
    };
}

const std::vector<Technique> kFraming{
    {"records_of_one_byte", kRecords, Blocked, flight([](const Stage& s) {
         return hs(join({server_hello({}), chain_of(s)}), 1);
     })},
    {"records_of_seven_bytes", kRecords, Blocked, flight([](const Stage& s) {
         return hs(join({server_hello({}), chain_of(s)}), 7);
     }),
     true},
    {"many_messages_in_one_record", "RFC 5246 section 6.2.1", Blocked, flight([](const Stage& s) {
         return hs(join(
             {server_hello({}), chain_of(s), handshake(22, Bytes(30, 1)), server_hello_done()}));
     }),
     true},
    {"empty_records_between", "RFC 5246 section 6.2.1", Blocked, flight([](const Stage& s) {
         const Bytes all = hs(join({server_hello({}), chain_of(s)}), 100);
         Bytes with;
         for (std::size_t at = 0; at < all.size(); at += 105) {
             with = join({with, record(ContentType::Handshake, {}),
                          Bytes(all.begin() + static_cast<std::ptrdiff_t>(at),
                                all.begin() +
                                    static_cast<std::ptrdiff_t>(std::min(at + 105, all.size())))});
         }
         return with;
     }),
     true},
    {"warning_alert_first", kThemis, Blocked, flight([](const Stage& s) {
         return join({alert(1, 112), hs(join({server_hello({}), chain_of(s)}))});
     }),
     true},
    {"alert_between_messages", kThemis, Blocked, flight([](const Stage& s) {
         return join({hs(server_hello({})), alert(1, 112), hs(chain_of(s))});
     }),
     true},
    {"alert_inside_a_message", kThemis, Blocked, flight([](const Stage& s) {
         const Bytes chain = chain_of(s);
         return join({hs(server_hello({})), hs(Bytes(chain.begin(), chain.begin() + 300)),
                      alert(1, 112), hs(Bytes(chain.begin() + 300, chain.end()))});
     }),
     true},
    {"alert_cut_in_two", "RFC 5246 section 7.2", Blocked, flight([](const Stage& s) {
         return join({hs(server_hello({})), record(ContentType::Alert, {1}),
                      record(ContentType::Alert, {112}), hs(chain_of(s))});
     }),
     true},
    {"change_cipher_spec_before_the_hello", "RFC 8446 appendix D.4", Blocked,
     flight([](const Stage& s) {
         return join({hs(hello_request()), change_cipher_spec(),
                      hs(join({server_hello({}), chain_of(s)}))});
     }),
     true},
    {"hello_request_first", "RFC 5246 section 7.4.1.1", Blocked, flight([](const Stage& s) {
         return hs(join({hello_request(), server_hello({}), hello_request(), chain_of(s)}));
     }),
     true},
    {"unknown_messages_before_the_certificate", kThemis, Blocked, flight([](const Stage& s) {
         return hs(join(
             {server_hello({}), handshake(77, Bytes(500, 1)), handshake(23, {}), chain_of(s)}));
     }),
     true},
    {"record_version_of_the_future", "RFC 8446 section 5.1", Blocked, flight([](const Stage& s) {
         return records(ContentType::Handshake, join({server_hello({}), chain_of(s)}), 400, 0x03ff);
     }),
     true},
    {"hello_of_ssl_3", "RFC 6101", Blocked, flight([](const Stage& s) {
         return records(ContentType::Handshake,
                        join({server_hello({.version = 0x0300}), chain_of(s)}), 400, 0x0300);
     }),
     true},
    {"client_hello_of_ssl_2", "RFC 5246 appendix E.2", Blocked,
     [](Stage& s) {
         s.hello = ssl2_client_hello();
         s.begin();
         return std::vector<Move>{truth(0, 500), truth(500)};
     },
     true},
    {"client_hello_in_records_of_one_byte", kRecords, Blocked,
     [](Stage& s) {
         s.hello = hs(client_hello({}), 1);
         s.begin();
         return std::vector<Move>{truth(0, 500), truth(500)};
     },
     true},
};

const std::vector<Technique> kChains{
    {"chain_of_200_kib", "RFC 5246 section 7.4.2", Blocked, flight([](const Stage& s) {
         std::vector<Bytes> chain(13, Bytes(16'000, 0x5a));
         chain.front() = s.leaf;
         return hs(join({server_hello({}), certificate(chain)}));
     })},
    {"chain_of_150_certificates", "RFC 5246 section 7.4.2", Blocked, flight([](const Stage& s) {
         std::vector<Bytes> chain(150, Bytes(40, 0x5a));
         chain.front() = s.leaf;
         return hs(join({server_hello({}), certificate(chain)}));
     }),
     true},
    {"empty_entry_behind_the_leaf", "RFC 5246 section 7.4.2", Blocked, flight([](const Stage& s) {
         return hs(join({server_hello({}), certificate({s.leaf, {}, Bytes(40, 1)})}));
     }),
     true},
};

const std::vector<Technique> kDecoys{
    {"tls13_hello_lost", kThemis, Starved, decoyed(hs(server_hello13()))},
    {"change_cipher_spec_lost", kThemis, Starved, decoyed(change_cipher_spec(), true)},
    {"fatal_alert_lost", kThemis, Starved, decoyed(alert(2, 40), true)},
    {"fatal_alert_instead_of_a_hello_lost", kThemis, Starved, decoyed(alert(2, 40))},
    {"application_data_lost", kThemis, Starved,
     decoyed(record(ContentType::ApplicationData, Bytes(40, 1)), true)},
    {"broken_framing_lost", kThemis, Starved, decoyed(Bytes(40, 0xd0), true)},
    {"second_hello_lost", kThemis, Starved, decoyed(hs(server_hello({})), true)},
    {"other_certificate_lost", kThemis, Starved, decoyed(hs(certificate({Bytes(700, 9)})), true)},
    {"resumption_lost", kThemis, Starved,
     decoyed(join({hs(server_hello({})), change_cipher_spec(),
                   record(ContentType::Handshake, Bytes(40, 7))}))},
};

// What is said before TLS, by turns, beginning with the server; an empty text says nothing.
auto behind(std::vector<std::string> words) {
    return [=](Stage& s) {
        s.open();
        bool from_server = true;
        for (const std::string& word : words) {
            if (!word.empty() && from_server) {
                s.put({.sequence = s.server_start, .payload = text(word)});
                s.server_start += static_cast<uint32_t>(word.size());
            } else if (!word.empty()) {
                s.put({.side = kClientSide, .sequence = s.client_start, .payload = text(word)});
                s.client_start += static_cast<uint32_t>(word.size());
            }
            from_server = !from_server;
        }
        s.say_hello();
        return std::vector<Move>{truth(0, 300), truth(300, 700), truth(700)};
    };
}

const std::vector<Technique> kPreambles{
    {"starttls_of_smtp", "RFC 3207", Blocked,
     behind({"220 mail ESMTP\r\n", "EHLO host\r\n", "250-mail\r\n250 STARTTLS\r\n", "STARTTLS\r\n",
             "220 go ahead\r\n"}),
     true},
    {"starttls_of_imap", "RFC 9051 section 6.2.1", Blocked,
     behind({"* OK ready\r\n", "a STARTTLS\r\n", "a OK begin\r\n"}), true},
    {"starttls_of_pop3", "RFC 2595", Blocked,
     behind({"+OK ready\r\n", "STLS\r\n", "+OK begin\r\n"}), true},
    {"http_connect", "RFC 9110 section 9.3.6", Blocked,
     behind({"", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
             "HTTP/1.1 200 Connection established\r\n\r\n"}),
     true},
};

class EvasionTls : public testing::TestWithParam<Technique> {};
TEST_P(EvasionTls, NoListedLeafArrives) {
    play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(Framing, EvasionTls, testing::ValuesIn(kFraming), name_of);
INSTANTIATE_TEST_SUITE_P(Chains, EvasionTls, testing::ValuesIn(kChains), name_of);
INSTANTIATE_TEST_SUITE_P(Decoys, EvasionTls, testing::ValuesIn(kDecoys), name_of);
INSTANTIATE_TEST_SUITE_P(Preambles, EvasionTls, testing::ValuesIn(kPreambles), name_of);

// A leaf that does not fit one record.
TEST(EvasionTlsLeaf, LeafOverSeveralRecords) {
    for (const World& world : worlds()) {
        Stage stage(world, Stage::make_leaf(40'000));
        stage.begin();
        stage.insist();
        judge(stage, world, Blocked, true);
    }
}

}  // namespace
}  // namespace eti::test
