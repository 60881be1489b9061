// Turns records and infected-host changes into the vendor's log events, and counts detections by
// SecIntel profile.
#pragma once

#include "control/log_sender.h"
#include "control/syslog.h"
#include "eti/control/status.h"
#include "eti/metadata/record.h"
#include "eti/metadata/record_json.h"
#include "eti/policy/policy.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace eti::control {

// SeenSessions remembers the last ids it was asked about, so that a session with several record
// phases is counted and logged once.
class SeenSessions {
  public:
    explicit SeenSessions(std::size_t capacity) : capacity_(capacity) {}
    bool first_time(uint64_t id);

  private:
    std::size_t capacity_;
    std::unordered_set<uint64_t> ids_;
    std::deque<uint64_t> order_;
};

class EventLog {
  public:
    enum class HostChange : uint8_t { Added, Removed };

    EventLog(LogSender& sender, metadata::SensorIdentity sensor);

    void set_sensor_name(const std::string& name) { sensor_.name = name; }  // of later events
    void on_record(const metadata::Record& record, const policy::Policy& policy, Timestamp now);
    void on_infected_host(const intel::InfectedHost& host, HostChange change,
                          const std::string& realm, Timestamp now);
    std::vector<ProfileStatistics> profiles() const;

  private:
    void on_detection(const metadata::Record& record, const policy::Policy& policy, Timestamp now);
    void log_session(const metadata::Record& record, Timestamp now);
    void count(const std::string& category, const std::string& profile, policy::Enforcement action);
    void send(const SyslogEvent& event, Timestamp now);

    LogSender& sender_;
    metadata::SensorIdentity sensor_;
    SeenSessions detections_;
    std::map<std::pair<std::string, std::string>, ProfileStatistics> profiles_;
};

}  // namespace eti::control
