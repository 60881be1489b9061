#include "control/record_drain.h"

#include "eti/x509/certificate.h"

#include <algorithm>
#include <utility>

namespace eti::control {

RecordDrain::RecordDrain(std::span<const WorkerLink> workers, CertificateCache& certificates,
                         Batcher& batcher, metadata::SensorIdentity sensor, Observer observer)
    : workers_(workers),
      certificates_(certificates),
      batcher_(batcher),
      sensor_(std::move(sensor)),
      observer_(std::move(observer)) {}

bool RecordDrain::drain(Timestamp now, std::size_t limit) {
    for (const WorkerLink& worker : workers_) {
        drain_certificates(worker, now);
    }
    std::size_t idle = 0;
    while (limit > 0 && idle < workers_.size()) {
        const WorkerLink& worker = workers_[next_worker_];
        next_worker_ = (next_worker_ + 1) % workers_.size();
        const metadata::Record* record = worker.records->front();
        if (record == nullptr) {
            ++idle;
            continue;
        }
        idle = 0;
        --limit;
        render(worker, *record, now);
        worker.records->release();
    }
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const WorkerLink& worker) { return worker.records->size() > 0; });
}

void RecordDrain::drain_certificates(const WorkerLink& worker, Timestamp now) {
    for (std::size_t left = worker.certificates->capacity(); left > 0; --left) {
        const metadata::CertificateBytes* bytes = worker.certificates->front();
        if (bytes == nullptr) {
            return;
        }
        // Several workers may have met the same certificate.
        if (certificates_.find(bytes->sha1) == nullptr) {
            const std::span der(bytes->der.data(),
                                std::min<std::size_t>(bytes->size, bytes->der.size()));
            metadata::CertificateSummary summary = x509::summarize(der);
            summary.sha1 = bytes->sha1;  // records name the certificate by the worker's digest
            certificates_.insert(std::move(summary));
            metadata::append_certificate_json(batcher_.text(), bytes->sha1, der);
            batcher_.certificate_appended(now);
        }
        worker.certificates->release();
    }
}

void RecordDrain::render(const WorkerLink& worker, const metadata::Record& record, Timestamp now) {
    const metadata::CertificateSummary* leaf = nullptr;
    if (record.certificate.seen) {
        leaf = certificates_.find(record.certificate.sha1);
        if (leaf == nullptr) {
            drain_certificates(worker, now);
            leaf = certificates_.find(record.certificate.sha1);
        }
    }
    metadata::append_json(batcher_.text(), record, leaf, sensor_);
    batcher_.record_appended(now);
    ++records_;
    observer_(record);
}

}  // namespace eti::control
