// Threat levels as the vendor counts them: 0 clean, 1-3 low, 4-6 medium, 7-10 high.
#pragma once

#include <cstdint>

namespace eti::intel {

using ThreatLevel = uint8_t;
inline constexpr ThreatLevel kMaxThreatLevel = 10;
inline constexpr ThreatLevel kDefaultInfectedThreshold = 7;

}  // namespace eti::intel
