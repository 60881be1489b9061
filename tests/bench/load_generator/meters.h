// What a run is measured with. Times are TSC ticks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace eti::bench {

// Latencies is a histogram, exact to a 64th.
class Latencies {
  public:
    void add(uint64_t ticks);
    uint64_t count() const { return count_; }
    // quantile answers 0 when there are none.
    uint64_t quantile(double share) const;
    uint64_t max() const { return max_; }

  private:
    static constexpr unsigned kSteps = 64;  // to a doubling
    static std::size_t bucket(uint64_t ticks);
    static uint64_t end_of(std::size_t bucket);

    std::array<uint64_t, kSteps * 60> buckets_{};
    uint64_t count_ = 0;
    uint64_t max_ = 0;
};

// Intervals are the rates of short stretches of a run. Where others use the CPUs too, the fastest
// of them tell what the rest would be without.
class Intervals {
  public:
    Intervals(uint64_t ticks, uint64_t now) : ticks_(ticks), began_(now) {}
    // note: packets is the total so far.
    void note(uint64_t now, uint64_t packets) {
        if (now - began_ >= ticks_) {
            rates_.push_back(static_cast<double>(packets - packets_) /
                             static_cast<double>(now - began_));
            began_ = now;
            packets_ = packets;
        }
    }
    // quantile is in packets a tick; 0 when there are none.
    double quantile(double share);

  private:
    uint64_t ticks_;
    uint64_t began_;
    uint64_t packets_ = 0;
    std::vector<double> rates_;
};

// Pace says how many packets a rate has made due. What a sender missed by far is let go: to make
// up for it would be another rate.
class Pace {
  public:
    Pace(double packets_per_tick, uint64_t now)
        : packets_per_tick_(packets_per_tick), start_(now) {}
    uint64_t due(uint64_t now, uint64_t sent);
    uint64_t let_go() const { return let_go_; }

  private:
    double packets_per_tick_;
    uint64_t start_;
    uint64_t let_go_ = 0;
};

}  // namespace eti::bench
