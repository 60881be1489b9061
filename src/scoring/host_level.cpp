#include "eti/scoring/behaviour.h"

#include <algorithm>
#include <cmath>

namespace eti::analysis {
namespace {

constexpr double kMaxLevel = 10;
constexpr double kSecondDestination = 1;

double halved(double points, Timestamp at, Timestamp now, std::chrono::seconds half_life) {
    const double passed =
        std::chrono::duration<double>(std::max(now - at, Duration::zero())).count();
    return points * std::exp2(-passed / static_cast<double>(half_life.count()));
}

// What one session or one list proves counts once, the strongest; the rest adds to it.
bool adds(const std::string& kind) {
    return kind.starts_with("+");
}

}  // namespace

void HostLevel::hold(HostPoint point) {
    HostPoint& held = points_[point.kind];
    if (held.kind.empty() || point.points > held.points ||
        (point.points == held.points && point.at > held.at)) {
        held = std::move(point);
    }
}

void HostLevel::note_bad_destination(uint64_t destination, Timestamp at) {
    if (destinations_.size() < kMaxDestinations || destinations_.contains(destination)) {
        Timestamp& last = destinations_[destination];
        last = std::max(last, at);
    }
}

double HostLevel::level(Timestamp now, std::chrono::seconds half_life) const {
    double strongest = 0;
    double added = 0;
    for (const auto& [kind, point] : points_) {
        const double points = halved(point.points, point.at, now, half_life);
        if (adds(kind)) {
            added += points;
        } else {
            strongest = std::max(strongest, points);
        }
    }
    if (destinations_.size() > 1) {
        added += kSecondDestination;
    }
    return strongest > 0 ? std::min(kMaxLevel, strongest + added) : 0;
}

std::vector<HostPoint> HostLevel::points() const {
    std::vector<HostPoint> all;
    for (const auto& [kind, point] : points_) {
        all.push_back(point);
    }
    return all;
}

}  // namespace eti::analysis
