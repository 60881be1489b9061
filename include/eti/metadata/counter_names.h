// The counters other rooms look up by name; the full table is src/inspect/counters.def.
#pragma once

#include <string_view>

namespace eti::metadata::counter_names {

inline constexpr std::string_view kSessionsInspected = "sessions-inspected";
inline constexpr std::string_view kSessionsWhitelisted = "sessions-whitelisted";
inline constexpr std::string_view kSessionsDetected = "sessions-detected";
inline constexpr std::string_view kRecordsLostRing = "record-ring-full";
inline constexpr std::string_view kFlowsCreated = "flows-created";
inline constexpr std::string_view kFlowsExpired = "flows-expired";
inline constexpr std::string_view kSessionsLostRing = "sessions-lost-ring";
// Each visibility class has a counter of this name for the sessions that ended with it.
inline constexpr std::string_view kEnded = "ended-";

}  // namespace eti::metadata::counter_names
