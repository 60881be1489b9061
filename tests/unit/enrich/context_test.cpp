#include "eti/enrich/context.h"

#include "tests/unit/enrich/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace eti::enrich {
namespace {

using namespace samples;

metadata::Record completed(Context& context, metadata::Record record) {
    context.complete(record);
    return record;
}

TEST(Context, tells_under_which_name_the_client_looked_the_server_up) {
    Context context;
    metadata::DnsAnswer looked_up = answer("www.example.com", 10, {kServer, kOtherServer});
    looked_up.cname = true;
    context.note(looked_up);
    const auto dns = completed(context, session(1, 10.25, Visibility::Certificate)).dns;
    EXPECT_TRUE(dns.seen && dns.cname);
    EXPECT_EQ(dns.name.view(), "www.example.com");
    EXPECT_EQ(dns.ttl, 60U);
    EXPECT_EQ(dns.answers, 2);
    EXPECT_EQ(dns.age_us, 250'000U);
    EXPECT_FALSE(completed(context, session(2, 9, Visibility::Certificate)).dns.seen);
    EXPECT_EQ(context.counters().dns_joined, 1U);
}

TEST(Context, a_hidden_certificate_is_inherited) {
    struct Case {
        const char* why;
        Visibility before;
        Visibility after;
    };
    const Case cases[] = {
        {"resumed", Visibility::Resumed, Visibility::CertificateInherited},
        {"TLS 1.3", Visibility::Tls13, Visibility::CertificateInherited},
        {"QUIC is another server", Visibility::Quic, Visibility::Quic},
        {"no ServerHello", Visibility::NoServerHello, Visibility::NoServerHello},
        {"incomplete", Visibility::Incomplete, Visibility::Incomplete},
        {"gap", Visibility::Gap, Visibility::Gap},
        {"budget", Visibility::Budget, Visibility::Budget},
    };
    for (const Case& c : cases) {
        Context context;
        completed(context, full(1, 0, 7));
        metadata::Record record = session(2, 10, c.before);
        record.server_hello.resumed = c.before == Visibility::Resumed;
        const auto told = completed(context, record);
        const bool inherited = c.before != c.after;
        EXPECT_EQ(told.visibility, c.after) << c.why;
        EXPECT_EQ(told.certificate.seen, inherited) << c.why;
        EXPECT_EQ(told.certificate.inherited, inherited) << c.why;
        EXPECT_TRUE(told.certificate.chain.empty()) << c.why;
        EXPECT_EQ(told.action, metadata::Action::Permit) << "it never blocks";
        EXPECT_EQ(told.server_hello.resumed, record.server_hello.resumed) << c.why;
        EXPECT_EQ(context.counters().certificates_inherited, inherited ? 1U : 0U);
        if (inherited) {
            EXPECT_EQ(told.certificate.sha1, leaf(7)) << c.why;
        }
    }
}

TEST(Context, an_own_certificate_stays_as_it_is) {
    Context context;
    completed(context, full(1, 0, 7));
    const auto record = completed(context, full(2, 10, 8));
    EXPECT_EQ(record.visibility, Visibility::Certificate);
    EXPECT_FALSE(record.certificate.inherited);
    EXPECT_EQ(record.certificate.sha1, leaf(8));
    EXPECT_EQ(record.certificate.chain.size(), 1U);
}

TEST(Context, an_inherited_certificate_is_not_learned) {
    Context context;
    completed(context, full(1, 0, 7));
    auto inherited = completed(context, session(2, 10, Visibility::Tls13));
    EXPECT_EQ(completed(context, inherited).certificate.sha1, leaf(7)) << "twice changes nothing";
    completed(context, full(3, 5, 8));
    EXPECT_EQ(completed(context, session(4, 11, Visibility::Tls13)).certificate.sha1, leaf(8))
        << "what was inherited at 10 s does not hide what was shown at 5 s";
}

TEST(Context, the_phases_of_a_session_agree) {
    Context context;
    context.note(answer("www.example.com", 0));
    completed(context, full(1, 0, 7));
    const metadata::Record handshake =
        completed(context, session(2, 1, Visibility::Tls13, Phase::Handshake));
    // While it is open the client asks under many names and the server changes its certificate.
    for (int i = 0; i < 20; ++i) {
        context.note(answer(std::to_string(i) + ".example", 2 + i));
        completed(context, full(100 + static_cast<uint64_t>(i), 2 + i, static_cast<uint8_t>(i)));
    }
    for (const Phase phase : {Phase::Update, Phase::Update, Phase::End}) {
        const auto later = completed(context, session(2, 1, Visibility::Tls13, phase));
        EXPECT_EQ(later.visibility, handshake.visibility);
        EXPECT_EQ(later.certificate.sha1, handshake.certificate.sha1);
        EXPECT_EQ(later.dns.name.view(), handshake.dns.name.view());
        EXPECT_EQ(later.dns.age_us, handshake.dns.age_us);
    }
    EXPECT_EQ(handshake.dns.name.view(), "www.example.com");
    EXPECT_EQ(handshake.certificate.sha1, leaf(7));
    EXPECT_FALSE(completed(context, session(2, 1, Visibility::Tls13)).dns.seen)
        << "after its end nothing of the session is kept";
}

TEST(Context, a_later_phase_may_know_more) {
    Context context;
    const auto first = completed(context, session(2, 10, Visibility::Tls13, Phase::Handshake));
    EXPECT_EQ(first.visibility, Visibility::Tls13);
    completed(context, full(1, 0, 7));  // an earlier session that ended later
    const auto last = completed(context, session(2, 10, Visibility::Tls13));
    EXPECT_EQ(last.visibility, Visibility::CertificateInherited);
}

TEST(Context, counts_what_it_forgets) {
    Context context({.dns_pairs = 2, .certificate_names = 2, .open_sessions = 2});
    for (uint32_t i = 0; i < 5; ++i) {
        context.note(answer("www.example.com", 0, {numbered(i)}));
        metadata::Record record = full(i, 1, 7);
        record.server.ip = numbered(i);
        record.phase = Phase::Handshake;
        completed(context, record);
    }
    const Counters counters = context.counters();
    EXPECT_EQ(counters.dns_pairs_evicted, 3U);
    EXPECT_EQ(counters.certificate_names_evicted, 3U);
    EXPECT_EQ(counters.open_sessions_evicted, 3U);
    EXPECT_EQ(counters.dns_joined, 5U);
}

}  // namespace
}  // namespace eti::enrich
