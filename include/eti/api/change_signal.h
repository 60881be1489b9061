// Long polls wait here. Everything on the I/O thread.
#pragma once

#include "eti/api/asio.h"

#include <chrono>
#include <list>

namespace eti::analysis {

class ChangeSignal {
  public:
    // wait returns after notify, close or the deadline; the caller looks again at what it wants.
    asio::awaitable<void> wait(std::chrono::steady_clock::time_point deadline) {
        asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
        const auto place = waiting_.insert(waiting_.end(), &timer);
        boost::system::error_code ignored;  // cancelled is the normal way to wake
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        waiting_.erase(place);
    }
    void notify() {
        for (asio::steady_timer* timer : waiting_) {
            timer->cancel();
        }
    }
    void close() {
        closed_ = true;
        notify();
    }
    bool closed() const { return closed_; }

  private:
    std::list<asio::steady_timer*> waiting_;
    bool closed_ = false;
};

}  // namespace eti::analysis
