#include "control/log_address.h"
#include "control/log_channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace eti::control {

SocketAddress log_address(const config::LogStream& stream, int type, std::string& problem) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = type;
    addrinfo* found = nullptr;
    if (::getaddrinfo(stream.host.c_str(), std::to_string(stream.port).c_str(), &hints, &found) !=
        0) {
        problem = "log stream " + stream.name + ": host '" + stream.host +
                  "' is not an IP address; give the receiver's address";
        found = nullptr;
    }
    return {found, &::freeaddrinfo};
}

namespace {

class UdpChannel final : public LogChannel {
  public:
    explicit UdpChannel(const config::LogStream& stream) {
        status_.name = stream.name;
        status_.transport = "udp";
        open(stream);
        status_.connected = fd_ >= 0;
    }
    ~UdpChannel() override {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    void send(std::string_view message) override {
        // A refused datagram of earlier is reported by the next send: that one is tried again.
        bool sent = false;
        for (int attempt = 0; attempt < 2 && !sent && fd_ >= 0; ++attempt) {
            sent = ::send(fd_, message.data(), message.size(), MSG_NOSIGNAL) >= 0;
            if (!sent && errno != ECONNREFUSED) {
                break;
            }
        }
        ++(sent ? status_.sent : status_.dropped);
    }
    void tick(Timestamp) override {}
    LogStreamStatus status() const override { return status_; }

  private:
    void open(const config::LogStream& stream) {
        const SocketAddress address = log_address(stream, SOCK_DGRAM, status_.problem);
        if (!address) {
            return;
        }
        fd_ = ::socket(address->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd_ >= 0 && ::connect(fd_, address->ai_addr, address->ai_addrlen) == 0) {
            return;
        }
        status_.problem = "log stream " + stream.name + ": cannot reach " + stream.host + " port " +
                          std::to_string(stream.port) + ": " + std::strerror(errno) +
                          "; check the route to it and restart";
        if (fd_ >= 0) {
            ::close(fd_);
            fd_ = -1;
        }
    }

    int fd_ = -1;
    LogStreamStatus status_;
};

}  // namespace

std::unique_ptr<LogChannel> open_udp_channel(const config::LogStream& stream) {
    return std::make_unique<UdpChannel>(stream);
}

}  // namespace eti::control
