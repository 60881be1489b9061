#include "eti/connection.h"

#include "eti/cli/protocol.h"
#include "eti/client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace eti::client {
namespace {

constexpr int kAnswerSeconds = 30;

std::string remedy(int error) {
    if (error == EACCES || error == EPERM) {
        return "; run as root or join the socket's group";
    }
    return "; start the daemon or name its socket with --socket";
}

}  // namespace

Socket::Socket(const std::string& path) : path_(path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        throw Unreachable("cannot reach etid at " + path + ": the path is too long");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval limit{};
    limit.tv_sec = kAnswerSeconds;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(fd_);
        throw Unreachable("cannot reach etid at " + path + ": " + std::strerror(error) +
                          remedy(error));
    }
}

Socket::~Socket() {
    ::close(fd_);
}

void Socket::send(std::string_view text) {
    while (!text.empty()) {
        const ssize_t size = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
        if (size < 0 && errno != EINTR) {
            broken();
        }
        text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    }
}

bool Socket::receive(int flags) {
    std::array<char, 65536> bytes;
    const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), flags);
    if (size > 0) {
        buffer_.append(bytes.data(), static_cast<std::size_t>(size));
    }
    return size > 0 || (size < 0 && errno == EINTR) ||
           (size < 0 && errno == EAGAIN && (flags & MSG_DONTWAIT) != 0);
}

bool Socket::receive_now() {
    return receive(MSG_DONTWAIT);
}

std::optional<std::string> Socket::next_line() {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        return std::nullopt;
    }
    std::string line = buffer_.substr(0, end + 1);
    buffer_.erase(0, end + 1);
    searched_ = 0;
    return line;
}

std::string Socket::receive_line() {
    for (;;) {
        if (auto line = next_line()) {
            return *std::move(line);
        }
        if (buffer_.size() > cli::kMaxAnswerBytes || !receive(0)) {
            broken();
        }
    }
}

void Socket::broken() const {
    throw Unreachable("etid at " + path_ +
                      " took no request or gave no answer; see its log for the reason");
}

}  // namespace eti::client
