// A daemon frozen in one state, for tests and fuzz targets of the command line.
#pragma once

#include "eti/cli/backend.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace eti::cli {

// 2024-11-25 09:20:44 UTC plus an offset.
inline Timestamp sample_time(int64_t seconds) {
    return Timestamp(std::chrono::seconds(1'732'526'444 + seconds));
}

inline intel::AllowlistEntry allowed(uint8_t first, uint8_t last) {
    intel::AllowlistEntry entry;
    entry.range = {net::IpAddress::v4(192, 0, 5, first), net::IpAddress::v4(192, 0, 5, last)};
    return entry;
}

inline intel::AllowlistEntry allowed_name(const std::string& name) {
    intel::AllowlistEntry entry;
    entry.kind = intel::AllowlistKind::Hostname;
    entry.hostname = name;
    return entry;
}

inline metadata::SessionView sample_session(uint32_t id) {
    metadata::SessionView view;
    view.id = id;
    view.protocol = 6;
    view.timeout_seconds = 1799;
    view.client = {net::IpAddress::v4(10, 0, 1, 10), 40001};
    view.server = {net::IpAddress::v4(203, 0, 113, 5), 443};
    view.policy.assign("web");
    view.packets = {12, 17};
    view.bytes = {1840, 9120};
    return view;
}

inline uplink::FeedInfo sample_feed() {
    uplink::FeedInfo feed;
    feed.name = "cc_cert_sha1";
    feed.version = "20241125.0";
    feed.objects = 10;
    feed.created = sample_time(-2814);  // 08:33:50
    feed.updated = sample_time(-2417);  // 08:40:27
    feed.expires = feed.created + std::chrono::seconds(3'456'000);
    feed.update_interval = std::chrono::seconds(60);
    feed.status = "Store succeeded";
    feed.loaded = true;
    feed.refusals[static_cast<std::size_t>(uplink::Refusal::Size)] = 3;
    return feed;
}

inline control::Status sample_status() {
    control::Status status;
    status.host_name = "eti1";
    status.version = "0.1.0";
    status.now = sample_time(0);
    status.statistics.sessions_inspected = 10;
    status.statistics.sessions_detected = 6;
    status.statistics.records_acknowledged = 8;
    status.statistics.records_rejected = 2;
    status.statistics.counters = {{"sessions-inspected", "sessions recognised", 10}};
    status.allowlist = std::make_shared<const intel::Allowlist>(
        std::vector{allowed(0, 1), allowed_name(".example.org")});
    status.infected_hosts = std::make_shared<const intel::InfectedHosts>(
        std::vector<intel::InfectedHost>{{net::IpAddress::v4(10, 0, 1, 10), 10, "why", {}, {}},
                                         {net::IpAddress::v4(10, 1, 1, 10), 10, "why", {}, {}}});
    status.blocklist = std::make_shared<const intel::Sha1Blocklist>();
    status.policy = std::make_shared<const policy::Policy>();
    status.categories = {{"CC", "Certificates", true, {sample_feed()}}};
    status.profiles = {{"CC", "cc-profile", 0, 3, 1}};
    status.cloud_configured = true;
    status.link.server_host = "analysis.example";
    status.link.realm = "default";
    status.link.server_port = 443;
    status.link.connected = true;
    status.link.connected_since = sample_time(0);
    status.link.retries = 1;
    status.workers = {{{3, 4095}, {0, 255}, 0, {}}};
    status.wires = {{"W", {"ge-0/0/0", "ge-0/0/1"}}};
    status.ports = {{"ge-0/0/0", "af-packet veth0", true, 0, 0, 0, 0, 0, 0},
                    {"ge-0/0/1", "af-packet veth1", false, 0, 0, 0, 0, 0, 0}};
    status.policies = {"web"};
    status.maximum_flows = 65'536;
    return status;
}

inline Caller sample_caller(AccessClass access = AccessClass::SuperUser) {
    return {"lab", 1000, 4711, access};
}

class FixedBackend final : public Backend {
  public:
    control::Status status() override { return fixed; }
    bool sessions(SessionsDone done) override {
        if (hold_sessions) {
            held.push_back(std::move(done));
            return held.size() <= 1;
        }
        done(listing);
        return true;
    }
    std::string refresh_feeds() override {
        ++refreshes;
        return refresh_error;
    }
    void clear_statistics(control::Cleared what) override { cleared.push_back(what); }
    const control::RecentSessions& recent_sessions() override { return recent; }
    bool check_link(const std::string& host, control::LinkChecker::Done done) override {
        checked_host = host;
        done(checks);
        return true;
    }
    Timestamp now() override { return fixed.now; }
    std::vector<config::LoginUser> login_users() override { return users; }
    void audit(const AuditEntry& entry) override { audited.push_back(entry); }
    config::Workspace* workspace() override { return edited; }

    control::Status fixed = sample_status();
    control::SessionListing listing{{sample_session(1627)}, 0, {}};
    bool hold_sessions = false;
    std::vector<SessionsDone> held;
    int refreshes = 0;
    std::string refresh_error;
    std::vector<config::LoginUser> users;
    std::vector<AuditEntry> audited;
    std::vector<control::Cleared> cleared;
    control::RecentSessions recent{100};
    std::string checked_host;
    std::vector<uplink::Check> checks;
    config::Workspace* edited = nullptr;
};

}  // namespace eti::cli
