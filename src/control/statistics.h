// Adds up what workers count and what became of the records.
#pragma once

#include "eti/control/status.h"
#include "eti/control/worker_link.h"
#include "eti/uplink/messages.h"

#include <cstdint>
#include <string_view>

namespace eti::control {

class Statistics {
  public:
    Statistics(const CounterSet& counters, unsigned workers)
        : counters_(counters), workers_(workers) {}

    void apply(const uplink::SubmissionResult& result);
    // snapshot reads every counter of every worker; a name the dataplane lacks counts 0.
    StatisticsStatus snapshot() const;
    uint64_t flows_of(unsigned worker) const;  // entries in use

  private:
    const CounterSet& counters_;
    unsigned workers_;
    uint64_t acknowledged_ = 0;
    uint64_t rejected_ = 0;
    uint64_t spool_full_ = 0;
    uint64_t corrupt_ = 0;
    SessionLedger sessions_;
};

}  // namespace eti::control
