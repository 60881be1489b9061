#include "eti/engine/behaviour_worker.h"
#include "eti/engine/writer.h"
#include "tests/unit/engine/engine_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace eti::analysis {
namespace {

using namespace std::chrono_literals;
using test::beat;
using test::kNoon;
using test::RecordBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kClient = "10.0.1.10";
constexpr const char* kServer = "203.0.113.9";

Evidence evidence(const char* kind, intel::ThreatLevel level, const std::string& reason) {
    Evidence made;
    made.kind = kind;
    made.level = level;
    made.reason = std::string(kind) + ": " + reason;
    return made;
}

class BehaviourInServiceTest : public test::EngineFixture {
  protected:
    void hold(const RecordBuilder& record, std::vector<Evidence> found, Timestamp now = kNoon) {
        const RecordBatch batch = parsed(record.line());
        write([&] {
            engine_->hold_behaviour(kDefaultRealm, {{batch.sessions.front(), std::move(found)}},
                                    now);
        });
    }
    HostScore score(Timestamp now = kNoon) { return EngineFixture::score(kClient, now); }
};

TEST_F(BehaviourInServiceTest, TheStrongestStandsAndTheRestAddsToIt) {
    send(RecordBuilder().line());
    hold(RecordBuilder(), {evidence("beacon", 3, "regular traffic")});
    EXPECT_EQ(score().level, 0) << "a beacon alone is never a verdict";
    EXPECT_THAT(infected_entries(), IsEmpty());
    hold(RecordBuilder(), {evidence("session-model", 4, "suspicious session (a, b)")});
    EXPECT_EQ(score().level, 7);
    ASSERT_EQ(infected_entries().size(), 1U);
    EXPECT_EQ(infected_entries()[0].reason,
              "session-model: suspicious session (a, b); beacon: regular traffic");
    hold(RecordBuilder(), {evidence("session-model", 7, "suspected malware")});
    EXPECT_EQ(score().level, 10);
    EXPECT_EQ(score().reasons.size(), 2U) << "of one session a kind counts once, the most it shows";
    EXPECT_NEAR(score(kNoon + 24h).score, 5, 0.001);
}

TEST_F(BehaviourInServiceTest, TheServerShowsTheLevelAndWhatItIsCalledFor) {
    send(RecordBuilder().line());
    hold(RecordBuilder(), {evidence("session-model", 7, "suspected malware (self-signed)"),
                           evidence("beacon", 3, "regular traffic")});
    const auto server = server_state(database_, kDefaultRealm, *net::parse_ip(kServer));
    ASSERT_TRUE(server);
    EXPECT_EQ(server->level, 7);
    EXPECT_EQ(server->category, "suspected malware");
    EXPECT_EQ(server->attempts, 1);
}

TEST_F(BehaviourInServiceTest, AllowlistsForeignHostsAndFalsePositivesCount) {
    const std::vector<Evidence> malware{evidence("session-model", 7, "suspected malware")};
    options_.internal = {*net::parse_ip_range("10.9.0.0/16")};
    start(options_);
    send(RecordBuilder().line());
    hold(RecordBuilder(), malware);
    EXPECT_EQ(score().level, 0) << "no host of ours";
    start({});
    AllowlistRow row;
    row.kind = "hostname";
    row.value = "www.example";
    write([&] { engine_->add_allowlist(row, kNoon); });
    hold(RecordBuilder(), malware);
    EXPECT_EQ(score().level, 0) << "on the allowlist";
    hold(RecordBuilder().set("/tls/sni", "other.example"), malware);
    EXPECT_EQ(score().level, 7);
    write([&] {
        engine_->report_false_positive(kDefaultRealm, *net::parse_ip(kServer), {"ada", "x", "", ""},
                                       kNoon);
    });
    EXPECT_EQ(score().level, 0);
    EXPECT_THAT(infected_entries(), IsEmpty());
}

TEST_F(BehaviourInServiceTest, WhileASiteIsObservedBehaviourOnlyReports) {
    options_.observe = 48h;
    start(options_);
    send(RecordBuilder().line());
    hold(RecordBuilder(), {evidence("session-model", 7, "suspected malware")}, kNoon + 47h);
    EXPECT_EQ(score(kNoon + 47h).level, 7) << "it is shown";
    EXPECT_THAT(infected_entries(), IsEmpty());
    send(RecordBuilder().id("s-2").set("/reason", "certificate-blocklist").line(), "", kNoon + 47h);
    ASSERT_EQ(infected_entries().size(), 1U) << "lists are enforced from the start";
    EXPECT_THAT(infected_entries()[0].reason, HasSubstr("certificate-blocklist"));
    hold(RecordBuilder().id("s-3").client("10.0.1.11"),
         {evidence("session-model", 7, "suspected malware")}, kNoon + 49h);
    EXPECT_EQ(infected_entries().size(), 2U);
}

// The worker as the service runs it, over the same file.
class BehaviourWorkerTest : public BehaviourInServiceTest {
  protected:
    BehaviourWorkerTest() : reader_(folder_.path("eti.db"), Database::Access::ReadOnly) { run(); }
    ~BehaviourWorkerTest() override { leave(); }

