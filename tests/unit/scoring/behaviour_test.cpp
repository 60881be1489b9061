#include "eti/scoring/behaviour.h"

#include "tests/support/session_builder.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

namespace eti::analysis {
namespace {

using std::chrono::hours;
using test::kNoon;
using test::SessionBuilder;
using testing::Contains;
using testing::HasSubstr;

constexpr std::chrono::seconds kHalfLife = hours(24);

TEST(HostLevel, the_strongest_counts_once_and_the_rest_adds) {
    HostLevel host;
    EXPECT_EQ(host.level(kNoon, kHalfLife), 0);
    host.hold({"+beacon", 3, kNoon, "timer"});
    EXPECT_EQ(host.level(kNoon, kHalfLife), 0) << "a beacon alone is never a verdict";
    host.hold({"session", 4, kNoon, "suspicious"});
    EXPECT_EQ(host.level(kNoon, kHalfLife), 7);
    host.hold({"nameless", 5, kNoon, "addresses"});
    EXPECT_EQ(host.level(kNoon, kHalfLife), 8);
    host.hold({"certificate-list", 10, kNoon, "listed"});
    EXPECT_EQ(host.level(kNoon, kHalfLife), 10);
}

TEST(HostLevel, points_halve) {
    HostLevel host;
    host.hold({"session", 8, kNoon, ""});
    EXPECT_EQ(host.level(kNoon + hours(24), kHalfLife), 4);
    EXPECT_EQ(host.level(kNoon - hours(24), kHalfLife), 8);
    host.hold({"session", 4, kNoon + hours(1), ""});
    EXPECT_EQ(host.level(kNoon + hours(48), kHalfLife), 2) << "the weaker one takes nothing away";
}

TEST(HostLevel, a_second_bad_destination_adds_one) {
    HostLevel host;
    host.hold({"session", 4, kNoon, ""});
    host.note_bad_destination(1, kNoon);
    host.note_bad_destination(1, kNoon);
    EXPECT_EQ(host.level(kNoon, kHalfLife), 4);
    host.note_bad_destination(2, kNoon);
    EXPECT_EQ(host.level(kNoon, kHalfLife), 5);
}

class BehaviourTest : public testing::Test {
  protected:
    BehaviourVerdict judge(const SessionBuilder& session, const std::string& key,
                           const metadata::CertificateSummary* leaf = nullptr) {
        return scorer_.judge(session.get(), leaf, key);
    }
    BehaviourScorer scorer_{model::built_in(), nullptr};
};

TEST_F(BehaviourTest, a_listed_certificate_is_ten) {
    metadata::Record record = SessionBuilder().get();
    record.reason = metadata::Reason::CertificateBlocklist;
    const BehaviourVerdict verdict = scorer_.judge(record, nullptr, "a");
    EXPECT_EQ(verdict.level, 10);
    EXPECT_THAT(verdict.reasons, Contains(HasSubstr("198.51.100.7 port 443 is on a list")));
}

TEST_F(BehaviourTest, a_busy_client_of_named_servers_stays_at_zero) {
    for (int i = 0; i < 200; ++i) {
        const SessionBuilder session =
            SessionBuilder().at(i * 30).tls13().sni("www.example.com").dns("www.example.com");
        EXPECT_EQ(judge(session, std::to_string(i)).level, 0);
    }
}

TEST_F(BehaviourTest, servers_nobody_named_count_earlier_where_dns_is_seen) {
    const auto visit = [&](uint8_t client) {
        double level = 0;
        for (uint8_t server = 1; server <= 3; ++server) {
            level = judge(SessionBuilder().at(server).client(client).server(server),
                          std::to_string(client * 10 + server))
                        .level;
        }
        return level;
    };
    EXPECT_LT(visit(1), 7);
    judge(SessionBuilder().client(2).server(9).sni("a.example").dns("a.example"), "dns");
    EXPECT_GE(visit(2), 7);
    EXPECT_GE(judge(SessionBuilder().at(4).server(4), "fourth").level, 7);
}

TEST_F(BehaviourTest, the_same_records_give_the_same_verdicts) {
    const metadata::CertificateSummary leaf = test::self_signed_leaf(7);
    BehaviourScorer other(model::built_in(), nullptr);
    for (int i = 0; i < 20; ++i) {
        const SessionBuilder session =
            SessionBuilder().at(i * 60).server(static_cast<uint8_t>(i % 3)).shows(7);
        const BehaviourVerdict a = judge(session, std::to_string(i), &leaf);
        const BehaviourVerdict b = other.judge(session.get(), &leaf, std::to_string(i));
        EXPECT_EQ(a.score, b.score);
        EXPECT_EQ(a.level, b.level);
        EXPECT_EQ(a.reasons, b.reasons);
    }
}

TEST(Sentences, read_as_sentences) {
    using features::Feature;
    EXPECT_EQ(sentence(Feature::self_signed, 1), "certificate is self-signed");
    EXPECT_EQ(sentence(Feature::age, 2), "certificate is 2 days old");
    EXPECT_EQ(sentence(Feature::left, -3), "certificate expired 3 days ago");
    EXPECT_EQ(sentence(Feature::chain_length, 1), "server sends 1 certificate");
    EXPECT_EQ(sentence(Feature::out_1, 2), "first message of the client: 99 bytes");
}

}  // namespace
}  // namespace eti::analysis
