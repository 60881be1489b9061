// What the behaviour's thread counted since the start.
#pragma once

#include <cstdint>

namespace eti::analysis {

struct BehaviourFigures {
    uint64_t sessions = 0;  // records of sessions judged, every phase
    uint64_t suspicious = 0;
    uint64_t usual = 0;    // would have been, but are normal at this site
    double seconds = 0;    // spent judging
    bool waiting = false;  // the disk failed, or the writer's queue was full: it tries again
};

}  // namespace eti::analysis
