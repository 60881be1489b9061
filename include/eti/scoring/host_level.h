// A host's level where no store keeps its evidence: offline, and on the box.
#pragma once

#include "eti/base/clock.h"
#include "eti/scoring/evidence.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

class HostLevel {
  public:
    // hold keeps of each kind what is worth most.
    void hold(const Evidence& evidence, Timestamp at, std::chrono::seconds half_life);
    // level is from 0 to 10: what was held is worth half after each half-life.
    double level(Timestamp now, std::chrono::seconds half_life) const;

  private:
    struct Held {
        std::string kind;
        double points = 0;
        Timestamp at{};
    };
    std::vector<Held> held_;
};

}  // namespace eti::analysis
