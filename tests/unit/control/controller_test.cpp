#include "eti/control/controller.h"

#include "tests/support/certificate_builder.h"
#include "tests/support/session_builder.h"
#include "tests/support/temporary_folder.h"
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
                                              .refresh_feeds = {},
                                              .privacy_key_file = folder_ / "privacy.key"});
    }

    // A self-signed certificate, as a worker commits it.
    static metadata::CertificateBytes self_signed() {
        const std::vector<uint8_t> der =
            test::CertificateBuilder().subject("CN", "localhost").self_signed().der;
        metadata::CertificateBytes bytes;
        bytes.sha1.fill(7);
        bytes.size = static_cast<uint32_t>(der.size());
        std::copy(der.begin(), der.end(), bytes.der.begin());
        return bytes;
    }
    const metadata::CertificateBytes self_signed_ = self_signed();

    const policy::Exceptions& exceptions() { return dataplane_.policy().read()->exceptions(); }

    const test::TemporaryFolder folder_;
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
        list.table = std::make_shared<const intel::CertificateTable>(
            std::vector<intel::CertificateEntry>(1));
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

TEST_F(ControllerTest, ExceptionsFollowTheLinkAndTheConfiguration) {
    config::Settings next = settings_;
    next.exceptions = {true, true, true, false};
    controller_->reconfigure(next);
    EXPECT_EQ(exceptions(), (policy::Exceptions{true, false, false})) << "no service to be away";
    next.cloud.analysis_url = "https://analysis.example";
    controller_->reconfigure(next);
    EXPECT_EQ(exceptions(), (policy::Exceptions{true, true, false}));
    uplink::LinkStatus link;
    link.connected = true;
    link.oldest_age = std::chrono::seconds(50);
    events_.post(link);
    controller_->turn();
    EXPECT_EQ(exceptions(), (policy::Exceptions{true, false, false}));
    now_ = at_second(11);  // 61 seconds
    controller_->turn();
    EXPECT_EQ(exceptions(), (policy::Exceptions{true, false, true}));
    const uint32_t generation = dataplane_.policy().generation();
    controller_->turn();
    EXPECT_EQ(dataplane_.policy().generation(), generation) << "published once";
    link.oldest_age = std::chrono::milliseconds(0);
    link.connected = false;
    events_.post(link);
    controller_->turn();
    EXPECT_EQ(exceptions(), (policy::Exceptions{true, true, false}));
    next.exceptions = {};
    controller_->reconfigure(next);
    EXPECT_EQ(exceptions(), policy::Exceptions());
}

// A beacon to a server whose certificate is its own, told to the controller record by record.
TEST_F(ControllerTest, TheModelOnTheDeviceActsOnlyWhileTheServiceIsAway) {
    config::Settings next = settings_;
    next.exceptions.judge_service_not_ready = true;
    next.infected_hosts_used = true;
    next.cloud.analysis_url = "https://analysis.example";
    controller_->reconfigure(next);
    uint64_t id = 0;
    const auto beats = [&](uint8_t client) {
        for (int minute = 0; minute < 8; ++minute) {
            metadata::Record record =
                test::SessionBuilder().client(client).at(minute * 60).server(client).get();
            record.id = ++id;
            record.certificate.seen = true;
            record.certificate.sha1 = self_signed_.sha1;
            record.certificate.chain.push(self_signed_.sha1);
            push(dataplane_.worker(0).records, record);
            controller_->turn();
        }
    };
    push(dataplane_.worker(0).certificates, self_signed_);
    uplink::LinkStatus link;
    link.connected = true;
    events_.post(link);
    beats(1);
    EXPECT_TRUE(dataplane_.infected_hosts().read()->empty()) << "the service judges";
    link.connected = false;
    events_.post(link);
    beats(2);
    const auto listed = dataplane_.infected_hosts().owned();
    ASSERT_EQ(listed->entries().size(), 1U);
    const intel::InfectedHost host = listed->entries()[0];
    EXPECT_EQ(net::to_string(host.ip), "10.0.0.2");
    EXPECT_GE(host.threat_level, 7);
    EXPECT_NE(host.reason.find("judged on this device"), std::string::npos);
    EXPECT_NE(host.reason.find("certificate is self-signed"), std::string::npos);
    EXPECT_GT(host.expires, now_);
    uplink::InfectedHostsUpdate update;
    update.version = 1;
    events_.post(update);
    controller_->turn();
    EXPECT_TRUE(dataplane_.infected_hosts().read()->empty()) << "the service's list is the list";
    next.exceptions.judge_service_not_ready = false;
    controller_->reconfigure(next);
    beats(3);
    EXPECT_TRUE(dataplane_.infected_hosts().read()->empty()) << "not wanted";
}

