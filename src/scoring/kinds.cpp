#include "eti/scoring/kinds.h"

#include <algorithm>
#include <cmath>

namespace eti::analysis {
namespace {

constexpr std::array<EvidenceKind, 9> kEvidenceKinds{{
    {"certificate-blocklist", "list", Worth::Alone},
    {"self-signed-new-server", "certificate", Worth::Alone},
    {"session-model", "model", Worth::Behaviour},
    {"unnamed-servers", "aggregator", Worth::Behaviour},
    {"unvouched-beacon", "aggregator", Worth::Behaviour},
    {"repeated-sessions", "aggregator", Worth::Adds},
    {"beacon", "aggregator", Worth::Adds},
    {"session-burst", "aggregator", Worth::Adds},
    {"more-destinations", "aggregator", Worth::Adds},
}};

}  // namespace

std::span<const EvidenceKind> evidence_kinds() {
    return kEvidenceKinds;
}

const EvidenceKind& kind_named(std::string_view name) {
    const auto found = std::find_if(kEvidenceKinds.begin(), kEvidenceKinds.end(),
                                    [&](const EvidenceKind& kind) { return kind.name == name; });
    return found == kEvidenceKinds.end() ? kEvidenceKinds.front() : *found;
}

double halved(double points, std::chrono::duration<double> age, std::chrono::seconds half_life) {
    const auto passed = std::max(age, std::chrono::duration<double>::zero());
    return points * std::exp2(-passed / std::chrono::duration<double>(half_life));
}

void PointSum::add(std::string_view kind, double points) {
    static_assert(kKinds == kEvidenceKinds.size());
    double& held = points_[static_cast<std::size_t>(&kind_named(kind) - kEvidenceKinds.data())];
    held = std::max(held, points);
}

double PointSum::total() const {
    double alone = 0;
    double behaviour = 0;
    double added = 0;
    for (std::size_t i = 0; i < kKinds; ++i) {
        switch (kEvidenceKinds[i].worth) {
            case Worth::Alone:
                alone = std::max(alone, points_[i]);
                break;
            case Worth::Behaviour:
                behaviour = std::max(behaviour, points_[i]);
                break;
            case Worth::Adds:
                added += points_[i];
                break;
        }
    }
    return std::max(alone, behaviour > 0 ? behaviour + added : 0);
}

}  // namespace eti::analysis
