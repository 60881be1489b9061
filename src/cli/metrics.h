// The daemon's metrics in OpenMetrics 1.0 text, for a textfile collector.
#pragma once

#include "eti/control/status.h"

#include <string>

namespace eti::cli {

// render_metrics names no address, host or session; every series starts at 0. Ends in "# EOF".
std::string render_metrics(const control::Status& status);

}  // namespace eti::cli
