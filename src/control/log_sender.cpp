#include "control/log_sender.h"

#include <algorithm>

namespace eti::control {

LogSender::LogSender(const std::vector<config::LogStream>& streams, EventLoop& loop) : loop_(loop) {
    reconfigure(streams);
}

void LogSender::reconfigure(const std::vector<config::LogStream>& streams) {
    std::vector<Stream> next;
    for (const config::LogStream& stream : streams) {
        const auto same = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& known) {
            return known.channel != nullptr && known.settings == stream;
        });
        if (same != streams_.end()) {
            next.push_back(std::move(*same));
        } else {
            next.push_back({stream, stream.transport == config::LogTransport::Udp
                                        ? open_udp_channel(stream)
                                        : open_stream_channel(stream, loop_)});
        }
    }
    streams_ = std::move(next);
}

bool LogSender::selects(const Stream& stream, std::string_view category) {
    return stream.settings.category.empty() || stream.settings.category == "all" ||
           stream.settings.category == category;
}

bool LogSender::wants(std::string_view category) const {
    return std::any_of(streams_.begin(), streams_.end(),
                       [&](const Stream& stream) { return selects(stream, category); });
}

void LogSender::send(std::string_view category, std::string_view message) {
    for (Stream& stream : streams_) {
        if (selects(stream, category)) {
            stream.channel->send(message);
        }
    }
}

void LogSender::tick(Timestamp now) {
    for (Stream& stream : streams_) {
        stream.channel->tick(now);
    }
}

std::vector<LogStreamStatus> LogSender::status() const {
    std::vector<LogStreamStatus> all;
    for (const Stream& stream : streams_) {
        all.push_back(stream.channel->status());
    }
    return all;
}

}  // namespace eti::control
