// Time as every room sees it.
#pragma once

#include <chrono>

namespace eti {

// Nanoseconds since the Unix epoch, UTC. Producers start from the wall clock once and advance by
// a monotonic clock, so a Timestamp never goes back within one run. Replay uses packet time.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

// SteadyWallClock anchors the monotonic clock to the wall clock at construction.
class SteadyWallClock {
  public:
    SteadyWallClock()
        : wall_(std::chrono::system_clock::now()), steady_(std::chrono::steady_clock::now()) {}

    Timestamp now() const { return wall_ + (std::chrono::steady_clock::now() - steady_); }

  private:
    Timestamp wall_;
    std::chrono::steady_clock::time_point steady_;
};

}  // namespace eti
