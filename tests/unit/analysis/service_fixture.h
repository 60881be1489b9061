// The whole service in this process, over real HTTP on an ephemeral loopback port.
#pragma once

#include "analysis/service.h"
#include "eti/store/private_file.h"
#include "tests/support/service_builders.h"
#include "tests/unit/analysis/http_client.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <optional>
#include <thread>

namespace eti::analysis::test {

inline std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

// Now, as the built records know it: the page's ranges end now.
inline Timestamp record_time() {
    return Timestamp(std::chrono::seconds(1'795'491'975));  // 2026-11-24T03:46:15Z
}

class ServiceFixture : public ::testing::Test {
  protected:
    ServiceFixture() {
        options_.data_directory = folder_.path("data");
        options_.feed_file = folder_.path("feed.csv");
        options_.port = 0;
        options_.rollup_delay = std::chrono::milliseconds(0);
        options_.now = &record_time;
        write_file(options_.feed_file, kFeed, 0644);
    }
    ~ServiceFixture() override { stop(); }

    void start() {
        service_.emplace(options_);
        runner_ = std::thread([this] { service_->run(); });
        base_ = std::string(options_.tls ? "https" : "http") +
                "://127.0.0.1:" + std::to_string(service_->port());
    }
    void stop() {
        if (runner_.joinable()) {
            service_->stop();
            runner_.join();
        }
        service_.reset();
    }
    void restart() {
        stop();
        start();
    }

    Answer call(const std::string& method, const std::string& path, const std::string& body = "",
                std::vector<std::string> headers = {}) {
        return perform({method, base_ + path, body, std::move(headers), ca_file_});
    }
    Answer get(const std::string& path, std::vector<std::string> headers = {}) {
        return call("GET", path, "", std::move(headers));
    }
    Answer post(const std::string& lines, const std::string& key = "eti1/b/1") {
        return call("POST", "/v1/records", zstd(lines),
                    {"Content-Encoding: zstd", "Idempotency-Key: " + key});
    }
    int64_t version() { return get("/v1/infected-hosts?since=0").json()["version"]; }

    TemporaryFolder folder_;
    ServiceOptions options_;
    std::optional<Service> service_;
    std::thread runner_;
    std::string base_;
    std::string ca_file_;
};

}  // namespace eti::analysis::test
