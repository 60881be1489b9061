#include "eti/base/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace eti {

EventFd::EventFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
}

EventFd::~EventFd() {
    ::close(fd_);
}

void EventFd::signal() {
    const uint64_t one = 1;
    // A full counter already wakes the receiver, so a refused write needs no answer.
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

void EventFd::clear() {
    uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(fd_, &count, sizeof count);
}

}  // namespace eti
