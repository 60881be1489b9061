// One receiver of events; never waits.
#pragma once

#include "eti/config/settings.h"
#include "eti/control/event_loop.h"
#include "eti/control/status.h"

#include <memory>
#include <string_view>

namespace eti::control {

class LogChannel {
  public:
    LogChannel() = default;
    virtual ~LogChannel() = default;
    LogChannel(const LogChannel&) = delete;
    LogChannel& operator=(const LogChannel&) = delete;

    // send takes one message without a line end; what cannot go is dropped and counted.
    virtual void send(std::string_view message) = 0;
    virtual void tick(Timestamp now) = 0;
    virtual LogStreamStatus status() const = 0;
};

// Datagrams, RFC 5426.
std::unique_ptr<LogChannel> open_udp_channel(const config::LogStream& stream);
// A connection, RFC 6587 with octet counting, or RFC 5425 over TLS; it is made again by itself.
// The loop must outlive it.
std::unique_ptr<LogChannel> open_stream_channel(const config::LogStream& stream, EventLoop& loop);

}  // namespace eti::control
