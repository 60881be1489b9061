// A service with two sources, a list of certificates and one of servers.
#pragma once

#include "tests/unit/analysis/service_fixture.h"

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace eti::analysis::test {

inline const std::string kList =
    "# Listingdate,SHA1,Listingreason\n"
    "2026-11-01 10:00:00,2e3519b7cb61a3cd6167f727df993f68311085ea,Dridex C&C\n"
    "2026-11-02 10:00:00,11234647793f73cbded849d827af9f33ebdf288a,AsyncRAT C&C\n"
    "2026-11-02 10:00:00," +
    std::string(64, 'b') + ",Vidar C&C\n";
inline const std::string kServers =
    "198.18.9.1:443\n198.18.9.2\n198.18.9.3\n198.51.100.7\n2001:db8::1\n";

class FeedFixture : public ::testing::Test {
  protected:
    FeedFixture() {
        options_.data_directory = folder_.path("data");
        options_.port = 0;
        options_.tick = std::chrono::milliseconds(10);
        options_.now = &record_time;
        add_source("certs", kList);
        add_source("servers", kServers);
    }
    ~FeedFixture() override { stop(); }

    void add_source(const std::string& name, const std::string& text) {
        SourceOptions source;
        source.name = name;
        source.location = folder_.path(name + ".txt");
        write_file(source.location, text, 0644);
        options_.sources.push_back(source);
    }
    void start() {
        service_.emplace(options_);
        runner_ = std::thread([this] { service_->run(); });
        base_ = "http://127.0.0.1:" + std::to_string(service_->port());
    }
    void stop() {
        if (runner_.joinable()) {
            service_->stop();
            runner_.join();
        }
        service_.reset();
    }
    Answer call(const std::string& method, const std::string& path, const std::string& body = "",
                std::vector<std::string> headers = {}) {
        return perform({method, base_ + path, body, std::move(headers), ""});
    }
    Answer get(const std::string& path, std::vector<std::string> headers = {}) {
        return call("GET", path, "", std::move(headers));
    }
    std::string version_of(const std::string& feed) {
        return get("/v1/feeds/" + feed + "/versions").json()["versions"][0]["version"];
    }
    // replace writes a source's file anew and waits until the feed's version is another.
    void replace(const std::string& source, const std::string& text, const std::string& feed) {
        const std::string before = version_of(feed);
        write_file(folder_.path(source + ".txt"), text, 0644);
        while (version_of(feed) == before) {
            service_->reload_feed();
        }
    }

    TemporaryFolder folder_;
    ServiceOptions options_;
    std::optional<Service> service_;
    std::thread runner_;
    std::string base_;
};

}  // namespace eti::analysis::test
