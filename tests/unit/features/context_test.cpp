#include "eti/features/context.h"

#include "tests/support/session_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

namespace eti::features {
namespace {

using test::SessionBuilder;
using testing::FloatNear;

constexpr float kClose = 1e-4F;

class ContextTest : public testing::Test {
  protected:
    Session observe(const SessionBuilder& session,
                    const metadata::CertificateSummary* leaf = nullptr) {
        return context_.observe(session.get(), leaf);
    }

    Context context_{{}};
    const metadata::CertificateSummary leaf_ = test::self_signed_leaf(7);
};

TEST_F(ContextTest, conn_counts_application_bytes_only) {
    const Session session = observe(SessionBuilder()
                                        .payload(1000, 5000)
                                        .server(7, 8443)
                                        .records({{195, 0, 22}, {-1495, 10, 22}, {95, 10, 20}}));
    EXPECT_THAT(session.values[Feature::bytes_out], FloatNear(std::log10(701.0F), kClose));
    EXPECT_THAT(session.values[Feature::bytes_in], FloatNear(std::log10(3501.0F), kClose));
    EXPECT_THAT(session.values[Feature::ratio], FloatNear(-2800.0F / 4201.0F, kClose));
    EXPECT_EQ(session.values[Feature::port_443], 0);
    EXPECT_EQ(session.values[Feature::port_high], 1);
    EXPECT_THAT(session.values[Feature::duration], FloatNear(std::log10(2.0F), kClose));
}

TEST_F(ContextTest, how_a_stack_cuts_its_records_does_not_show) {
    const Session whole = observe(SessionBuilder().records(
        {{200, 0, 22}, {-90, 5, 22}, {600, 100'000, 23}, {-900, 50'000, 23}}));
    const Session split = observe(SessionBuilder().records({{200, 0, 22},
                                                            {-90, 5, 22},
                                                            {24, 100'000, 23},
                                                            {576, 0, 23},
                                                            {-450, 50'000, 23},
                                                            {-450, 0, 23}}));
    for (const Feature feature : {Feature::messages_out, Feature::messages_in, Feature::out_1,
                                  Feature::in_1, Feature::answer_time, Feature::start_delay}) {
        EXPECT_EQ(whole.values[feature], split.values[feature]);
    }
    EXPECT_THAT(whole.values[Feature::out_1], FloatNear(std::log10(601.0F), kClose));
    EXPECT_THAT(whole.values[Feature::answer_time], FloatNear(std::log10(1.05F), kClose));
    EXPECT_EQ(whole.values[Feature::messages_out], 1);
    EXPECT_TRUE(std::isnan(whole.values[Feature::spread_out]));
}

TEST_F(ContextTest, the_handshake_of_tls_13_is_no_message) {
    const Session session = observe(SessionBuilder().tls13().records({{500, 0, 22},
                                                                      {-122, 10, 22},
                                                                      {-32, 0, 23},
                                                                      {-4000, 0, 23},
                                                                      {53, 10, 23},
                                                                      {700, 10, 23},
                                                                      {-800, 10, 23}}));
    EXPECT_THAT(session.values[Feature::out_1], FloatNear(std::log10(701.0F), kClose));
    EXPECT_EQ(session.values[Feature::server_first], 0);
    EXPECT_EQ(session.values[Feature::messages_in], 1);
}

TEST_F(ContextTest, sni) {
    const Session session = observe(SessionBuilder().sni("A1.Deep.Example.co.uk"));
    EXPECT_EQ(session.name, "a1.deep.example.co.uk");
    EXPECT_EQ(session.values[Feature::sni], 1);
    EXPECT_EQ(session.values[Feature::sni_labels], 5);
    EXPECT_EQ(session.values[Feature::sni_deep], 1);
    EXPECT_THAT(session.values[Feature::sni_vowels], FloatNear(3.0F / 7, kClose));
    const Session nameless = observe(SessionBuilder());
    EXPECT_EQ(nameless.values[Feature::sni], 0);
    EXPECT_TRUE(std::isnan(nameless.values[Feature::sni_length]));
}

TEST_F(ContextTest, certificate) {
    const Session session = observe(SessionBuilder().sni("localhost").shows(7), &leaf_);
    EXPECT_EQ(session.values[Feature::self_signed], 1);
    EXPECT_EQ(session.values[Feature::validity], 365);
    EXPECT_THAT(session.values[Feature::age], FloatNear(2, kClose));
    EXPECT_THAT(session.values[Feature::left], FloatNear(363, kClose));
    EXPECT_EQ(session.values[Feature::subject_attributes],
              3);  // an escaped comma separates nothing
    EXPECT_EQ(session.values[Feature::serial_bytes], 3);
    EXPECT_EQ(session.values[Feature::name_matches], 1);
    EXPECT_EQ(session.values[Feature::cn_plain], 1);
    EXPECT_TRUE(std::isnan(session.values[Feature::issuer_known]));  // without roots
    EXPECT_TRUE(std::isnan(session.values[Feature::extensions]));    // without the bytes
}

TEST_F(ContextTest, a_wrong_clock_leaves_ages_out) {
    const Session session = observe(SessionBuilder().at(-1'499'999'000).shows(7), &leaf_);
    EXPECT_EQ(session.values[Feature::validity], 365);
    EXPECT_TRUE(std::isnan(session.values[Feature::age]));
}

TEST_F(ContextTest, what_a_record_says_of_its_chain_counts_without_the_bytes) {
    metadata::CertificateSummary judged = leaf_;
    judged.chain_judged = true;
    judged.issuer_known = true;
    judged.chain_from = 1'400'000'000;
    judged.chain_until = 1'499'999'999;
    const Session session = observe(SessionBuilder().shows(7), &judged);
    EXPECT_EQ(session.values[Feature::issuer_known], 1);
    EXPECT_EQ(session.values[Feature::chain_verifies], 0);  // it expired a second before
}

TEST_F(ContextTest, a_server_s_certificate_is_inherited_for_a_day_looking_back_only) {
    observe(SessionBuilder().at(0).sni("a.example").shows(7), &leaf_);
    const auto inherits = [&](SessionBuilder session) { return observe(session).inherited; };
    EXPECT_TRUE(inherits(SessionBuilder().at(60).sni("a.example")));
    EXPECT_TRUE(inherits(SessionBuilder().at(60)));  // names none
    EXPECT_TRUE(inherits(SessionBuilder().at(86'400).sni("A.EXAMPLE").client(2)));
    EXPECT_FALSE(inherits(SessionBuilder().at(60).sni("b.example")));
    EXPECT_FALSE(inherits(SessionBuilder().at(-1).sni("a.example")));
    EXPECT_FALSE(inherits(SessionBuilder().at(86'401).sni("a.example")));
    EXPECT_FALSE(inherits(SessionBuilder().at(60).sni("a.example").server(7, 8443)));
    EXPECT_EQ(observe(SessionBuilder().at(60).sni("a.example")).values[Feature::self_signed], 1);
    EXPECT_EQ(context_.counters().inherited, 4U);
}

TEST_F(ContextTest, dns_says_nothing_until_an_answer_to_the_client_was_seen) {
    EXPECT_TRUE(std::isnan(observe(SessionBuilder()).values[Feature::dns]));
    const Session named = observe(SessionBuilder().at(10).dns("a.example"));
    EXPECT_EQ(named.values[Feature::dns], 1);
    EXPECT_EQ(named.name, "a.example");
    EXPECT_EQ(observe(SessionBuilder().at(20).server(8)).values[Feature::dns], 0);
    EXPECT_TRUE(std::isnan(observe(SessionBuilder().at(5)).values[Feature::dns]));
    EXPECT_TRUE(std::isnan(observe(SessionBuilder().at(20).client(2)).values[Feature::dns]));
}

TEST_F(ContextTest, client_counts_servers_nobody_named_within_the_hour) {
    for (uint8_t server = 1; server <= 3; ++server) {
        observe(SessionBuilder().at(server).server(server));
    }
    observe(SessionBuilder().at(4).server(9).sni("a.example"));
    EXPECT_EQ(observe(SessionBuilder().at(5).server(3)).values[Feature::nameless_servers], 3);
    EXPECT_EQ(observe(SessionBuilder().at(6).server(9)).values[Feature::nameless_servers], 3)
        << "named before, by another session";
    EXPECT_EQ(observe(SessionBuilder().at(3700).server(4)).values[Feature::nameless_servers], 1);
    EXPECT_EQ(observe(SessionBuilder().at(5).client(2)).values[Feature::nameless_servers], 1);
}

TEST_F(ContextTest, site_remembers_when_and_for_whom) {
    observe(SessionBuilder().at(0).sni("a.example").shows(7), &leaf_);
    const Session later =
        observe(SessionBuilder().at(99).client(2).sni("a.example").shows(7), &leaf_);
    EXPECT_THAT(later.values[Feature::name_age], FloatNear(2, kClose));
    EXPECT_EQ(later.values[Feature::name_clients], 2);
    EXPECT_EQ(later.values[Feature::leaf_clients], 2);
}

TEST(ContextLimits, what_was_touched_longest_ago_is_forgotten_and_counted) {
    Context context({}, Limits{2, 2, 2, 2, 2});
    const metadata::CertificateSummary leaf = test::self_signed_leaf(1);
    for (uint8_t i = 1; i <= 4; ++i) {
        context.observe(SessionBuilder().client(i).server(i).shows(i).dns("a.example").get(),
                        &leaf);
    }
    const Counters counters = context.counters();
    EXPECT_EQ(counters.certificates, 2U);
    EXPECT_EQ(counters.servers, 2U);
    EXPECT_EQ(counters.clients, 2U);
    EXPECT_GT(counters.sightings, 0U);
}

TEST(Hints, lists_say_what_a_name_or_an_issuer_hints_at) {
    const test::TemporaryFolder folder;
    const std::string file = folder / "popular.csv";
    std::ofstream(file) << "rank,domain\n1,Example.COM\r\n250,shop.example\nx,broken.example\n";
    const auto popularity = std::make_shared<const Popularity>(file);
    EXPECT_EQ(popularity->size(), 2U);
    Context context({nullptr, popularity});
    metadata::CertificateSummary leaf = test::self_signed_leaf(7);
    leaf.issuer = "CN=R3,O=Let's Encrypt,C=US";
    const auto values = [&](std::string_view name) {
        return context.observe(SessionBuilder().sni(name).shows(7).get(), &leaf).values;
    };
    EXPECT_THAT(values("cdn.example.com")[Feature::popularity],
                FloatNear(std::log10(2.0F), kClose));
    EXPECT_THAT(values("shop.example")[Feature::popularity], FloatNear(std::log10(251.0F), kClose));
    EXPECT_TRUE(std::isnan(values("other.example")[Feature::popularity]));
    EXPECT_TRUE(std::isnan(values("com")[Feature::popularity]));
    EXPECT_EQ(values("home.DuckDNS.org")[Feature::dynamic_dns], 1);
    EXPECT_EQ(values("duckdns.org")[Feature::dynamic_dns], 0);
    EXPECT_EQ(values("notduckdns.org")[Feature::dynamic_dns], 0);
    EXPECT_EQ(values("shop.example")[Feature::free_authority], 1);
    EXPECT_THROW(Popularity(folder / "none"), std::runtime_error);
}

}  // namespace
}  // namespace eti::features
