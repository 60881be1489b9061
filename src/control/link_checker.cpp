#include "eti/control/link_checker.h"

#include <sys/epoll.h>

#include <utility>

namespace eti::control {

LinkChecker::LinkChecker(EventLoop& loop, Prepare prepare)
    : loop_(loop), prepare_(std::move(prepare)) {
    loop_.add(results_.fd(), EPOLLIN, [this](uint32_t) { take(); });
}

LinkChecker::~LinkChecker() {
    loop_.remove(results_.fd());
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool LinkChecker::request(const std::string& host, Done done) {
    if (thread_.joinable()) {
        return false;
    }
    done_ = std::move(done);
    thread_ = std::thread([this, walk = prepare_(host)] { results_.post(walk()); });
    return true;
}

void LinkChecker::take() {
    for (const Checks& checks : results_.take_all()) {
        thread_.join();
        const Done done = std::exchange(done_, nullptr);
        done(checks);
    }
}

}  // namespace eti::control
