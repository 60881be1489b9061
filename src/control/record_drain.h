// Takes records, certificates and DNS answers out of the workers' rings, tells each record what
// earlier traffic says about it, and renders it into a batch.
#pragma once

#include "control/batcher.h"
#include "control/certificate_cache.h"
#include "control/privacy.h"
#include "eti/control/status.h"
#include "eti/control/worker_link.h"
#include "eti/enrich/context.h"
#include "eti/metadata/record_json.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace eti::control {

// RecordDrain reads the rings it was given, which must outlive it. A worker commits a certificate
// before the first record that names it, so a record's certificate is always found by reading that
// worker's certificate ring once more. An answer comes before the sessions it leads to, perhaps
// from another worker: before each record all answers are read.
class RecordDrain {
  public:
    // The leaf's summary may be null. What the observer sees is what was seen on the wire.
    using Observer =
        std::function<void(const metadata::Record&, const metadata::CertificateSummary* leaf)>;
    using CertificateObserver =
        std::function<void(const Sha1Digest& sha1, std::span<const uint8_t> der)>;

    RecordDrain(std::span<const WorkerLink> workers, CertificateCache& certificates,
                Batcher& batcher, metadata::SensorIdentity sensor, Observer observer,
                Privacy& privacy);
    // on_certificate sees each certificate that is new, before the records that name it.
    void on_certificate(CertificateObserver observer) { new_certificate_ = std::move(observer); }

    // drain takes at most limit records, the workers in turn; true when records are left.
    bool drain(Timestamp now, std::size_t limit);
    void set_sensor_name(const std::string& name) { sensor_.name = name; }  // of later records
    uint64_t records() const { return records_; }
    uint64_t sessions() const { return sessions_; }  // whose last record came
    // append_counters tells what was joined, and what was forgotten for lack of room.
    void append_counters(std::vector<CounterValue>& counters) const;

  private:
    void drain_answers();
    void drain_certificates(const WorkerLink& worker, Timestamp now);
    void render(const WorkerLink& worker, metadata::Record& record, Timestamp now);

    std::span<const WorkerLink> workers_;
    CertificateCache& certificates_;
    Batcher& batcher_;
    metadata::SensorIdentity sensor_;
    Observer observer_;
    CertificateObserver new_certificate_;  // may be empty
    Privacy& privacy_;
    enrich::Context context_;
    std::size_t next_worker_ = 0;
    uint64_t records_ = 0;
    uint64_t sessions_ = 0;
};

}  // namespace eti::control
