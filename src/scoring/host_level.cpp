#include "eti/scoring/host_level.h"

#include "eti/scoring/kinds.h"

#include <algorithm>

namespace eti::analysis {

void HostLevel::hold(const Evidence& evidence, Timestamp at, std::chrono::seconds half_life) {
    const auto same = std::ranges::find(held_, evidence.kind, &Held::kind);
    if (same == held_.end()) {
        held_.push_back({evidence.kind, static_cast<double>(evidence.level), at});
    } else if (evidence.level >= halved(same->points, at - same->at, half_life)) {
        same->points = evidence.level;
        same->at = at;
    }
}

double HostLevel::level(Timestamp now, std::chrono::seconds half_life) const {
    PointSum sum;
    for (const Held& held : held_) {
        sum.add(held.kind, halved(held.points, now - held.at, half_life));
    }
    return std::min<double>(sum.total(), intel::kMaxThreatLevel);
}

}  // namespace eti::analysis
