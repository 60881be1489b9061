// Sends formatted events to the configured log streams; never waits.
#pragma once

#include "control/log_channel.h"

#include <memory>
#include <string_view>
#include <vector>

namespace eti::control {

// LogSender owns one channel per stream.
class LogSender {
  public:
    // The loop must outlive it.
    LogSender(const std::vector<config::LogStream>& streams, EventLoop& loop);

    // reconfigure keeps the channel and the counts of a stream that stays as it was.
    void reconfigure(const std::vector<config::LogStream>& streams);
    bool wants(std::string_view category) const;
    void send(std::string_view category, std::string_view message);
    void tick(Timestamp now);  // connections are made and given up here
    std::vector<LogStreamStatus> status() const;

  private:
    struct Stream {
        config::LogStream settings;
        std::unique_ptr<LogChannel> channel;
    };
    static bool selects(const Stream& stream, std::string_view category);

    EventLoop& loop_;
    std::vector<Stream> streams_;
};

}  // namespace eti::control
