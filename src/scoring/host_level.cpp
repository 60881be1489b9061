#include "eti/scoring/host_level.h"

#include "eti/scoring/kinds.h"

#include <algorithm>
#include <cmath>

namespace eti::analysis {
namespace {

double halved(double points, Timestamp at, Timestamp now, std::chrono::seconds half_life) {
    const double passed =
        std::chrono::duration<double>(std::max(now - at, Duration::zero())).count();
    return points * std::exp2(-passed / static_cast<double>(half_life.count()));
}

}  // namespace

void HostLevel::hold(const Evidence& evidence, Timestamp at, std::chrono::seconds half_life) {
    const auto same = std::ranges::find(held_, evidence.kind, &Held::kind);
    if (same == held_.end()) {
        held_.push_back({evidence.kind, static_cast<double>(evidence.level), at});
    } else if (evidence.level >= halved(same->points, same->at, at, half_life)) {
        same->points = evidence.level;
        same->at = at;
    }
}

double HostLevel::level(Timestamp now, std::chrono::seconds half_life) const {
    PointSum sum;
    for (const Held& held : held_) {
        sum.add(held.kind, halved(held.points, held.at, now, half_life));
    }
    return std::min<double>(sum.total(), intel::kMaxThreatLevel);
}

}  // namespace eti::analysis
