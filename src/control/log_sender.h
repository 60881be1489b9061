// Sends formatted events to the configured log streams by UDP; never waits.
#pragma once

#include "eti/config/settings.h"
#include "eti/control/status.h"

#include <string_view>
#include <vector>

namespace eti::control {

// LogSender owns one connected non-blocking socket per stream. A stream that cannot be opened, or
// whose transport is not UDP, stays without a socket and says why in its status.
class LogSender {
  public:
    explicit LogSender(const std::vector<config::LogStream>& streams) { reconfigure(streams); }
    ~LogSender();
    LogSender(const LogSender&) = delete;
    LogSender& operator=(const LogSender&) = delete;

    // reconfigure keeps the socket and the counts of a stream that stays as it was.
    void reconfigure(const std::vector<config::LogStream>& streams);
    bool wants(std::string_view category) const;
    void send(std::string_view category, std::string_view message);
    std::vector<LogStreamStatus> status() const;

  private:
    struct Stream {
        config::LogStream settings;
        int fd = -1;
        LogStreamStatus status;
    };
    static Stream open(const config::LogStream& settings);
    void close_all();
    static bool selects(const Stream& stream, std::string_view category);

    std::vector<Stream> streams_;
};

}  // namespace eti::control
