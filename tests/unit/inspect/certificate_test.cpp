// What the inspector does about certificates: sees them, hashes them, and cuts listed ones.
#include "eti/digest/hasher.h"
#include "tests/support/inspect_bench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using tls::ContentType;

const Bytes kLeaf = [] {
    Bytes der(1200);
    std::iota(der.begin(), der.end(), uint8_t{3});
    return der;
}();
const Bytes kIssuer = Bytes(900, 0x5a);

Sha1Digest sha1_of(const Bytes& bytes) {
    return digest::Hasher().sha1(bytes);
}

Bytes client_flight(std::string_view name = "www.example.com") {
    return test::records(ContentType::Handshake,
                         test::client_hello({.extensions = test::server_name(name)}));
}

Bytes server_flight(std::size_t record_bytes = 1 << 14) {
    return test::records(ContentType::Handshake,
                         test::join({test::server_hello({}), test::certificate({kLeaf, kIssuer}),
                                     test::server_hello_done()}),
                         record_bytes);
}

TEST(Certificates, AListedLeafIsCutOnThePacketThatCompletesIt) {
    InspectBench bench;
    bench.list_certificate(sha1_of(kLeaf));
    Conversation talk(bench);
    ASSERT_TRUE(talk.open());
    ASSERT_EQ(talk.from_client(client_flight()), Verdict::Forward);
    const uint32_t server_sequence = talk.server_next;
    EXPECT_EQ(talk.from_server(server_flight()), Verdict::Close);
    ASSERT_EQ(bench.resets.size(), 2U);
    EXPECT_EQ(bench.resets[0].toward, net::Toward::Receiver);
    EXPECT_EQ(bench.resets[0].sequence, server_sequence) << "what the client expects next";
    EXPECT_EQ(bench.resets[0].acknowledgment, talk.client_next);
    EXPECT_EQ(bench.resets[1].toward, net::Toward::Sender);
    EXPECT_EQ(bench.resets[1].sequence, talk.client_next) << "what the server expects next";

    const auto records = bench.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].phase, metadata::Phase::Handshake);
    EXPECT_EQ(records[0].action, metadata::Action::Block);
    EXPECT_EQ(records[0].reason, metadata::Reason::CertificateBlocklist);
    EXPECT_EQ(records[0].certificate.sha1, sha1_of(kLeaf));
    EXPECT_EQ(records[0].threat_level, 10);
    EXPECT_EQ(records[0].feed.view(), "cc_cert_sha1");
    EXPECT_EQ(records[0].category.view(), "Test C&C");
    EXPECT_EQ(records[0].client_hello.sni.view(), "www.example.com");
    EXPECT_EQ(bench.count(Counter::SessionsDetected), 1U);
    EXPECT_EQ(bench.count(Counter::SessionsInspected), 1U);
}

TEST(Certificates, LaterPacketsOfACutSessionAreDropped) {
    InspectBench bench;
    bench.list_certificate(sha1_of(kLeaf));
    Conversation talk(bench);
    talk.open();
    talk.from_client(client_flight());
    const Bytes flight = server_flight();
    const uint32_t start = talk.server_next;
    talk.from_server(flight);
    EXPECT_NE(bench.send(talk.server_frame(start, flight, net::kAck), test::kServerSide),
              Verdict::Forward)
        << "a retransmission";
    EXPECT_NE(talk.from_client({1, 2, 3}), Verdict::Forward);
    // Resets answer stray packets a bounded number of times.
    int closes = 0;
    for (int i = 0; i < 50; ++i) {
        closes += talk.from_client({1}) == Verdict::Close ? 1 : 0;
    }
    EXPECT_LT(closes, 10);
    EXPECT_EQ(talk.from_client({}, net::kRst), Verdict::Drop) << "a reset is never answered";
}

TEST(Certificates, AnUnlistedLeafPasses) {
    InspectBench bench;
    bench.list_certificate(sha1_of(kIssuer));  // only the leaf counts
    Conversation talk(bench);
    talk.open();
    talk.from_client(client_flight());
    EXPECT_EQ(talk.from_server(server_flight()), Verdict::Forward);
    EXPECT_EQ(bench.count(Counter::SessionsDetected), 0U);
}