    void run() {
        writer_ = std::make_unique<Writer>(
            database_, *engine_,
            [this] {
                if (worker_) {
                    worker_->wake();
                }
            },
            Writer::Limits{});
        BehaviourWorkerOptions options;
        options.model = model::built_in();
        options.retry = 10ms;
        options.now = [] { return kNoon; };
        worker_ = std::make_unique<BehaviourWorker>(reader_, *writer_, options);
        worker_->start();
    }
    void leave() {
        worker_->stop();
        writer_->stop();
    }
    void post(const std::string& lines) {
        std::promise<void> stored;
        auto batch = std::make_shared<RecordBatch>(parsed(lines));
        ASSERT_TRUE(writer_->submit(
            [batch](Engine& engine) { engine.ingest(kDefaultRealm, "", *batch, kNoon); },
            [&](std::exception_ptr) { stored.set_value(); }));
        stored.get_future().wait();
    }
    // judged waits until everything posted was judged and stored.
    void judged() {
        const auto log = embedded_stores(watcher_).records;
        const int64_t last = log->last_before(kNoon + 1s);
        while (log->acknowledged(BehaviourWorker::kGroup) < last) {
            std::this_thread::yield();
        }
    }

    Database reader_;  // the worker's
    Database watcher_{folder_.path("eti.db"), Database::Access::ReadOnly};
    std::unique_ptr<Writer> writer_;
    std::unique_ptr<BehaviourWorker> worker_;
};

TEST_F(BehaviourWorkerTest, ABeaconWithASelfSignedCertificateInfectsAndIsJudgedOnce) {
    for (int minute = 0; minute < 8; ++minute) {
        post(beat(minute).line());
    }
    judged();
    leave();
    ASSERT_EQ(infected_entries().size(), 1U);
    EXPECT_EQ(infected_entries()[0].level, 10);
    EXPECT_THAT(infected_entries()[0].reason, HasSubstr("certificate is self-signed"));
    EXPECT_THAT(infected_entries()[0].reason, HasSubstr("beacon: regular traffic to one server"));
    const auto reasons = score().reasons.size();
    EXPECT_EQ(worker_->figures().sessions, 8U);
    run();
    judged();
    leave();
    EXPECT_EQ(score().reasons.size(), reasons) << "a restart holds nothing twice";
}

TEST_F(BehaviourWorkerTest, ARestartRemembersWhatWasBefore) {
    for (int minute = 0; minute < 5; ++minute) {
        post(beat(minute).line());
    }
    judged();
    leave();
    EXPECT_THAT(infected_entries()[0].reason, Not(HasSubstr("beacon")));
    run();
    post(beat(5).line());
    post(beat(6).line());
    judged();
    leave();
    EXPECT_THAT(infected_entries()[0].reason, HasSubstr("beacon"))
        << "seven beats, five before the restart";
}

TEST_F(BehaviourWorkerTest, NothingIsHeldAgainstABusyClientNorForARefusedLine) {
    std::string lines;
    for (int minute = 0; minute < 50; ++minute) {
        lines += beat(minute).set("/tls/sni", "www.example").erase("certificate").line();
    }
    post(lines);
    post(RecordBuilder().line() + beat(51).set("/server/port", "no port").line());
    judged();
    leave();
    EXPECT_THAT(infected_entries(), IsEmpty());
    EXPECT_EQ(score().level, 0);
}

}  // namespace
}  // namespace eti::analysis
