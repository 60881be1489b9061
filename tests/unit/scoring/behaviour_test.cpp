#include "eti/scoring/behaviour.h"

#include "eti/scoring/host_level.h"
#include "scoring/behaviour_rules.h"
#include "tests/support/session_builder.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <string>

namespace eti::analysis {
namespace {

using std::chrono::hours;
using test::kNoon;
using test::SessionBuilder;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

MATCHER_P(KindIs, kind, "") {
    return arg.kind == kind;
}

constexpr std::chrono::seconds kHalfLife = hours(24);

Evidence of(const char* kind, intel::ThreatLevel level) {
    Evidence evidence;
    evidence.kind = kind;
    evidence.level = level;
    return evidence;
}

TEST(HostLevel, the_strongest_counts_once_and_the_rest_adds_to_behaviour) {
    HostLevel host;
    const auto level = [&](const char* kind, intel::ThreatLevel points) {
        host.hold(of(kind, points), kNoon, kHalfLife);
        return host.level(kNoon, kHalfLife);
    };
    EXPECT_EQ(host.level(kNoon, kHalfLife), 0);
    EXPECT_EQ(level("beacon", 3), 0) << "a beacon alone is never a verdict";
    EXPECT_EQ(level("self-signed-new-server", 4), 4)
        << "nor beside what proves nothing of behaviour";
    EXPECT_EQ(level("session-model", 4), 7);
    EXPECT_EQ(level("unnamed-servers", 5), 8);
    EXPECT_EQ(level("certificate-blocklist", 10), 10);
    EXPECT_EQ(level("more-destinations", 1), 10) << "no more than 10";
}

TEST(HostLevel, points_halve_and_what_is_worth_most_by_now_is_kept) {
    HostLevel host;
    host.hold(of("session-model", 8), kNoon, kHalfLife);
    EXPECT_EQ(host.level(kNoon + hours(24), kHalfLife), 4);
    EXPECT_EQ(host.level(kNoon - hours(24), kHalfLife), 8);
    host.hold(of("session-model", 4), kNoon + hours(1), kHalfLife);
    EXPECT_EQ(host.level(kNoon + hours(48), kHalfLife), 2) << "the weaker one takes nothing away";
    host.hold(of("session-model", 4), kNoon + hours(48), kHalfLife);
    EXPECT_EQ(host.level(kNoon + hours(48), kHalfLife), 4);
}

class BehaviourTest : public testing::Test {
  protected:
    BehaviourVerdict judge(const SessionBuilder& session, const std::string& key,
                           const metadata::CertificateSummary* leaf = nullptr) {
        return scorer_.judge(session.get(), leaf, key);
    }
    BehaviourScorer scorer_{model::built_in(), {}};
};

TEST_F(BehaviourTest, nothing_is_held_against_a_busy_client_of_named_servers) {
    for (int i = 0; i < 200; ++i) {
        const SessionBuilder session =
            SessionBuilder().at(i * 30).tls13().sni("www.example.com").dns("www.example.com");
        EXPECT_THAT(judge(session, std::to_string(i)).evidence, IsEmpty());
    }
}

TEST_F(BehaviourTest, servers_nobody_named_count_earlier_where_dns_is_seen) {
    const auto visit = [&](uint8_t client, uint8_t server) {
        return judge(SessionBuilder().at(server).client(client).server(server),
                     std::to_string(client * 10 + server))
            .evidence;
    };
    visit(1, 1);
    visit(1, 2);
    EXPECT_THAT(visit(1, 3), Not(Contains(KindIs("unnamed-servers"))));
    EXPECT_THAT(visit(1, 4), Contains(KindIs("unnamed-servers")));
    judge(SessionBuilder().client(2).server(9).sni("a.example").dns("a.example"), "dns");
    visit(2, 1);
    visit(2, 2);
    EXPECT_THAT(visit(2, 3), Contains(KindIs("unnamed-servers")));
}

TEST_F(BehaviourTest, a_beacon_with_a_self_signed_certificate_is_explained) {
    const metadata::CertificateSummary leaf = test::self_signed_leaf(7);
    std::vector<Evidence> last;
    for (int i = 0; i < 8; ++i) {
        last = judge(SessionBuilder().at(i * 60).shows(7), std::to_string(i), &leaf).evidence;
    }
    ASSERT_THAT(last, Contains(KindIs("session-model")));
    EXPECT_THAT(last, Contains(KindIs("repeated-sessions")));
    EXPECT_THAT(last,
                Contains(AllOf(KindIs("beacon"),
                               Field(&Evidence::detail,
                                     HasSubstr("sessions start every 60.0 s with 198.51.100.7")))));
    EXPECT_THAT(last.front().reason, HasSubstr("certificate is self-signed"));
    EXPECT_THAT(last.front().version, StartsWith(model::Model(model::built_in()).version() + "-"));
    EXPECT_EQ(category_of(last.front().kind, last.front().reason).find('('), std::string::npos);
}

TEST_F(BehaviourTest, suspicious_sessions_with_several_servers_add_up_within_a_day) {
    const metadata::CertificateSummary leaf = test::self_signed_leaf(7);
    const auto visit = [&](int hour, uint8_t server) {
        return judge(SessionBuilder().at(hour * 3600).server(server).shows(7), std::to_string(hour),
                     &leaf)
            .evidence;
    };
    EXPECT_THAT(visit(0, 1), Not(Contains(KindIs("more-destinations"))));
    EXPECT_THAT(visit(1, 1), Not(Contains(KindIs("more-destinations"))));
    EXPECT_THAT(visit(30, 2), Not(Contains(KindIs("more-destinations"))));
    EXPECT_THAT(visit(31, 3), Contains(KindIs("more-destinations")));
}

TEST(UsualDestinations, are_what_many_clients_have_used_for_long) {
    const metadata::CertificateSummary leaf = test::self_signed_leaf(7);
    BehaviourOptions options;
    options.usual_after = hours(24 * 7);
    BehaviourScorer scorer(model::built_in(), {}, options);
    const auto visit = [&](int day, uint8_t client) {
        return scorer.judge(SessionBuilder().at(day * 86'400).client(client).shows(7).get(), &leaf,
                            std::to_string(day) + "/" + std::to_string(client));
    };
    for (uint8_t client = 1; client <= 4; ++client) {
        EXPECT_THAT(visit(0, client).evidence, Not(IsEmpty()));
    }
    EXPECT_THAT(visit(6, 4).evidence, Not(IsEmpty())) << "not long enough";
    const BehaviourVerdict verdict = visit(8, 5);
    EXPECT_THAT(verdict.evidence, IsEmpty());
    EXPECT_TRUE(verdict.usual);
    EXPECT_THAT(verdict.reasons, Not(IsEmpty())) << "the score still says why";
}

TEST(UsualDestinations, popularity_counts_where_a_certificate_proves_the_name) {
    features::Vector values;
    values[features::Feature::popularity] = 2;
    EXPECT_FALSE(is_usual(values, {})) << "anyone can ask for a popular name";
    values[features::Feature::name_matches] = 1;
    EXPECT_FALSE(is_usual(values, {}));
    values[features::Feature::chain_verifies] = 1;
    EXPECT_TRUE(is_usual(values, {}));
    values[features::Feature::popularity] = 5;
    EXPECT_FALSE(is_usual(values, {})) << "not popular enough";
}

TEST_F(BehaviourTest, the_same_records_give_the_same_verdicts) {
    const metadata::CertificateSummary leaf = test::self_signed_leaf(7);
    BehaviourScorer other(model::built_in(), {});
    const auto details = [](const BehaviourVerdict& verdict) {
        std::vector<std::string> texts;
        for (const Evidence& evidence : verdict.evidence) {
            texts.push_back(evidence.detail);
        }
        return texts;
    };
    for (int i = 0; i < 20; ++i) {
        const SessionBuilder session =
            SessionBuilder().at(i * 60).server(static_cast<uint8_t>(i % 3)).shows(7);
        const BehaviourVerdict a = judge(session, std::to_string(i), &leaf);
        const BehaviourVerdict b = other.judge(session.get(), &leaf, std::to_string(i));
        EXPECT_EQ(a.score, b.score);
        EXPECT_EQ(details(a), details(b));
        EXPECT_EQ(a.reasons, b.reasons);
    }
}

TEST(Sentences, read_as_sentences) {
    using features::Feature;
    EXPECT_EQ(sentence(Feature::self_signed, 1), "certificate is self-signed");
    EXPECT_EQ(sentence(Feature::age, 2), "certificate is 2 days old");
    EXPECT_EQ(sentence(Feature::left, -3), "certificate expired 3 days ago");
    EXPECT_EQ(sentence(Feature::left, -1), "certificate expired 1 day ago");
    EXPECT_EQ(sentence(Feature::age, -3), "certificate is not valid yet");
    EXPECT_EQ(sentence(Feature::age, 0.3F), "certificate is 7.2 hours old");
    EXPECT_EQ(sentence(Feature::chain_length, 1), "server sends a chain of 1 certificate");
    EXPECT_EQ(sentence(Feature::chain_length, 3), "server sends a chain of 3 certificates");
    EXPECT_EQ(sentence(Feature::sni_labels, 1), "server's name has 1 label");
    EXPECT_EQ(sentence(Feature::sni_digits, 0.2F), "server's second-level label is 20 % digits");
    EXPECT_EQ(sentence(Feature::cn_plain, 0), "common name has a dot") << "perhaps an address";
    EXPECT_EQ(sentence(Feature::out_2, 0.30103F), "client's second message has 1 byte");
    EXPECT_EQ(sentence(Feature::longest_gap, std::log10(3601.0F)), "longest silence is 3600 s");
    EXPECT_EQ(sentence(Feature::answer_time, std::log10(1.25F)), "server answers after 250 ms");
    EXPECT_EQ(sentence(Feature::wildcard, 0), "certificate covers no wildcard");
    EXPECT_EQ(sentence(Feature::same_out, 0.5F), "50 % of the client's messages have one size");
    EXPECT_EQ(sentence(Feature::out_1, 2), "client's first message has 99 bytes");
}

}  // namespace
}  // namespace eti::analysis
