// Sessions that a fault keeps from being judged: forwarded, or cut where the operator wants it.
#include "tests/support/inspect_bench.h"
#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using tls::ContentType;
using namespace std::chrono_literals;

Bytes hello(std::string_view name = "www.example.com") {
    return test::records(ContentType::Handshake,
                         test::client_hello({.extensions = test::server_name(name)}));
}

policy::Policy policy_with(const policy::Exceptions& exceptions) {
    return policy::Policy(policy::Policy::inspect_everything("trust", "untrust").pairs(),
                          exceptions);
}

void publish(InspectBench& bench, const policy::Exceptions& exceptions) {
    bench.tables.policy.publish(std::make_shared<policy::Policy>(policy_with(exceptions)));
}

TEST(Unjudged, WhileTheServiceIsAwayNewSessionsAreCutAtTheirHello) {
    struct Case {
        policy::Exceptions exceptions;
        Counter counter;
    };
    for (const Case& c : {Case{{false, true, false}, Counter::BlockedNotReady},
                          Case{{false, false, true}, Counter::BlockedSubmission}}) {
        InspectBench bench;
        Conversation before(bench);
        before.open();
        before.from_client(hello());
        publish(bench, c.exceptions);
        EXPECT_EQ(before.from_server(Bytes(10, 0x17)), Verdict::Forward) << "it was judged before";

        Conversation talk(bench, "10.0.1.11");
        talk.open();
        EXPECT_EQ(talk.from_client(hello()), Verdict::Close);
        EXPECT_EQ(bench.resets.size(), 2U);
        EXPECT_EQ(bench.count(c.counter), 1U);
        EXPECT_EQ(talk.from_client(hello()), Verdict::Close) << "it comes again";
        EXPECT_EQ(bench.count(c.counter), 1U) << "counted once";
        EXPECT_EQ(bench.count(Counter::DroppedCertificate), 0U);
        EXPECT_EQ(bench.count(Counter::DroppedUnjudged), 2U);
        bench.advance(20s);
        const auto records = bench.records();
        ASSERT_EQ(records.size(), 1U);
        EXPECT_EQ(records[0].action, metadata::Action::Block);
        EXPECT_EQ(records[0].reason, metadata::Reason::Fallback);

        publish(bench, {});
        Conversation after(bench, "10.0.1.12");
        after.open();
        EXPECT_EQ(after.from_client(hello()), Verdict::Forward);
    }
}

TEST(Unjudged, AllowlistedAndOtherTrafficGoesOn) {
    InspectBench bench(InspectBench::small_options(), policy_with({true, true, true}));
    intel::AllowlistEntry name;
    name.kind = intel::AllowlistKind::Hostname;
    name.hostname = "www.example.com";
    bench.tables.allowlist.publish(std::make_shared<intel::Allowlist>(std::vector{name}));
    Conversation allowed(bench);
    allowed.open();
    EXPECT_EQ(allowed.from_client(hello()), Verdict::Forward);
    Conversation web(bench, "10.0.1.11", "192.0.2.1", 80);
    web.open();
    EXPECT_EQ(web.from_client(test::text("GET / HTTP/1.1\r\n\r\n")), Verdict::Forward);
}

TEST(Unjudged, FullTablesAndSpentBudgetsCutOnlyWhereAskedTo) {
    for (const bool block : {false, true}) {
        const Verdict cut = block ? Verdict::Close : Verdict::Forward;
        inspect::Options options = InspectBench::small_options();
        options.flows = 3;
        options.sessions = 1;
        InspectBench bench(options, policy_with({block, false, false}));
        Conversation first(bench, "10.0.1.10");
        first.open();
        EXPECT_EQ(first.from_client(hello()), Verdict::Forward);
        Conversation no_session(bench, "10.0.1.11");
        no_session.open();
        EXPECT_EQ(no_session.from_client(hello()), cut);
        Conversation plain(bench, "10.0.1.12", "192.0.2.1", 80);
        plain.open();
        EXPECT_EQ(plain.from_client(test::text("GET / HTTP/1.1\r\n\r\n")), Verdict::Forward);
        Conversation no_flow(bench, "10.0.1.13");
        EXPECT_EQ(no_flow.from_client({}, net::kSyn), cut);
        EXPECT_EQ(bench.resets.size(), block ? 1U : 0U);
        EXPECT_EQ(no_flow.from_client(Bytes(10, 1), net::kAck), Verdict::Forward)
            << "what was open before goes on";
        EXPECT_EQ(bench.count(Counter::BlockedResources), block ? 2U : 0U);
    }
}

