#include "control/statistics.h"

#include "eti/metadata/counter_names.h"

namespace eti::control {

void Statistics::apply(const uplink::SubmissionResult& result) {
    using Outcome = uplink::SubmissionResult::Outcome;
    switch (result.outcome) {
        case Outcome::Acknowledged:
            acknowledged_ += result.records;
            sessions_.acknowledged += result.sessions;
            break;
        case Outcome::Rejected:
            rejected_ += result.records;
            sessions_.rejected += result.sessions;
            break;
        case Outcome::SpoolFull:
            spool_full_ += result.records;
            sessions_.spool_full += result.sessions;
            break;
        case Outcome::Corrupt:
            corrupt_ += result.records;
            sessions_.corrupt += result.sessions;
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
    status.sessions = sessions_;
    status.sessions.ring_full = value_of(metadata::counter_names::kSessionsLostRing);
    for (const CounterValue& counter : status.counters) {
        const bool ended = counter.name.starts_with(metadata::counter_names::kEnded);
        status.sessions.ended += ended ? counter.value : 0;
    }
    return status;
}

uint64_t Statistics::flows_of(unsigned worker) const {
    uint64_t flows = 0;
    for (std::size_t i = 0; i < counters_.texts.size(); ++i) {
        if (counters_.texts[i].name == metadata::counter_names::kFlowsCreated) {
            flows += counters_.read(worker, i);
        } else if (counters_.texts[i].name == metadata::counter_names::kFlowsExpired) {
            flows -= counters_.read(worker, i);
        }
    }
    return flows;
}

StatisticsStatus since(const StatisticsStatus& now, const StatisticsStatus& cleared) {
    StatisticsStatus left = now;
    left.sessions_inspected -= cleared.sessions_inspected;
    left.sessions_whitelisted -= cleared.sessions_whitelisted;
    left.sessions_detected -= cleared.sessions_detected;
    left.records_acknowledged -= cleared.records_acknowledged;
    left.records_rejected -= cleared.records_rejected;
    left.records_spool_full -= cleared.records_spool_full;
    left.records_corrupt -= cleared.records_corrupt;
    left.records_ring_full -= cleared.records_ring_full;
    left.records_drained -= cleared.records_drained;
    // Counters keep their order while the daemon runs; before the first clear there are none.
    for (std::size_t i = 0; i < cleared.counters.size() && i < left.counters.size(); ++i) {
        left.counters[i].value -= cleared.counters[i].value;
    }
    return left;
}

std::vector<ProfileStatistics> since(std::vector<ProfileStatistics> now,
                                     const std::vector<ProfileStatistics>& cleared) {
    for (ProfileStatistics& profile : now) {
        for (const ProfileStatistics& before : cleared) {
            if (before.category == profile.category && before.profile == profile.profile) {
                profile.permitted -= before.permitted;
                profile.dropped -= before.dropped;
                profile.closed -= before.closed;
            }
        }
    }
    return now;
}

}  // namespace eti::control
