#include "workloads.h"

#include "offline_worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace eti::bench {
namespace {

using inspect::Counter;

// Ran is a workload's measured part, as differences of counters.
struct Ran {
    explicit Ran(std::string_view name) : workload(make_workload(name)), worker(workload.options) {
        worker.run(workload.warm_up, workload.gap);
        created = worker.count(Counter::FlowsCreated);
        expired = worker.count(Counter::FlowsExpired);
        inspected = worker.count(Counter::SessionsInspected);
        certificates = worker.count(Counter::CertificatesVisible);
        not_tls = worker.count(Counter::NotTls);
        records = worker.records();
        forwarded = worker.run(workload.measured, workload.gap);
        created = worker.count(Counter::FlowsCreated) - created;
        expired = worker.count(Counter::FlowsExpired) - expired;
        inspected = worker.count(Counter::SessionsInspected) - inspected;
        certificates = worker.count(Counter::CertificatesVisible) - certificates;
        not_tls = worker.count(Counter::NotTls) - not_tls;
        records = worker.records() - records;
    }

    Workload workload;
    OfflineWorker worker;
    std::size_t forwarded = 0;
    uint64_t created = 0;
    uint64_t expired = 0;
    uint64_t inspected = 0;
    uint64_t certificates = 0;
    uint64_t not_tls = 0;
    uint64_t records = 0;
};

TEST(Workloads, AreForwardedAndBelievedWithinAllLimits) {
    for (const std::string& name : workload_names()) {
        SCOPED_TRACE(name);
        const Ran ran(name);
        EXPECT_GE(ran.workload.measured.size(), 20'000U);
        EXPECT_EQ(ran.forwarded, ran.workload.measured.size());
        for (const Counter none :
             {Counter::SegmentsNotBelieved, Counter::Malformed, Counter::FlowTableFull,
              Counter::UdpFlowsFull, Counter::SessionTableFull, Counter::TlsMalformed,
              Counter::StreamOverBudget, Counter::BytesOverBudget, Counter::MessageOverBudget,
              Counter::HashStatesFull, Counter::RecordRingFull}) {
            EXPECT_EQ(ran.worker.count(none), 0U)
                << inspect::kCounterTexts[static_cast<std::size_t>(none)].name;
        }
    }
}

TEST(Workloads, BulkIsOfSessionsThatAreOpen) {
    const Ran ran("bulk");
    EXPECT_EQ(ran.created, 0U);
    EXPECT_EQ(ran.expired, 0U);
    EXPECT_EQ(ran.worker.flows(), 200U);
    EXPECT_EQ(ran.worker.count(Counter::CertificatesVisible), 200U);
}

TEST(Workloads, EstablishedSessionsJustGoOn) {
    const Ran ran("established");
    EXPECT_EQ(ran.created, 0U);
    EXPECT_EQ(ran.inspected, 0U);
    EXPECT_EQ(ran.records, 0U);
    EXPECT_EQ(ran.worker.flows(), 100U);
    EXPECT_EQ(ran.worker.count(Counter::CertificatesVisible), 100U);
}

TEST(Workloads, HandshakesBeginShowACertificateAndLeaveRecords) {
    const Ran ran("handshake");
    EXPECT_GT(ran.created, 1'000U);
    EXPECT_NEAR(static_cast<double>(ran.expired), static_cast<double>(ran.created), 200);
    EXPECT_NEAR(static_cast<double>(ran.certificates), static_cast<double>(ran.created), 200);
    EXPECT_GE(ran.records, ran.expired);
}

TEST(Workloads, NotTlsHasNoSession) {
    const Ran ran("not-tls");
    EXPECT_GT(ran.not_tls, 0U);
    EXPECT_EQ(ran.worker.count(Counter::SessionsInspected), 0U);
    EXPECT_NEAR(static_cast<double>(ran.expired), static_cast<double>(ran.created), 400);
}

TEST(Workloads, SynFloodMakesAFlowOfEveryPacketAndEndsAsMany) {
    const Ran ran("syn-flood");
    EXPECT_EQ(ran.created, ran.workload.measured.size());
    EXPECT_NEAR(static_cast<double>(ran.expired), static_cast<double>(ran.created), 1'000);
}

TEST(Workloads, AreTheSameEveryTime) {
    for (const std::string& name : workload_names()) {
        const Workload one = make_workload(name);
        const Workload other = make_workload(name);
        ASSERT_EQ(one.measured.size(), other.measured.size());
        for (std::size_t i = 0; i < one.measured.size(); ++i) {
            ASSERT_TRUE(std::ranges::equal(one.measured.at(i).bytes, other.measured.at(i).bytes))
                << name << ", frame " << i;
        }
    }
}

TEST(Workloads, OfAnotherNameAreRefused) {
    EXPECT_THROW(make_workload("bulky"), std::invalid_argument);
}

}  // namespace
}  // namespace eti::bench
