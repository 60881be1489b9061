#include "control/statistics.h"

#include "eti/metadata/counter_names.h"

namespace eti::control {

void Statistics::apply(const uplink::SubmissionResult& result) {
    using Outcome = uplink::SubmissionResult::Outcome;
    switch (result.outcome) {
        case Outcome::Acknowledged:
            acknowledged_ += result.records;
            break;
        case Outcome::Rejected:
            rejected_ += result.records;
            break;
        case Outcome::SpoolFull:
            spool_full_ += result.records;
            break;
        case Outcome::Corrupt:
            corrupt_ += result.records;
            break;
    }
}

StatisticsStatus Statistics::snapshot() const {
    StatisticsStatus status;
    const auto value_of = [&](std::string_view name) {
        for (const CounterValue& counter : status.counters) {
            if (counter.name == name) {
                return counter.value;
            }
        }
        return uint64_t{0};
    };
    for (std::size_t i = 0; i < counters_.texts.size(); ++i) {
        CounterValue counter{std::string(counters_.texts[i].name),
                             std::string(counters_.texts[i].help), 0};
        for (unsigned worker = 0; worker < workers_; ++worker) {
            counter.value += counters_.read(worker, i);
        }
        status.counters.push_back(std::move(counter));
    }
    status.sessions_inspected = value_of(metadata::counter_names::kSessionsInspected);
    status.sessions_whitelisted = value_of(metadata::counter_names::kSessionsWhitelisted);
    status.sessions_detected = value_of(metadata::counter_names::kSessionsDetected);
    status.records_ring_full = value_of(metadata::counter_names::kRecordsLostRing);
    status.records_acknowledged = acknowledged_;
    status.records_rejected = rejected_;
    status.records_spool_full = spool_full_;
    status.records_corrupt = corrupt_;
    return status;
}

}  // namespace eti::control
