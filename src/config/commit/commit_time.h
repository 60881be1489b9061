// Times as operators write and read them, in the daemon's time zone.
#pragma once

#include "eti/base/clock.h"

#include <string>
#include <string_view>

namespace eti::config {

// parse_commit_time reads the time of "commit at": "hh:mm[:ss]" is today, "yyyy-mm-dd hh:mm[:ss]"
// any day. Throws EditError for what is no time, or not after now.
Timestamp parse_commit_time(std::string_view text, Timestamp now);

// local_text is "2024-11-25 10:20:44 CET".
std::string local_text(Timestamp time);

}  // namespace eti::config
