#include "cli/listening_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace eti::cli {
namespace {

constexpr mode_t kMode = 0660;
constexpr int kBacklog = 16;

[[noreturn]] void fail(const std::string& path, const std::string& why) {
    throw std::runtime_error("control socket " + path + ": " + why);
}

[[noreturn]] void fail_errno(const std::string& path, const char* what) {
    fail(path, std::string(what) + ": " + std::strerror(errno) +
                   "; check the directory's permissions or choose another path with --socket");
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        fail(path, "the path must have 1 to " + std::to_string(sizeof address.sun_path - 1) +
                       " bytes; choose another one with --socket");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

// remove_stale deletes a socket file that nobody listens on.
void remove_stale(const std::string& path, const sockaddr_un& address) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        return;
    }
    if (!S_ISSOCK(info.st_mode)) {
        fail(path,
             "a file that is no socket is there; remove it or choose another path with "
             "--socket");
    }
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool refused = probe >= 0 && ::connect(probe, generic(address), sizeof address) != 0 &&
                         errno == ECONNREFUSED;
    if (probe >= 0) {
        ::close(probe);
    }
    if (!refused) {
        fail(path, "another daemon listens there; stop it or choose another path with --socket");
    }
    if (::unlink(path.c_str()) != 0) {
        fail_errno(path, "cannot remove the stale file");
    }
}

}  // namespace

ListeningSocket::ListeningSocket(std::string path) : path_(std::move(path)) {
    const sockaddr_un address = address_of(path_);
    remove_stale(path_, address);
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // The mode is set before the file exists, so that it is never wider than meant.
    const bool bound =
        fd_ >= 0 && ::fchmod(fd_, kMode) == 0 && ::bind(fd_, generic(address), sizeof address) == 0;
    if (!bound) {
        const int error = errno;
        if (fd_ >= 0) {
            ::close(fd_);
        }
        errno = error;
        fail_errno(path_, "cannot bind");
    }
    if (::chmod(path_.c_str(), kMode) != 0 || ::listen(fd_, kBacklog) != 0) {
        const int error = errno;
        ::close(fd_);
        ::unlink(path_.c_str());
        errno = error;
        fail_errno(path_, "cannot listen");
    }
}

ListeningSocket::~ListeningSocket() {
    ::close(fd_);
    ::unlink(path_.c_str());
}

int ListeningSocket::accept() const {
    return ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

}  // namespace eti::cli
