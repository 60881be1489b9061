// When to try again after a failure: exponential, with jitter, at the service's word if it has one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace eti::uplink {

using SteadyTime = std::chrono::steady_clock::time_point;

// Backoff is pure: time and randomness are parameters. Not thread-safe.
class Backoff {
  public:
    // A service that asks for more patience than this is asked again all the same.
    static constexpr std::chrono::seconds kMostRetryAfter{300};

    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
        : first_(first), most_(most) {}

    // failed moves due() by half to all of the doubled delay, random (0 to 1) choosing where, so
    // that many sensors do not return at once. A Retry-After (RFC 9110 section 10.2.3) is a floor.
    void failed(SteadyTime now, double random, std::optional<std::chrono::seconds> retry_after);
    void succeeded();

    bool ready(SteadyTime now) const { return now >= due_; }
    SteadyTime due() const { return due_; }
    uint32_t failures() const { return failures_; }

  private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds most_;
    SteadyTime due_{};
    uint32_t failures_ = 0;
};

}  // namespace eti::uplink
