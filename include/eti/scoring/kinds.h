// The kinds of evidence there are, and what several kinds are worth together.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace eti::analysis {

enum class Worth : uint8_t {
    Alone,      // stands by itself
    Behaviour,  // stands by itself, and what adds to it is added
    Adds,       // means something beside Behaviour only: a beacon alone is never a verdict
};

struct EvidenceKind {
    std::string_view name;
    std::string_view source;  // as the metrics call it
    Worth worth;
};

std::span<const EvidenceKind> evidence_kinds();
// kind_named is the first one, which stands alone, for a name of another version's.
const EvidenceKind& kind_named(std::string_view name);

// halved is what points are worth some time after they were given.
double halved(double points, std::chrono::duration<double> age, std::chrono::seconds half_life);

// PointSum is what a host's evidence is worth: the strongest that stands, and beside Behaviour the
// strongest of each kind that adds to it. At most one of a kind counts. Not capped, so that it
// halves with time as its parts do.
class PointSum {
  public:
    // add takes what one piece of evidence is worth by now.
    void add(std::string_view kind, double points);
    double total() const;

  private:
    static constexpr std::size_t kKinds = 9;
    std::array<double, kKinds> points_{};
};

}  // namespace eti::analysis
