#include "meters.h"

#include <algorithm>
#include <bit>

namespace eti::bench {

std::size_t Latencies::bucket(uint64_t ticks) {
    if (ticks < kSteps) {
        return ticks;
    }
    const auto shift = static_cast<unsigned>(std::bit_width(ticks / kSteps)) - 1;
    return std::size_t{kSteps} * shift + (ticks >> shift);
}

uint64_t Latencies::end_of(std::size_t bucket) {
    if (bucket < kSteps) {
        return bucket;
    }
    const std::size_t shift = bucket / kSteps - 1;
    return ((bucket - kSteps * shift + 1) << shift) - 1;
}

void Latencies::add(uint64_t ticks) {
    ++buckets_[bucket(ticks)];
    ++count_;
    max_ = std::max(max_, ticks);
}

uint64_t Latencies::quantile(double share) const {
    const auto rank = static_cast<uint64_t>(share * static_cast<double>(count_));
    uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (seen > rank) {
            return std::min(end_of(i), max_);
        }
    }
    return max_;
}

double Intervals::quantile(double share) {
    if (rates_.empty()) {
        return 0;
    }
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(rates_.size() - 1));
    std::nth_element(rates_.begin(), rates_.begin() + at, rates_.end());
    return rates_[static_cast<std::size_t>(at)];
}

uint64_t Pace::due(uint64_t now, uint64_t sent) {
    constexpr uint64_t kMostBehind = 256;
    const auto made_due =
        static_cast<uint64_t>(static_cast<double>(now - start_) * packets_per_tick_) - let_go_;
    if (made_due <= sent) {
        return 0;
    }
    const uint64_t behind = made_due - sent;
    if (behind > kMostBehind) {
        let_go_ += behind - kMostBehind;
        return kMostBehind;
    }
    return behind;
}

}  // namespace eti::bench
