#include "control/log_sender.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace eti::control {
namespace {

// open_udp returns a connected socket, or -1 with the reason. Only addresses are taken: resolving a
// name would make the control thread wait for the network.
int open_udp(const config::LogStream& stream, std::string& problem) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(stream.port);
    if (::getaddrinfo(stream.host.c_str(), port.c_str(), &hints, &found) != 0) {
        problem = "log stream " + stream.name + ": host '" + stream.host +
                  "' is not an IP address; give the receiver's address";
        return -1;
    }
    const int fd = ::socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool connected = fd >= 0 && ::connect(fd, found->ai_addr, found->ai_addrlen) == 0;
    const int error = errno;
    ::freeaddrinfo(found);
    if (connected) {
        return fd;
    }
    problem = "log stream " + stream.name + ": cannot reach " + stream.host + " port " + port +
              ": " + std::strerror(error) + "; check the route to it and restart";
    if (fd >= 0) {
        ::close(fd);
    }
    return -1;
}

}  // namespace

LogSender::Stream LogSender::open(const config::LogStream& settings) {
    Stream stream{settings, -1, {}};
    stream.status.name = settings.name;
    if (settings.transport == config::LogTransport::Udp) {
        stream.fd = open_udp(settings, stream.status.problem);
    } else {
        stream.status.problem =
            "log stream " + settings.name + ": only transport protocol udp is sent; set it to udp";
    }
    return stream;
}

void LogSender::reconfigure(const std::vector<config::LogStream>& streams) {
    std::vector<Stream> next;
    for (const config::LogStream& settings : streams) {
        const auto same = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& stream) {
            return stream.fd >= 0 && stream.settings == settings;
        });
        next.push_back(same == streams_.end() ? open(settings) : *same);
        if (same != streams_.end()) {
            same->fd = -1;
        }
    }
    close_all();
    streams_ = std::move(next);
}

void LogSender::close_all() {
    for (const Stream& stream : streams_) {
        if (stream.fd >= 0) {
            ::close(stream.fd);
        }
    }
}

LogSender::~LogSender() {
    close_all();
}

bool LogSender::selects(const Stream& stream, std::string_view category) {
    return stream.settings.category.empty() || stream.settings.category == "all" ||
           stream.settings.category == category;
}

bool LogSender::wants(std::string_view category) const {
    for (const Stream& stream : streams_) {
        if (selects(stream, category)) {
            return true;
        }
    }
    return false;
}

void LogSender::send(std::string_view category, std::string_view message) {
    for (Stream& stream : streams_) {
        if (!selects(stream, category)) {
            continue;
        }
        // A refused datagram of earlier is reported by the next send: that one is tried again.
        bool sent = false;
        for (int attempt = 0; attempt < 2 && !sent && stream.fd >= 0; ++attempt) {
            sent = ::send(stream.fd, message.data(), message.size(), MSG_NOSIGNAL) >= 0;
            if (!sent && errno != ECONNREFUSED) {
                break;
            }
        }
        ++(sent ? stream.status.sent : stream.status.dropped);
    }
}

std::vector<LogStreamStatus> LogSender::status() const {
    std::vector<LogStreamStatus> all;
    for (const Stream& stream : streams_) {
        all.push_back(stream.status);
    }
    return all;
}

}  // namespace eti::control
