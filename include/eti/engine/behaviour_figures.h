// What the behaviour's thread counted since the start.
#pragma once

#include <cstdint>
#include <string>

namespace eti::analysis {

struct BehaviourFigures {
    uint64_t sessions = 0;  // records of sessions judged, every phase
    uint64_t suspicious = 0;
    uint64_t usual = 0;        // would have been, but are normal at this site
    int64_t position = 0;      // in the record log
    double seconds = 0;        // spent judging
    std::string last_problem;  // why the thread waits; empty: it does not
};

}  // namespace eti::analysis
