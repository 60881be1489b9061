#include "uplink/backoff.h"

#include <algorithm>

namespace eti::uplink {

void Backoff::failed(SteadyTime now, double random,
                     std::optional<std::chrono::seconds> retry_after) {
    using std::chrono::milliseconds;
    const uint32_t doublings = std::min<uint32_t>(failures_, 20);
    const milliseconds ceiling = std::min(most_, first_ * (int64_t{1} << doublings));
    const double share = 0.5 + 0.5 * std::clamp(random, 0.0, 1.0);
    milliseconds delay{static_cast<int64_t>(static_cast<double>(ceiling.count()) * share)};
    if (retry_after) {
        delay = std::max<milliseconds>(delay, std::min(*retry_after, kMostRetryAfter));
    }
    due_ = now + delay;
    ++failures_;
}

void Backoff::succeeded() {
    failures_ = 0;
    due_ = {};
}

}  // namespace eti::uplink
