// What of a configuration cannot change while the daemon runs.
#pragma once

#include "eti/config/settings.h"

#include <string>
#include <vector>

namespace eti::control {

// restart_reasons names each statement that differs from what the daemon was started with and takes
// effect only at its next start: what memory, ports and workers were laid out for.
std::vector<std::string> restart_reasons(const config::Settings& running,
                                         const config::Settings& next);

// missing_files names each file the settings refer to that the daemon cannot read.
std::vector<std::string> missing_files(const config::Settings& next);

}  // namespace eti::control
