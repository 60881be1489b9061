// When roll-ups are applied: soon while there is little to do, in large groups while there is much.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace eti::analysis {

class RollupSchedule {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit RollupSchedule(std::chrono::milliseconds delay) : delay_(delay) {}

    bool is_due(Time now, std::size_t pending) const {
        return pending >= kMaxPending || now >= next_;
    }
    // An application that took long is followed by a pause many times as long: applying keeps to a
    // bounded share of the writer's time, and the larger group costs less for each session.
    void applied(Time begin, Time end) {
        const auto pause = std::min<Time::duration>((end - begin) * kPauseFactor, kMaxPause);
        next_ = end + std::max<Time::duration>(pause, delay_);
    }

  private:
    static constexpr std::size_t kMaxPending = 1'000'000;  // about 250 bytes each
    static constexpr int kPauseFactor = 4;
    static constexpr std::chrono::seconds kMaxPause{30};

    std::chrono::milliseconds delay_;
    Time next_{};
};

}  // namespace eti::analysis
