// Times as the link writes them: RFC 3339, UTC, "2026-11-24T03:46:14Z" with an optional fraction.
#pragma once

#include "eti/base/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace eti::uplink {

// parse_rfc3339 accepts nothing but that form; up to nine digits of fraction, years 1970 to 2261.
std::optional<Timestamp> parse_rfc3339(std::string_view text);
std::string format_rfc3339(Timestamp time);  // the fraction is left out when it is zero

}  // namespace eti::uplink