TEST(Unjudged, ABudgetSpentBeforeTheCertificateCuts) {
    for (const bool block : {false, true}) {
        inspect::Options options = InspectBench::small_options();
        options.inspected_bytes_per_direction = 2000;
        InspectBench bench(options, policy_with({block, false, false}));
        Conversation talk(bench);
        talk.open();
        talk.from_client(hello());
        const Bytes flight = test::records(
            ContentType::Handshake,
            test::join({test::server_hello({}), test::certificate({Bytes(5000, 0x31)})}));
        Verdict verdict = Verdict::Forward;
        for (std::size_t at = 0; at < flight.size() && verdict == Verdict::Forward; at += 500) {
            const auto begin = flight.begin() + static_cast<std::ptrdiff_t>(at);
            const auto length = std::min<std::size_t>(500, flight.size() - at);
            verdict = talk.from_server(Bytes(begin, begin + static_cast<std::ptrdiff_t>(length)));
        }
        EXPECT_EQ(verdict, block ? Verdict::Close : Verdict::Forward);
        EXPECT_EQ(bench.count(Counter::BytesOverBudget), 1U);
        EXPECT_EQ(bench.count(Counter::BlockedResources), block ? 1U : 0U);
    }
}

// --- what the ledger of sessions rests on ---

uint64_t ended(const InspectBench& bench) {
    uint64_t sum = 0;
    for (std::size_t i = 0; i < kCounterCount; ++i) {
        const bool counts = kCounterTexts[i].name.starts_with("ended-");
        sum += counts ? bench.count(static_cast<Counter>(i)) : 0;
    }
    return sum;
}

TEST(Ledger, ALastRecordWithoutRoomIsASessionLost) {
    InspectBench bench(InspectBench::small_options(),
                       policy::Policy::inspect_everything("trust", "untrust"), 2);
    for (uint16_t port = 1; port <= 6; ++port) {
        Conversation talk(bench, "10.0.1.10", "192.0.2.1", 443, port);
        talk.open();
        talk.from_client(hello());
        talk.from_client({}, net::kRst);
    }
    bench.advance(130s);
    const std::size_t held = bench.records().size();
    EXPECT_LT(held, 6U);
    EXPECT_EQ(bench.count(Counter::SessionsInspected), 6U);
    EXPECT_EQ(ended(bench), 6U);
    EXPECT_EQ(bench.count(Counter::SessionsLostRing), 6U - held);
}

TEST(Ledger, ADetectedSessionCountsOnce) {
    InspectBench bench;
    Conversation talk(bench);
    talk.open();
    talk.from_client(hello());
    EXPECT_EQ(bench.count(Counter::SessionsDetected), 0U);
    for (int round = 0; round < 3; ++round) {  // listed, forgotten, listed again
        bench.list_host("10.0.1.10");
        talk.from_client(Bytes(10, 0x17));
        bench.tables.infected_hosts.publish(std::make_shared<intel::InfectedHosts>());
        talk.from_client(Bytes(10, 0x17));
    }
    EXPECT_EQ(bench.count(Counter::SessionsDetected), 1U);
    bench.list_host("10.0.1.11");
    Conversation blocked(bench, "10.0.1.11");
    blocked.open();
    EXPECT_EQ(bench.count(Counter::SessionsDetected), 1U) << "an attempt is no session";
}

}  // namespace
}  // namespace eti::inspect
