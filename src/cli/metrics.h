// The daemon's metrics in OpenMetrics 1.0 text, for a textfile collector.
#pragma once

#include "eti/config/workspace.h"
#include "eti/control/status.h"

#include <optional>
#include <string>

namespace eti::cli {

// CommitStatus is what the configuration adds; absent where none can be edited.
struct CommitStatus {
    config::CommitCounts counts;
    bool confirmed_pending = false;
};

// render_metrics names no address, host or session; every series starts at 0. Ends in "# EOF".
std::string render_metrics(const control::Status& status,
                           const std::optional<CommitStatus>& commits = std::nullopt);

}  // namespace eti::cli
