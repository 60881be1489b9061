// The control thread's loop: epoll over file descriptors, a periodic tick, a stop from anywhere.
#pragma once

#include "eti/base/mailbox.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace eti::control {

// EventLoop belongs to one thread; only stop() may be called from others. Handlers run on that
// thread, must not wait, and may add or remove any descriptor, their own included.
class EventLoop {
  public:
    using Handler = std::function<void(uint32_t events)>;
    using Tick = std::function<bool()>;  // true: more work waits, call again without pausing

    explicit EventLoop(std::chrono::milliseconds tick_interval);  // throws std::system_error
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // add watches fd, which stays the caller's, for EPOLLIN, EPOLLOUT. Throws std::system_error.
    void add(int fd, uint32_t events, Handler handler);
    void modify(int fd, uint32_t events);
    void remove(int fd);
    void add_tick(Tick tick);

    void run();  // until stop()
    // turn waits for events, the next tick or at most longest, then serves what is due.
    void turn(std::chrono::milliseconds longest);
    void stop();  // any thread, safe in a signal handler
    bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  private:
    struct Watch {
        uint32_t generation = 0;
        std::shared_ptr<Handler> handler;
    };
    int wait_ms(std::chrono::milliseconds longest) const;
    void dispatch(uint64_t key, uint32_t events);
    void run_ticks();

    int epoll_ = -1;
    EventFd wake_;
    std::atomic<bool> stopped_{false};
    std::unordered_map<int, Watch> watches_;
    uint32_t next_generation_ = 1;
    std::vector<Tick> ticks_;
    std::chrono::milliseconds tick_interval_;
    std::chrono::steady_clock::time_point next_tick_;
    bool more_work_ = false;
};

}  // namespace eti::control
