#include "eti/control/controller.h"

#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace eti::control {
namespace {

class ControllerTest : public testing::Test {
  protected:
    ControllerTest() {
        settings_.limits.batch_records = 2;
        settings_.infected_hosts_used = true;
        settings_.certificate_feed_used = true;
        settings_.wires.push_back({"W", {}});
        settings_.wires[0].interfaces[0].name = "ge-0/0/0";
        settings_.wires[0].interfaces[1].name = "ge-0/0/1";
        controller_.emplace(Controller::Setup{.settings = settings_,
                                              .dataplane = dataplane_.view(),
                                              .sink = sink_,
                                              .events = &events_,
                                              .sensor = {"eti1", "b007"},
                                              .version = "0.1.0",
                                              .clock = [this] { return now_; },
                                              .refresh_feeds = {}});
    }

    FakeDataplane dataplane_{2};
    config::Settings settings_;
    ListSink sink_;
    Mailbox<uplink::Event> events_;
    Timestamp now_ = at_second(0);
    std::optional<Controller> controller_;
};

TEST_F(ControllerTest, RecordsBecomeBatchesAndAcknowledgementsCount) {
    for (uint64_t id = 1; id <= 3; ++id) {
        push(dataplane_.worker(id % 2).records, example_record(id));
    }
    EXPECT_FALSE(controller_->turn());
    ASSERT_EQ(sink_.batches.size(), 1U);
    EXPECT_EQ(controller_->status().statistics.records_batched, 1U);
    now_ = at_second(1);
    controller_->turn();
    ASSERT_EQ(sink_.batches.size(), 2U);
    using Outcome = uplink::SubmissionResult::Outcome;
    events_.post(uplink::SubmissionResult{Outcome::Acknowledged, 2});
    events_.post(uplink::SubmissionResult{Outcome::Rejected, 1});
    controller_->turn();
    const StatisticsStatus statistics = controller_->status().statistics;
    EXPECT_EQ(statistics.records_drained, 3U);
    EXPECT_EQ(statistics.records_acknowledged, 2U);
    EXPECT_EQ(statistics.records_lost(), 1U);
}

TEST_F(ControllerTest, CountersAreSummedOverWorkers) {
    dataplane_.worker(0).counters = {4, 1, 2, 0};
    dataplane_.worker(1).counters = {6, 0, 4, 3};
    const StatisticsStatus statistics = controller_->status().statistics;
    EXPECT_EQ(statistics.sessions_inspected, 10U);
    EXPECT_EQ(statistics.sessions_whitelisted, 1U);
    EXPECT_EQ(statistics.sessions_detected, 6U);
    EXPECT_EQ(statistics.records_ring_full, 3U);
    EXPECT_EQ(statistics.records_lost(), 3U);
}

TEST_F(ControllerTest, FinishDrainsEverythingAndSendsTheLastBatch) {
    for (uint64_t id = 1; id <= 5; ++id) {
        push(dataplane_.worker(0).records, example_record(id));
    }
    controller_->finish();
    uint64_t records = 0;
    for (const uplink::Batch& batch : sink_.batches) {
        records += batch.records;
    }
    EXPECT_EQ(records, 5U);
}

TEST_F(ControllerTest, StoredStateIsInForceAtOnce) {
    uplink::StoredState stored;
    stored.infected_hosts = {9, {{net::IpAddress::v4(10, 0, 1, 10), 10, "why", {}, {}}}};
    controller_->restore(std::move(stored));
    EXPECT_EQ(controller_->status().infected_hosts->entries().size(), 1U);
    EXPECT_EQ(controller_->status().categories[1].feeds[0].version, "9");
}

TEST_F(ControllerTest, StatusNamesWiresPortsAndRings) {
    push(dataplane_.worker(1).records, example_record(1));
    const Status status = controller_->status();
    EXPECT_EQ(status.host_name, "eti1");
    EXPECT_EQ(status.wires.at(0).interfaces[1], "ge-0/0/1");
    EXPECT_EQ(status.ports.at(0).device, "af-packet veth0");
    EXPECT_EQ(status.workers.at(1).records.used, 1U);
    EXPECT_GE(status.workers.at(1).records.capacity, 64U);
    EXPECT_EQ(status.maximum_flows, 2U * settings_.limits.flows_per_worker);
}

TEST_F(ControllerTest, WithoutAFeedServerADownloadIsRefusedWithTheRemedy) {
    EXPECT_NE(controller_->refresh_feeds().find("set services security-intelligence url"),
              std::string::npos);
}

TEST_F(ControllerTest, ANewConfigurationIsInForceAtOnce) {
    config::Settings next = settings_;
    next.host_name = "eti2";
    next.limits.batch_records = 1;
    next.limits.flows_per_worker = 7;
    policy::Rule web;
    web.name = "web";
    next.policy = policy::Policy({{"trust", "untrust", {}, {web}}});
    next.log_streams = {{"siem", "all", "127.0.0.1", 9}};
    const uint32_t generation = dataplane_.policy().generation();
    controller_->reconfigure(next);
    EXPECT_GT(dataplane_.policy().generation(), generation);
    EXPECT_EQ(dataplane_.policy().read()->pairs().at(0).rules.at(0).name, "web");
    const Status status = controller_->status();
    EXPECT_EQ(status.host_name, "eti2");
    EXPECT_EQ(status.log_streams.at(0).name, "siem");
    EXPECT_EQ(status.policies, std::vector<std::string>{"web"});
    // Tables are still as large as they were made.
    EXPECT_EQ(status.maximum_flows, 2U * settings_.limits.flows_per_worker);
    push(dataplane_.worker(0).records, example_record(1));
    controller_->turn();
    ASSERT_EQ(sink_.batches.size(), 1U);
    EXPECT_NE(sink_.batches[0].ndjson.find("\"sensor\":\"eti2\""), std::string::npos);
}

TEST_F(ControllerTest, FeedsThatNothingUsesAnyMoreAreDropped) {
    const auto give = [&] {
        controller_->apply(uplink::InfectedHostsUpdate{
            1, {{net::IpAddress::v4(10, 0, 1, 10), 10, "why", {}, {}}}});
        uplink::BlocklistUpdate list;
        list.info.name = "cc_cert_sha1";
        list.info.loaded = true;
        list.entries.emplace_back();
        controller_->apply(std::move(list));
    };
    config::Settings unused = settings_;
    unused.infected_hosts_used = unused.certificate_feed_used = false;
    give();
    controller_->reconfigure(settings_);
    EXPECT_EQ(controller_->status().infected_hosts->entries().size(), 1U);
    EXPECT_EQ(controller_->status().blocklist->size(), 1U);
    controller_->reconfigure(unused);
    EXPECT_TRUE(controller_->status().infected_hosts->empty());
    EXPECT_EQ(controller_->status().blocklist->size(), 0U);
    give();  // was on its way
    EXPECT_TRUE(controller_->status().infected_hosts->empty());
    EXPECT_EQ(controller_->status().blocklist->size(), 0U);
}

TEST_F(ControllerTest, EventsWakeTheLoop) {
    std::thread uplink([&] {
        events_.post(uplink::InfectedHostsUpdate{
            1, {{net::IpAddress::v4(10, 0, 1, 10), 10, "why", {}, {}}}});
    });
    while (dataplane_.infected_hosts().read()->empty()) {
        controller_->loop().turn(std::chrono::milliseconds(1000));
    }
    uplink.join();
    EXPECT_EQ(dataplane_.infected_hosts().read()->entries().size(), 1U);
}

TEST_F(ControllerTest, AClearMovesWhatIsShownAndNothingElse) {
    dataplane_.worker(0).counters = {4, 1, 2, 0};
    controller_->clear_statistics(Cleared::MetadataStreaming);
    dataplane_.worker(0).counters = {7, 1, 2, 1};
    const Status status = controller_->status();
    EXPECT_EQ(status.statistics.sessions_inspected, 7U);
    const StatisticsStatus shown = since(status.statistics, status.streaming_cleared);
    EXPECT_EQ(shown.sessions_inspected, 3U);
    EXPECT_EQ(shown.sessions_whitelisted, 0U);
    EXPECT_EQ(shown.records_ring_full, 1U);
    EXPECT_EQ(shown.counters.front().value, 3U);
    EXPECT_EQ(since(status.statistics, status.anti_malware_cleared).sessions_inspected, 7U);
}

TEST_F(ControllerTest, RecordsAreKeptForExplanation) {
    push(dataplane_.worker(0).records, example_record(5));
    controller_->turn();
    ASSERT_NE(controller_->recent_sessions().find(5), nullptr);
    EXPECT_EQ(controller_->recent_sessions().capacity(), settings_.limits.recent_sessions);
}

}  // namespace
}  // namespace eti::control
