#include "control/record_drain.h"

#include "eti/x509/certificate.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace eti::control {

RecordDrain::RecordDrain(std::span<const WorkerLink> workers, CertificateCache& certificates,
                         Batcher& batcher, metadata::SensorIdentity sensor, Observer observer,
                         Privacy& privacy)
    : workers_(workers),
      certificates_(certificates),
      batcher_(batcher),
      sensor_(std::move(sensor)),
      observer_(std::move(observer)),
      privacy_(privacy) {}

void RecordDrain::append_counters(std::vector<CounterValue>& counters) const {
    const enrich::Counters joined = context_.counters();
    const CounterValue added[] = {
        {"dns-joined", "records that say under which name the server was looked up",
         joined.dns_joined},
        {"dns-pairs-evicted", "looked-up servers forgotten for newer ones",
         joined.dns_pairs_evicted},
        {"certificates-inherited", "records with the certificate of an earlier session",
         joined.certificates_inherited},
        {"certificate-names-evicted", "servers' certificates forgotten for newer ones",
         joined.certificate_names_evicted},
        {"open-sessions-evicted", "sessions whose later records may be told something else",
         joined.open_sessions_evicted}};
    counters.insert(counters.end(), std::begin(added), std::end(added));
}

bool RecordDrain::drain(Timestamp now, std::size_t limit) {
    drain_answers();
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
        drain_answers();
        metadata::Record completed = *record;
        worker.records->release();
        context_.complete(completed);
        render(worker, completed, now);
    }
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const WorkerLink& worker) { return worker.records->size() > 0; });
}

void RecordDrain::drain_answers() {
    for (const WorkerLink& worker : workers_) {
        if (worker.dns_answers == nullptr) {
            continue;
        }
        for (std::size_t left = worker.dns_answers->size(); left > 0; --left) {
            context_.note(*worker.dns_answers->front());
            worker.dns_answers->release();
        }
    }
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
            if (new_certificate_) {
                new_certificate_(bytes->sha1, der);
            }
        }
        worker.certificates->release();
    }
}

void RecordDrain::render(const WorkerLink& worker, metadata::Record& record, Timestamp now) {
    const metadata::CertificateSummary* leaf = nullptr;
    if (record.certificate.seen) {
        leaf = certificates_.find(record.certificate.sha1);
        if (leaf == nullptr) {
            drain_certificates(worker, now);
            leaf = certificates_.find(record.certificate.sha1);
        }
    }
    observer_(record, leaf);
    privacy_.conceal(record);
    metadata::append_json(batcher_.text(), record, leaf, sensor_);
    const bool last = record.phase == metadata::Phase::End &&
                      record.protocol != metadata::Protocol::Unknown;  // that is an attempt
    batcher_.record_appended(now, last);
    ++records_;
    sessions_ += last ? 1 : 0;
}

}  // namespace eti::control