TEST_F(ControllerTest, WhatIsTypedIsInForceAndPrivacyHoldsForWhatLeaves) {
    config::Settings next = settings_;
    next.limits.batch_records = 1;
    next.privacy = {true, true};
    next.local_certificates = {{"mine", {{Sha1Digest{7}, 10, "why"}}}};
    next.allowlist.emplace_back();
    next.allowlist[0].feed = "local-allowlist";
    next.allowlist[0].range = *net::parse_ip_range("192.0.2.0/24");
    controller_->reconfigure(next);
    EXPECT_TRUE(dataplane_.blocklist().read()->contains(Sha1Digest{7}));
    EXPECT_FALSE(dataplane_.allowlist().read()->empty());
    const Status status = controller_->status();
    EXPECT_EQ(status.categories[0].feeds.at(1).name, "mine");
    EXPECT_EQ(status.categories[2].feeds.at(1).name, "local-allowlist");

    metadata::Record record = example_record(1);
    record.client_hello.seen = true;
    record.client_hello.sni.assign("www.example.com");
    push(dataplane_.worker(0).records, record);
    controller_->turn();
    ASSERT_EQ(sink_.batches.size(), 1U);
    const std::string& sent = sink_.batches[0].ndjson;
    EXPECT_EQ(sent.find("10.0.1.10"), std::string::npos) << sent;
    EXPECT_EQ(sent.find("www."), std::string::npos) << sent;
    EXPECT_NE(sent.find("\"example.com\""), std::string::npos) << sent;
    const RecentSession* shown = controller_->recent_sessions().find(1);
    ASSERT_NE(shown, nullptr);
    EXPECT_EQ(net::to_string(shown->record.client.ip), "10.0.1.10") << "here it may be seen";

    controller_->reconfigure(settings_);
    EXPECT_TRUE(dataplane_.allowlist().read()->empty());
    EXPECT_EQ(dataplane_.blocklist().read()->size(), 0U);
}

TEST_F(ControllerTest, ImpactKnowsTypedListsAndTheAllowlist) {
    metadata::Record record = example_record(1);
    record.certificate.seen = true;
    record.certificate.sha1 = Sha1Digest{7};
    policy::Rule rule;
    rule.name = "web";
    policy::ZonePair pair{"trust", "untrust", policy::MetadataStreaming{"P", false, false}, {rule}};
    settings_.policy = policy::Policy({pair});
    settings_.wires[0].interfaces[0].zone = "trust";
    settings_.wires[0].interfaces[1].zone = "untrust";
    controller_->reconfigure(settings_);
    push(dataplane_.worker(0).records, record);
    controller_->turn();
    config::Settings next = settings_;
    next.local_certificates = {{"mine", {{Sha1Digest{7}, 10, "why"}}}};
    EXPECT_NE(controller_->impact(next).find("would have been blocked"), std::string::npos);
    controller_->reconfigure(next);
    EXPECT_NE(controller_->impact(settings_).find("would not have been blocked"),
              std::string::npos);
    config::Settings allowed = next;
    allowed.allowlist.emplace_back();
    allowed.allowlist[0].range = *net::parse_ip_range("203.0.113.0/24");
    EXPECT_NE(controller_->impact(allowed).find("would not have been blocked"), std::string::npos);
    EXPECT_NE(controller_->impact(next).find("none would"), std::string::npos);
}

TEST_F(ControllerTest, ASessionCountsOnceWhateverItsPhases) {
    const auto record = [](uint64_t id, metadata::Phase phase) {
        metadata::Record made = example_record(id);
        made.phase = phase;
        return made;
    };
    using metadata::Phase;
    auto& ring = dataplane_.worker(0).records;
    push(ring, record(1, Phase::Handshake));
    push(ring, record(1, Phase::Update));
    push(ring, record(2, Phase::End));
    push(ring, record(1, Phase::End));
    metadata::Record attempt = record(3, Phase::End);
    attempt.protocol = metadata::Protocol::Unknown;
    push(ring, attempt);
    controller_->turn();
    ASSERT_EQ(sink_.batches.size(), 2U);
    EXPECT_EQ(sink_.batches[0].sessions, 0U);
    EXPECT_EQ(sink_.batches[1].records, 2U);
    EXPECT_EQ(sink_.batches[1].sessions, 2U);
    using Outcome = uplink::SubmissionResult::Outcome;
    events_.post(uplink::SubmissionResult{Outcome::Acknowledged, 3, 1});
    events_.post(uplink::SubmissionResult{Outcome::Rejected, 1, 1});
    controller_->turn();
    const SessionLedger ledger = controller_->status().statistics.sessions;
    EXPECT_EQ(ledger.acknowledged, 1U);
    EXPECT_EQ(ledger.rejected, 1U);
    EXPECT_EQ(ledger.waiting, 0U) << "the attempt is no session";
}

}  // namespace
}  // namespace eti::control
