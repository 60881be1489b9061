// The fixed workloads of scripts/bench instructions: generated, and the same in every run.
#pragma once

#include "eti/base/clock.h"
#include "eti/inspect/inspector.h"
#include "frame_sequence.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::bench {

struct Workload {
    inspect::Options options;
    Duration gap{};  // from burst to burst
    FrameSequence warm_up;
    FrameSequence measured;
};

// workload_names are what make_workload knows.
std::vector<std::string> workload_names();
// make_workload throws std::invalid_argument for another name.
Workload make_workload(std::string_view name);

// download_session: TLS 1.2, then records of ten full segments, each followed by one
// acknowledgment; it does not end. Its certificates are plain bytes.
SessionTemplate download_session(unsigned records);
// How many packets of it come before the first record.
std::size_t download_handshake_packets();

}  // namespace eti::bench
