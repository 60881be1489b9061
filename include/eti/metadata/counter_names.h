// The counters other rooms look up by name; the full table is src/inspect/counters.def.
#pragma once

#include <string_view>

namespace eti::metadata::counter_names {

inline constexpr std::string_view kSessionsInspected = "sessions-inspected";
inline constexpr std::string_view kSessionsWhitelisted = "sessions-whitelisted";
inline constexpr std::string_view kSessionsDetected = "sessions-detected";
inline constexpr std::string_view kRecordsLostRing = "record-ring-full";

}  // namespace eti::metadata::counter_names
