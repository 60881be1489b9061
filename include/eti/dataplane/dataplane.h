// The DPDK shell: EAL, ports, worker lcores. One object per process.
#pragma once

#include "eti/base/quiescent.h"
#include "eti/base/record_ring.h"
#include "eti/base/worker_timing.h"
#include "eti/config/settings.h"
#include "eti/inspect/counters.h"
#include "eti/inspect/tables.h"
#include "eti/metadata/port_status.h"
#include "eti/metadata/record.h"
#include "eti/metadata/session_view.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eti::dataplane {

// WorkerShare is what one worker shares with the control thread.
struct WorkerShare {
    WorkerShare(const config::Limits& limits);

    RecordRing<metadata::Record> records;                 // worker: producer | control: consumer
    RecordRing<metadata::CertificateBytes> certificates;  // same
    RecordRing<metadata::SessionView> sessions;           // same
    RecordRing<metadata::DnsAnswer> dns_answers;          // same
    std::atomic<uint64_t> session_request{0};             // control: w | worker: r
    inspect::Counters counters;                           // worker: w | control: r
    WorkerTiming timing;                                  // same
};

// Dataplane initialises the EAL from the settings and starts the ports; the calling thread becomes
// the main lcore. Everything that fails says which interface, why and what to do
// (std::runtime_error). Only one may exist in the life of a process.
class Dataplane {
  public:
    // domain has one reader per worker: index = worker.
    Dataplane(const config::Settings& settings, const inspect::Tables& tables,
              QuiescentDomain& domain);
    ~Dataplane();
    Dataplane(const Dataplane&) = delete;
    Dataplane& operator=(const Dataplane&) = delete;

    void start();  // workers begin to poll
    // stop tells the workers to write their last records; stopped is true once all have. The
    // caller drains the rings in between.
    void stop();
    bool stopped() const;

    std::vector<WorkerShare*> workers();
    std::vector<metadata::PortStatus> port_status() const;  // control thread
    const std::vector<std::string>& notes() const;          // "running without hugepages costs ..."

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::dataplane