// forwarded_leaf_bytes sends the flight in pieces in the given order and tells how many bytes of
// the stream the client could have, in order, when the session was cut; -1: never cut.
int64_t contiguous_when_cut(InspectBench& bench, Conversation& talk, const Bytes& flight,
                            std::size_t piece, std::vector<std::size_t> order) {
    std::vector<bool> arrived(flight.size());
    const uint32_t base = talk.server_next;
    for (const std::size_t n : order) {
        const std::size_t from = n * piece;
        const std::size_t size = std::min(piece, flight.size() - from);
        const Bytes payload(flight.begin() + static_cast<std::ptrdiff_t>(from),
                            flight.begin() + static_cast<std::ptrdiff_t>(from + size));
        const auto verdict =
            bench.send(talk.server_frame(base + static_cast<uint32_t>(from), payload, net::kAck),
                       test::kServerSide);
        const auto end = std::find(arrived.begin(), arrived.end(), false);
        if (verdict != Verdict::Forward) {
            EXPECT_EQ(bench.resets.at(0).sequence,
                      base + static_cast<uint32_t>(end - arrived.begin()))
                << "the client takes a reset only at the next byte it expects";
            return end - arrived.begin();
        }
        std::fill_n(arrived.begin() + static_cast<std::ptrdiff_t>(from), size, true);
    }
    return -1;
}

