#include "control/event_log.h"

#include <algorithm>
#include <ctime>

namespace eti::control {
namespace {

using metadata::Record;
using policy::Enforcement;

constexpr std::size_t kRememberedDetections = 65'536;
constexpr std::size_t kMaxProfiles = 256;
constexpr std::size_t kMaxText = 512;  // keeps a datagram below the 2048 bytes of RFC 5426
constexpr std::string_view kInfectedHostsCategory = "Infected-Hosts";

std::string text(std::string_view view) {
    return std::string(view);
}

// The vendor's form of the timestamp field: Thu Jun 23 09:55:38 2016.
std::string ctime_text(Timestamp now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char buffer[64];
    const std::size_t size = std::strftime(buffer, sizeof buffer, "%a %b %e %H:%M:%S %Y", &utc);
    return {buffer, size};
}

bool is_detection(const Record& record) {
    return record.reason == metadata::Reason::CertificateBlocklist ||
           record.reason == metadata::Reason::InfectedHost ||
           record.reason == metadata::Reason::ServerBlocklist;
}

std::string application_of(const Record& record) {
    switch (record.protocol) {
        case metadata::Protocol::Tls:
            return "SSL";
        case metadata::Protocol::Quic:
            return "QUIC";
        case metadata::Protocol::Dtls:
            return "DTLS";
        case metadata::Protocol::Unknown:
            break;
    }
    return "UNKNOWN";
}

std::string action_of(const Record& record) {
    return record.action == metadata::Action::Block ? "BLOCK" : "PERMIT";
}

std::string detail_of(Enforcement action) {
    switch (action) {
        case Enforcement::BlockDrop:
            return "DROP";
        case Enforcement::BlockClose:
            return "CLOSE";
        case Enforcement::Permit:
            break;
    }
    return {};
}

struct Judgement {
    std::string category;
    std::string profile;  // empty: no profile, the default applies
    Enforcement action = Enforcement::Permit;
    bool log = true;
};

const policy::Rule* rule_of(const Record& record, const policy::Policy& policy) {
    const policy::ZonePair* pair = policy.find_pair(record.from_zone.view(), record.to_zone.view());
    if (pair == nullptr) {
        return nullptr;
    }
    const auto rule =
        std::find_if(pair->rules.begin(), pair->rules.end(),
                     [&](const policy::Rule& r) { return r.name == record.policy.view(); });
    return rule == pair->rules.end() ? nullptr : &*rule;
}

// judge repeats the worker's decision to learn whether and how it is logged. The record's own
// action stays the truth about what happened.
Judgement judge(const Record& record, const policy::Policy& policy) {
    const policy::Rule* rule = rule_of(record, policy);
    const bool infected = record.reason == metadata::Reason::InfectedHost;
    Judgement judgement;
    judgement.category = infected ? text(kInfectedHostsCategory) : "CC";
    if (rule == nullptr) {
        judgement.action = infected ? Enforcement::BlockDrop : Enforcement::BlockClose;
    } else {
        const auto& profile = infected ? rule->infected_hosts : rule->certificates;
        const policy::Decision decision =
            infected ? policy::Policy::decide_infected_host(*rule, record.threat_level)
                     : policy::Policy::decide_certificate(*rule, record.threat_level,
                                                          record.feed.view());
        judgement.action = decision.action;
        judgement.log = decision.log || !profile;  // a hit without a profile is always told
        judgement.profile = profile ? profile->name : std::string();
    }
    if (record.action == metadata::Action::Permit) {
        judgement.action = Enforcement::Permit;
    }
    return judgement;
}

SyslogEvent action_event(const Record& record, const Judgement& judgement) {
    return {SyslogPriority::UserInfo,
            "secintel",
            "RT_SECINTEL",
            "SECINTEL_ACTION_LOG",
            {{"category", "secintel"},
             {"sub-category", judgement.category},
             {"action", action_of(record)},
             {"action-detail", detail_of(judgement.action)},
             {"http-host", text(record.client_hello.sni.view())},
             {"threat-severity", std::to_string(record.threat_level)},
             {"source-address", net::to_string(record.client.ip)},
             {"source-port", std::to_string(record.client.port)},
             {"destination-address", net::to_string(record.server.ip)},
             {"destination-port", std::to_string(record.server.port)},
             {"protocol-id", record.transport == metadata::Transport::Tcp ? "6" : "17"},
             {"application", application_of(record)},
             {"nested-application", {}},
             {"feed-name", text(record.feed.view())},
             {"policy-name", text(record.policy.view())},
             {"profile-name", judgement.profile},
             {"username", {}},
             {"roles", {}},
             {"session-id-32", std::to_string(static_cast<uint32_t>(record.id))},
             {"source-zone-name", text(record.from_zone.view())},
             {"destination-zone-name", text(record.to_zone.view())},
             {"occur-count", "0"}}};
}

}  // namespace

bool SeenSessions::first_time(uint64_t id) {
    if (!ids_.insert(id).second) {
        return false;
    }
    order_.push_back(id);
    if (order_.size() > capacity_) {
        ids_.erase(order_.front());
        order_.pop_front();
    }
    return true;
}

EventLog::EventLog(LogSender& sender, metadata::SensorIdentity sensor)
    : sender_(sender), sensor_(std::move(sensor)), detections_(kRememberedDetections) {}

void EventLog::on_record(const Record& record, const policy::Policy& policy, Timestamp now) {
    if (is_detection(record) && detections_.first_time(record.id)) {
        on_detection(record, policy, now);
    }
    if (record.phase != metadata::Phase::End || !sender_.wants("eti")) {
        return;
    }
    const policy::ZonePair* pair = policy.find_pair(record.from_zone.view(), record.to_zone.view());
    if (pair == nullptr || !pair->streaming) {
        return;
    }
    if (pair->streaming->log || (pair->streaming->log_detections && is_detection(record))) {
        log_session(record, now);
    }
}

void EventLog::on_detection(const Record& record, const policy::Policy& policy, Timestamp now) {
    const Judgement judgement = judge(record, policy);
    count(judgement.category, judgement.profile.empty() ? text(kUnknown) : judgement.profile,
          judgement.action);
    if (judgement.log) {
        send(action_event(record, judgement), now);
    }
}

void EventLog::log_session(const Record& record, Timestamp now) {
    const auto out = index(Direction::Out);
    const auto in = index(Direction::In);
    const auto microseconds =
        std::chrono::duration_cast<std::chrono::microseconds>(record.end - record.start);
    const bool certificate = record.certificate.seen;
    send({SyslogPriority::UserInfo,
          "eti",
          "RT_ETI",
          "ETI_SESSION_LOG",
          {{"session-id", metadata::record_id(sensor_, record.id)},
           {"source-address", net::to_string(record.client.ip)},
           {"source-port", std::to_string(record.client.port)},
           {"destination-address", net::to_string(record.server.ip)},
           {"destination-port", std::to_string(record.server.port)},
           {"protocol-id", record.transport == metadata::Transport::Tcp ? "6" : "17"},
           {"application", application_of(record)},
           {"sni", text(record.client_hello.sni.view())},
           {"visibility", text(metadata::name_of(record.visibility))},
           {"certificate-sha1", certificate ? metadata::to_hex(record.certificate.sha1) : ""},
           {"action", action_of(record)},
           {"reason", text(metadata::name_of(record.reason))},
           {"feed-name", text(record.feed.view())},
           {"threat-severity", std::to_string(record.threat_level)},
           {"policy-name", text(record.policy.view())},
           {"source-zone-name", text(record.from_zone.view())},
           {"destination-zone-name", text(record.to_zone.view())},
           {"packets-from-client", std::to_string(record.traffic.packets[out])},
           {"bytes-from-client", std::to_string(record.traffic.bytes[out])},
           {"packets-from-server", std::to_string(record.traffic.packets[in])},
           {"bytes-from-server", std::to_string(record.traffic.bytes[in])},
           {"duration-us", std::to_string(microseconds.count())}}},
         now);
}

void EventLog::on_infected_host(const intel::InfectedHost& host, HostChange change,
                                const std::string& realm, Timestamp now) {
    const bool added = change == HostChange::Added;
    const std::string reason = host.reason.text().substr(0, kMaxText);
    const std::string message =
        added ? "host listed at threat level " + std::to_string(host.threat_level) + ": " + reason
              : "host no longer listed; it was: " + reason;
    send({SyslogPriority::UserError,
          "aamw",
          "RT_AAMW",
          "AAMW_HOST_INFECTED_EVENT_LOG",
          {{"timestamp", ctime_text(now)},
           {"tenant-id", realm},
           {"client-ip", net::to_string(host.ip)},
           {"hostname", {}},
           {"status", added ? "in_progress" : "resolved"},
           {"policy-name", "default"},
           {"th", std::to_string(host.threat_level)},
           {"state", added ? "added" : "removed"},
           {"reason", reason},
           {"message", message}}},
         now);
}

void EventLog::count(const std::string& category, const std::string& profile, Enforcement action) {
    const std::pair key(category, profile);
    if (profiles_.size() >= kMaxProfiles && !profiles_.contains(key)) {
        return;
    }
    ProfileStatistics& statistics = profiles_[key];
    statistics.category = category;
    statistics.profile = profile;
    switch (action) {
        case Enforcement::Permit:
            ++statistics.permitted;
            break;
        case Enforcement::BlockDrop:
            ++statistics.dropped;
            break;
        case Enforcement::BlockClose:
            ++statistics.closed;
            break;
    }
}

std::vector<ProfileStatistics> EventLog::profiles() const {
    std::vector<ProfileStatistics> all;
    for (const auto& [key, statistics] : profiles_) {
        all.push_back(statistics);
    }
    return all;
}

void EventLog::send(const SyslogEvent& event, Timestamp now) {
    if (sender_.wants(event.category)) {
        sender_.send(event.category, format_syslog(event, sensor_.name, now));
    }
}

}  // namespace eti::control
