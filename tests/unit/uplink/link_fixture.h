// A real Uplink against a scripted service, and the events it tells.
#pragma once

#include "eti/uplink/uplink.h"
#include "tests/support/http_test_server.h"
#include "tests/support/temporary_folder.h"
#include "uplink/compression.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace eti::uplink::test {

using eti::test::HttpTestServer;
using eti::test::TemporaryFolder;
using eti::test::TestAnswer;
using eti::test::TestRequest;

// EventLog takes the uplink's events as the control thread would.
class EventLog {
  public:
    explicit EventLog(Uplink& uplink) : uplink_(uplink) {}

    // wait_for returns true as soon as ready() holds, false after a generous deadline.
    bool wait_for(const std::function<bool()>& ready) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        take();
        while (!ready()) {
            if (std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            pollfd waiting{uplink_.events().fd(), POLLIN, 0};
            ::poll(&waiting, 1, 10);  // ready() may also depend on what the server saw
            take();
        }
        return true;
    }
    void take() {
        for (Event& event : uplink_.events().take_all()) {
            if (const auto* result = std::get_if<SubmissionResult>(&event)) {
                records_[static_cast<std::size_t>(result->outcome)] += result->records;
                sessions_[static_cast<std::size_t>(result->outcome)] += result->sessions;
            } else if (auto* status = std::get_if<LinkStatus>(&event)) {
                errors += status->last_error + '\n';
                link = std::move(*status);
            } else if (auto* hosts_update = std::get_if<InfectedHostsUpdate>(&event)) {
                hosts = std::move(*hosts_update);
            } else if (auto* blocklist_update = std::get_if<BlocklistUpdate>(&event)) {
                blocklist = std::move(*blocklist_update);
                ++blocklist_updates;
            } else if (auto* allowlist_update = std::get_if<AllowlistUpdate>(&event)) {
                allowlist = std::move(*allowlist_update);
            } else if (auto* failure = std::get_if<FeedFailure>(&event)) {
                failures.push_back(std::move(*failure));
            }
        }
    }
    uint64_t records(SubmissionResult::Outcome outcome) const {
        return records_[static_cast<std::size_t>(outcome)];
    }
    uint64_t acknowledged() const { return records(SubmissionResult::Outcome::Acknowledged); }
    uint64_t rejected() const { return records(SubmissionResult::Outcome::Rejected); }
    uint64_t spool_full() const { return records(SubmissionResult::Outcome::SpoolFull); }
    uint64_t corrupt() const { return records(SubmissionResult::Outcome::Corrupt); }
    uint64_t sessions(SubmissionResult::Outcome outcome) const {
        return sessions_[static_cast<std::size_t>(outcome)];
    }
    bool error_contains(const std::string& text) const {
        return errors.find(text) != std::string::npos;
    }

    LinkStatus link;
    std::string errors;  // every last_error, a line each
    std::optional<InfectedHostsUpdate> hosts;
    std::optional<BlocklistUpdate> blocklist;
    std::optional<AllowlistUpdate> allowlist;
    std::size_t blocklist_updates = 0;
    std::vector<FeedFailure> failures;

  private:
    Uplink& uplink_;
    uint64_t records_[4] = {};
    uint64_t sessions_[4] = {};
};

inline Options options_for(const TemporaryFolder& folder) {
    Options options;
    options.sensor = "eti1";
    options.boot = "boot1";
    options.state_directory = folder / "state";
    options.want_infected_hosts = false;
    options.want_certificate_feed = false;
    options.backoff_first = std::chrono::milliseconds(5);
    options.backoff_most = std::chrono::milliseconds(20);
    options.long_poll = std::chrono::seconds(5);
    return options;
}

// RecordService answers POST /v1/records as the service does and remembers each key.
class RecordService {
  public:
    TestAnswer operator()(const TestRequest& request) {
        const std::lock_guard lock(mutex_);
        ++requests_;
        if (!script_.empty()) {
            const TestAnswer answer = script_.front();
            script_.pop_front();
            return answer;
        }
        const std::string key = request.headers.at("idempotency-key");
        const auto text = decompress(request.body, 1U << 24);
        if (!text || request.headers.at("content-encoding") != "zstd") {
            return {422, {}, "{}"};
        }
        const bool fresh = bodies_.emplace(key, *text).second;
        order_.push_back(key);
        return {202,
                {},
                std::string(R"({"accepted":10,"rejected":[],"duplicate":)") +
                    (fresh ? "false}" : "true}")};
    }
    // script makes answer the reply to the next request, before any usual one.
    void script(TestAnswer answer) {
        const std::lock_guard lock(mutex_);
        script_.push_back(std::move(answer));
    }
    std::size_t requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::map<std::string, std::string> bodies() const {
        const std::lock_guard lock(mutex_);
        return bodies_;
    }
    std::vector<std::string> order() const {
        const std::lock_guard lock(mutex_);
        return order_;
    }

  private:
    mutable std::mutex mutex_;
    std::deque<TestAnswer> script_;
    std::map<std::string, std::string> bodies_;
    std::vector<std::string> order_;
    std::size_t requests_ = 0;
};

inline Batch batch(uint64_t sequence, uint32_t records = 10) {
    Batch result;
    result.sequence = sequence;
    result.records = records;
    for (uint32_t i = 0; i < records; ++i) {
        result.ndjson += R"({"v":1,"type":"session","id":")" + std::to_string(sequence) + "-" +
                         std::to_string(i) + "\"}\n";
    }
    return result;
}

}  // namespace eti::uplink::test
