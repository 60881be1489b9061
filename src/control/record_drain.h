// Takes records and certificates out of the workers' rings and renders them into batches.
#pragma once

#include "control/batcher.h"
#include "control/certificate_cache.h"
#include "eti/control/worker_link.h"
#include "eti/metadata/record_json.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace eti::control {

// RecordDrain reads the rings it was given, which must outlive it. A worker commits a certificate
// before the first record that names it, so a record's certificate is always found by reading that
// worker's certificate ring once more.
class RecordDrain {
  public:
    using Observer = std::function<void(const metadata::Record&)>;

    RecordDrain(std::span<const WorkerLink> workers, CertificateCache& certificates,
                Batcher& batcher, metadata::SensorIdentity sensor, Observer observer);

    // drain takes at most limit records, the workers in turn; true when records are left.
    bool drain(Timestamp now, std::size_t limit);
    uint64_t records() const { return records_; }

  private:
    void drain_certificates(const WorkerLink& worker, Timestamp now);
    void render(const WorkerLink& worker, const metadata::Record& record, Timestamp now);

    std::span<const WorkerLink> workers_;
    CertificateCache& certificates_;
    Batcher& batcher_;
    metadata::SensorIdentity sensor_;
    Observer observer_;
    std::size_t next_worker_ = 0;
    uint64_t records_ = 0;
};

}  // namespace eti::control
