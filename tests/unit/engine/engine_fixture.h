// An engine over a store of its own, driven as the writer drives it.
#pragma once

#include "eti/engine/engine.h"
#include "eti/ingest/record_parser.h"
#include "eti/store/schema.h"
#include "tests/support/service_builders.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis::test {

class EngineFixture : public ::testing::Test {
  protected:
    EngineFixture() : database_(folder_.path("eti.db"), Database::Access::ReadWrite) {
        migrate(database_, kNoon);
        start({});
    }
    void start(EngineOptions options) {
        options_ = options;
        engine_.emplace(stores_, options);
    }
    static RecordBatch parsed(std::string lines) {
        RecordBatch batch;
        EXPECT_TRUE(parse_records(lines, batch));
        return batch;
    }
    // write makes a change in a transaction of its own, with the roll-ups due.
    template <typename Change>
    void write(Change change) {
        database_.script("BEGIN");
        change();
        engine_->settle(settled_ += std::chrono::hours(1));
        database_.script("COMMIT");
        engine_->committed();
    }
    nlohmann::json send(const std::string& lines, const std::string& key = "",
                        Timestamp now = kNoon) {
        nlohmann::json answer;
        write([&] {
            answer = nlohmann::json::parse(engine_->ingest(kDefaultRealm, key, parsed(lines), now));
        });
        return answer;
    }
    HostScore score(const std::string& ip = "10.0.1.10", Timestamp now = kNoon) {
        return score_of(database_, kDefaultRealm, *net::parse_ip(ip), options_.hosts, now);
    }
    std::vector<InfectedEntry> infected_entries() {
        return stores_.verdicts->changes(kDefaultRealm, 0).entries;
    }

    TemporaryFolder folder_;
    Database database_;
    Stores stores_ = embedded_stores(database_);
    EngineOptions options_;
    std::optional<Engine> engine_;
    std::chrono::steady_clock::time_point settled_ = std::chrono::steady_clock::now();
};

}  // namespace eti::analysis::test
