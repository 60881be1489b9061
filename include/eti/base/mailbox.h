// Messages between cold threads: any thread posts, one thread takes.
#pragma once

#include <deque>
#include <mutex>
#include <utility>

namespace eti {

// EventFd is a Linux eventfd that a poll or epoll loop can wait on.
class EventFd {
  public:
    EventFd();  // throws std::system_error
    ~EventFd();
    EventFd(const EventFd&) = delete;
    EventFd& operator=(const EventFd&) = delete;

    void signal();
    void clear();
    int fd() const { return fd_; }

  private:
    int fd_;
};

// Mailbox<T> moves messages to one receiving thread, which polls fd() and then calls take_all.
// Its users bound what they post; it is never used by a worker.
template <typename T>
class Mailbox {
  public:
    void post(T message) {
        {
            const std::lock_guard lock(mutex_);
            messages_.push_back(std::move(message));
        }
        event_.signal();
    }
    std::deque<T> take_all() {
        event_.clear();
        const std::lock_guard lock(mutex_);
        return std::exchange(messages_, {});
    }
    int fd() const { return event_.fd(); }

  private:
    EventFd event_;
    std::mutex mutex_;
    std::deque<T> messages_;
};

}  // namespace eti