TEST(Certificates, NoSegmentationHidesAListedLeaf) {
    std::mt19937 random(3);
    for (const std::size_t record_bytes : {1UL, 7UL, 100UL, 16'384UL}) {
        const Bytes flight = server_flight(record_bytes);
        for (const std::size_t piece : {1UL, 3UL, 536UL, 1448UL}) {
            for (const bool shuffled : {false, true}) {
                inspect::Options options = InspectBench::small_options();
                options.segment_blocks = 16'384;
                options.out_of_order_segments_per_direction = 16'384;
                InspectBench bench(options);
                bench.list_certificate(sha1_of(kLeaf));
                Conversation talk(bench);
                talk.open();
                talk.from_client(client_flight());
                std::vector<std::size_t> order((flight.size() + piece - 1) / piece);
                std::iota(order.begin(), order.end(), 0UL);
                if (shuffled) {
                    std::shuffle(order.begin(), order.end(), random);
                }
                const int64_t have = contiguous_when_cut(bench, talk, flight, piece, order);
                ASSERT_GE(have, 0) << "records of " << record_bytes << ", segments of " << piece;
                // The client lacks at least the leaf's last byte.
                InspectBench twin(options);
                twin.list_certificate(sha1_of(kLeaf));
                Conversation again(twin);
                again.open();
                again.from_client(client_flight());
                const Bytes known(flight.begin(), flight.begin() + have);
                EXPECT_EQ(again.from_server(known), Verdict::Forward);
            }
        }
    }
}

TEST(Certificates, ClientHelloInPiecesOnAnOddPort) {
    InspectBench bench;
    bench.list_certificate(sha1_of(kLeaf));
    Conversation talk(bench, "fd00::10", "2001:db8::1", 40'443);
    talk.open();
    for (const uint8_t byte : client_flight()) {
        ASSERT_EQ(talk.from_client({byte}), Verdict::Forward);
    }
    EXPECT_EQ(talk.from_server(server_flight()), Verdict::Close);
}

TEST(Certificates, EachDistinctCertificateIsHandedOverOnce) {
    InspectBench bench;
    for (uint16_t port = 50'000; port < 50'003; ++port) {
        Conversation talk(bench, "10.0.1.10", "192.0.2.1", 443, port);
        talk.open();
        talk.from_client(client_flight());
        talk.from_server(server_flight(100));
    }
    ASSERT_EQ(bench.certificates_ring.size(), 2U);
    const auto* leaf = bench.certificates_ring.front();
    EXPECT_EQ(leaf->sha1, sha1_of(kLeaf));
    EXPECT_EQ(Bytes(leaf->der.begin(), leaf->der.begin() + leaf->size), kLeaf);
}

TEST(Certificates, TheAllowlistBeatsTheList) {
    struct Case {
        const char* why;
        intel::AllowlistEntry entry;
        bool whitelisted;  // known before the certificate
    };
    intel::AllowlistEntry address;
    address.range = *net::parse_ip_range("192.0.2.0/24");
    intel::AllowlistEntry name;
    name.kind = intel::AllowlistKind::Hostname;
    name.hostname = ".example.com";
    intel::AllowlistEntry certificate;
    certificate.kind = intel::AllowlistKind::CertificateSha1;
    certificate.sha1 = sha1_of(kLeaf);
    for (const Case& c : {Case{"address", address, true}, Case{"hostname", name, true},
                          Case{"certificate", certificate, false}}) {
        InspectBench bench;
        bench.list_certificate(sha1_of(kLeaf));
        bench.tables.allowlist.publish(std::make_shared<intel::Allowlist>(std::vector{c.entry}));
        Conversation talk(bench);
        talk.open();
        talk.from_client(client_flight());
        EXPECT_EQ(talk.from_server(server_flight()), Verdict::Forward) << c.why;
        EXPECT_EQ(bench.count(Counter::SessionsWhitelisted), c.whitelisted ? 1U : 0U) << c.why;
        EXPECT_EQ(bench.count(Counter::SessionsInspected), c.whitelisted ? 0U : 1U) << c.why;
        EXPECT_EQ(bench.count(Counter::SessionsDetected), 0U) << c.why;
    }
}

TEST(Certificates, TheProfileDecides) {
    for (const auto& [action, verdict] :
         {std::pair{policy::Enforcement::BlockDrop, Verdict::Drop},
          std::pair{policy::Enforcement::BlockClose, Verdict::Close},
          std::pair{policy::Enforcement::Permit, Verdict::Forward}}) {
        policy::Policy policy = policy::Policy::inspect_everything("trust", "untrust");
        auto pairs = policy.pairs();
        policy::Profile profile;
        profile.name = "cc";
        profile.default_decision = {action, true};
        for (auto& pair : pairs) {
            for (auto& rule : pair.rules) {
                rule.certificates = profile;
            }
        }
        InspectBench bench(InspectBench::small_options(), policy::Policy(pairs));
        bench.list_certificate(sha1_of(kLeaf), 8);
        Conversation talk(bench);
        talk.open();
        talk.from_client(client_flight());
        EXPECT_EQ(talk.from_server(server_flight()), verdict);
        EXPECT_EQ(bench.resets.size(), action == policy::Enforcement::BlockClose ? 2U : 0U);
        EXPECT_EQ(bench.count(Counter::SessionsDetected), 1U);
        EXPECT_EQ(bench.count(Counter::SessionsBlocked),
                  action == policy::Enforcement::Permit ? 0U : 1U);
    }
}

TEST(Certificates, ANewListJudgesEstablishedSessions) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(client_flight());
    ASSERT_EQ(talk.from_server(server_flight()), Verdict::Forward);
    bench.list_certificate(sha1_of(kLeaf));
    EXPECT_NE(talk.from_client({1, 2, 3}), Verdict::Forward);
    EXPECT_EQ(bench.count(Counter::SessionsDetected), 1U);
}

// The leaf's SHA-256 is worked out only where a list asks for it, over any number of segments.
TEST(Certificates, AListOfSha256CutsAndTheAllowlistSaves) {
    digest::Hasher hasher;
    const Sha256Digest sha256 = hasher.sha256(kLeaf);
    for (const std::size_t piece : {std::size_t{100'000}, std::size_t{50}}) {
        for (const bool allowed : {false, true}) {
            InspectBench bench;
            intel::Sha1Blocklist::Source source{"mine", {}, {{sha256, 10, "why"}}};
            bench.tables.blocklist.publish(
                std::make_shared<intel::Sha1Blocklist>(std::span(&source, 1)));
            if (allowed) {
                intel::AllowlistEntry entry;
                entry.kind = intel::AllowlistKind::CertificateSha256;
                entry.sha256 = sha256;
                bench.tables.allowlist.publish(
                    std::make_shared<intel::Allowlist>(std::vector{entry}));
            }
            Conversation talk(bench);
            talk.open();
            talk.from_client(client_flight());
            const Bytes flight = server_flight();
            Verdict verdict = Verdict::Forward;
            for (std::size_t at = 0; at < flight.size() && verdict == Verdict::Forward;
                 at += piece) {
                const auto begin = flight.begin() + static_cast<std::ptrdiff_t>(at);
                const auto length = std::min(piece, flight.size() - at);
                verdict =
                    talk.from_server(Bytes(begin, begin + static_cast<std::ptrdiff_t>(length)));
            }
            EXPECT_EQ(verdict, allowed ? Verdict::Forward : Verdict::Close) << piece;
            EXPECT_EQ(bench.count(Counter::SessionsDetected), allowed ? 0U : 1U) << piece;
        }
    }
}

}  // namespace
}  // namespace eti::inspect
