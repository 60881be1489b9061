#include "eti/control/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace eti::control {
namespace {

constexpr std::size_t kEventsPerTurn = 64;

void check(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

// A descriptor number is reused as soon as it is closed, so events carry the watch's generation.
uint64_t key_of(int fd, uint32_t generation) {
    return (uint64_t{generation} << 32) | static_cast<uint32_t>(fd);
}

}  // namespace

EventLoop::EventLoop(std::chrono::milliseconds tick_interval)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      tick_interval_(tick_interval),
      next_tick_(std::chrono::steady_clock::now() + tick_interval) {
    check(epoll_, "epoll_create1");
    add(wake_.fd(), EPOLLIN, [this](uint32_t) { wake_.clear(); });
}

EventLoop::~EventLoop() {
    ::close(epoll_);
}

void EventLoop::add(int fd, uint32_t events, Handler handler) {
    const uint32_t generation = next_generation_++;
    epoll_event event{};
    event.events = events;
    event.data.u64 = key_of(fd, generation);
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl add");
    watches_[fd] = {generation, std::make_shared<Handler>(std::move(handler))};
}

void EventLoop::modify(int fd, uint32_t events) {
    const auto watch = watches_.find(fd);
    if (watch == watches_.end()) {
        return;
    }
    epoll_event event{};
    event.events = events;
    event.data.u64 = key_of(fd, watch->second.generation);
    check(::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event), "epoll_ctl modify");
}

void EventLoop::remove(int fd) {
    if (watches_.erase(fd) > 0) {
        check(::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr), "epoll_ctl remove");
    }
}

void EventLoop::add_tick(Tick tick) {
    ticks_.push_back(std::move(tick));
}

void EventLoop::run() {
    while (!stopped()) {
        turn(tick_interval_);
    }
}

void EventLoop::turn(std::chrono::milliseconds longest) {
    std::array<epoll_event, kEventsPerTurn> events{};
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms(longest));
    if (count < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "epoll_wait");
    }
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        dispatch(event.data.u64, event.events);
    }
    if (more_work_ || std::chrono::steady_clock::now() >= next_tick_) {
        run_ticks();
    }
}

void EventLoop::stop() {
    stopped_.store(true, std::memory_order_release);
    wake_.signal();
}

int EventLoop::wait_ms(std::chrono::milliseconds longest) const {
    if (more_work_ || stopped()) {
        return 0;
    }
    const auto to_tick =
        std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - std::chrono::steady_clock::now());
    const auto wait = std::clamp(to_tick, std::chrono::milliseconds(0), longest);
    return static_cast<int>(wait.count());
}

void EventLoop::dispatch(uint64_t key, uint32_t events) {
    const int fd = static_cast<int>(static_cast<uint32_t>(key));
    const auto watch = watches_.find(fd);
    if (watch == watches_.end() || key_of(fd, watch->second.generation) != key) {
        return;  // removed by an earlier handler of this turn
    }
    const auto handler = watch->second.handler;  // keeps it alive if it removes itself
    (*handler)(events);
}

void EventLoop::run_ticks() {
    more_work_ = false;
    for (const Tick& tick : ticks_) {
        more_work_ = tick() || more_work_;
    }
    next_tick_ = std::chrono::steady_clock::now() + tick_interval_;
}

}  // namespace eti::control
