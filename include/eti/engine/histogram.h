// Durations by how long they took, as the metrics show them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace eti::analysis {

class Histogram {
  public:
    static constexpr std::array<double, 12> kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                    0.05,   0.1,   0.25,   0.5,   1.0,  2.5};
    void observe(double seconds) {
        sum_ += seconds;
        ++count_;
        for (std::size_t i = 0; i < kBounds.size(); ++i) {
            buckets_[i] += seconds <= kBounds[i] ? 1U : 0U;
        }
    }
    uint64_t bucket(std::size_t i) const { return buckets_[i]; }
    uint64_t count() const { return count_; }
    double sum() const { return sum_; }

  private:
    std::array<uint64_t, kBounds.size()> buckets_{};
    uint64_t count_ = 0;
    double sum_ = 0;
};

}  // namespace eti::analysis
