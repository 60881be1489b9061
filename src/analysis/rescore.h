// Judging every stored record again: the same records give the same verdicts, and another model
// shows what it would change before it is put to work.
#pragma once

#include "analysis/service.h"

#include <cstdint>
#include <ostream>

namespace eti::analysis {

struct RescoreReport {
    uint64_t sessions = 0;   // records of sessions judged, every phase
    uint64_t identical = 0;  // evidence, by session and kind
    uint64_t different = 0;
    // Found now and not in the store: of hosts that are not ours, or on the allowlist then.
    uint64_t not_held = 0;
    uint64_t not_found = 0;  // in the store, its records are in the log, and not found now
};

// rescore reads the store of the data folder, also beside a running service, and changes nothing.
// Each difference is a line on out. Throws std::runtime_error with a sentence, StorageError.
RescoreReport rescore(const ServiceOptions& options, std::ostream& out);

}  // namespace eti::analysis
