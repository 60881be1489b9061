// The roll-ups against a recount of the sessions they come from.
#include "eti/store/rollups.h"

#include "eti/engine/engine.h"
#include "eti/ingest/record_parser.h"
#include "eti/store/schema.h"
#include "tests/support/recount.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace eti::analysis {
namespace {

using namespace std::chrono_literals;
using test::kNoon;
using test::RecordBuilder;

class RollupsTest : public ::testing::Test {
  protected:
    RollupsTest() : database_(folder_.path("eti.db"), Database::Access::ReadWrite) {
        migrate(database_, kNoon);
        index_.load(database_, kNoon);
        engine_.emplace(stores_, EngineOptions{}, &index_);
    }
    void send(const std::string& lines) {
        RecordBatch batch;
        std::string body = lines;
        ASSERT_TRUE(parse_records(body, batch));
        ASSERT_TRUE(batch.rejected.empty()) << batch.rejected.front().why;
        begin();
        engine_->ingest(kDefaultRealm, "", batch, kNoon);
    }
    void settle(std::chrono::hours after) {
        begin();
        engine_->settle(time_ += after);
        database_.script("COMMIT");
        engine_->committed();
    }
    void begin() {
        if (!database_.in_transaction()) {
            database_.script("BEGIN");
        }
    }

    test::TemporaryFolder folder_;
    Database database_;
    Stores stores_ = embedded_stores(database_);
    ServerIndex index_;
    std::optional<Engine> engine_;
    std::chrono::steady_clock::time_point time_ = std::chrono::steady_clock::now();
};

// Phases in any order, repeated, with other levels, hours and actions from phase to phase; roll-ups
// applied now and then.
TEST_F(RollupsTest, EqualARecountWhateverArrives) {
    std::mt19937 random(42);
    const auto below = [&](unsigned bound) { return static_cast<int>(random() % bound); };
    const char* phases[] = {"handshake", "update", "end"};
    const char* sights[] = {"certificate", "tls13", "resumed"};
    const char* protocols[] = {"tls", "tls", "quic", "unknown"};
    for (int i = 0; i < 600; ++i) {
        const int session = below(120);
        char start[64];
        std::snprintf(start, sizeof start, "2026-11-%02dT%02d:10:00.000000Z", 20 + session % 4,
                      (session + below(2)) % 24);
        RecordBuilder record;
        record.id("s-" + std::to_string(session))
            .server("203.0.113." + std::to_string(session % 9))
            .client("10.0.0." + std::to_string(session % 7))
            .set("/start", start)
            .set("/end", start)
            .set("/phase", phases[below(3)])
            .set("/visibility", sights[below(3)])
            .set("/protocol", protocols[below(4)])
            .set("/server/port", 443 + below(40))
            .set("/action", below(3) == 0 ? "block" : "permit");
        if (below(4) == 0) {
            record.set("/threat_level", 1 + below(10));
        }
        send(record.line());
        settle(below(10) == 0 ? 1h : 0h);
        if (below(50) == 0) {
            send(record.id("lost").line());
            database_.script("ROLLBACK");
            engine_->roll_back();
        }
    }
    settle(1h);
    EXPECT_EQ(test::differences_from_recount(database_), "");
}

TEST_F(RollupsTest, ChangesThatWaitSurviveARestart) {
    settle(1h);
    send(RecordBuilder().line());
    settle(0h);
    EXPECT_FALSE(server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.9")));
    engine_.emplace(stores_, EngineOptions{}, &index_);
    settle(1h);
    const auto server = server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.9"));
    ASSERT_TRUE(server);
    EXPECT_EQ(server->attempts, 1);
    EXPECT_EQ(test::differences_from_recount(database_), "");
    settle(1h);
    EXPECT_EQ(server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.9"))->attempts, 1);
}

TEST_F(RollupsTest, ThePortsOfAServerThatUsesManyAreBounded) {
    for (int i = 0; i < 100; ++i) {
        send(RecordBuilder().id(std::to_string(i)).set("/server/port", 1000 + i).line());
    }
    settle(1h);
    const auto server = server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.9"));
    ASSERT_TRUE(server);
    EXPECT_EQ(server->ports.size(), kMaxPorts + 1);
    int64_t sum = 0;
    for (const PortCount& port : server->ports) {
        sum += port.count;
    }
    EXPECT_EQ(sum, 100);
}

TEST_F(RollupsTest, NamesComeFromTheBestSource) {
    const auto name = [&] {
        return server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.9"))->name;
    };
    RecordBuilder plain = RecordBuilder().erase("tls");
    send(plain.id("a").set("/dns/name", "dns.example").line());
    settle(1h);
    EXPECT_EQ(name(), "dns.example");
    send(plain.id("b").set("/certificate/subject", "CN=cert.example,O=Any").line());
    settle(1h);
    EXPECT_EQ(name(), "cert.example");
    send(RecordBuilder().id("c").line());
    settle(1h);
    EXPECT_EQ(name(), "www.example");
    send(plain.id("d").set("/dns/name", "other.example").line());
    settle(1h);
    EXPECT_EQ(name(), "www.example");
}

}  // namespace
}  // namespace eti::analysis
