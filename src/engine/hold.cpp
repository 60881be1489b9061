#include "eti/engine/engine.h"
#include "eti/scoring/kinds.h"

#include <set>
#include <string>

namespace eti::analysis {
namespace {

const char* severity_of(intel::ThreatLevel level) {
    return level >= 7 ? "high" : level >= 4 ? "medium" : "low";
}

}  // namespace

bool Engine::hold(const EvidencePlace& place, const Evidence& evidence, Timestamp now) {
    const bool added = add_evidence(database_, place, evidence, now);
    if (added) {
        const std::string source(kind_named(evidence.kind).source);
        ++counts_.verdicts[{source, severity_of(evidence.level)}];
    }
    return added;
}

void Engine::hold_behaviour(Realm realm, const std::vector<BehaviourFinding>& findings,
                            Timestamp now) {
    const std::size_t waiting_before = stores_.history->waiting();
    std::set<net::IpAddress> touched;
    try {
        for (const auto& [session, found] : findings) {
            if (!is_internal(session.client) || is_allowlisted(session)) {
                continue;
            }
            const int64_t sensor = sensor_of(realm, session.sensor, now);
            uint8_t level = 0;
            std::string category;
            for (const Evidence& evidence : found) {
                const EvidencePlace place{realm,          sensor,         session.id,
                                          session.client, session.server, session.last_us};
                if (hold(place, evidence, now)) {
                    touched.insert(session.client);
                }
                if (evidence.level > level) {
                    level = evidence.level;
                    category = category_of(evidence.kind, evidence.reason);
                }
            }
            if (const auto stored = stores_.history->find(sensor, session.id)) {
                stores_.history->raise(realm, *stored, level, category);
            }
        }
    } catch (...) {
        stores_.history->take_back_to(waiting_before);
        throw;
    }
    for (const net::IpAddress& host : touched) {
        refresh_host(database_, *stores_.verdicts, realm, host, policy_of(realm, now), now);
    }
}

void Engine::behaviour_judged(std::string_view group, int64_t position) {
    stores_.records->acknowledge(group, position);
}

// A realm's observation starts with its first record.
HostPolicy Engine::policy_of(Realm realm, Timestamp now) const {
    HostPolicy policy = options_.hosts;
    if (options_.observe.count() > 0) {
        const auto first = first_sensor_seen(database_, realm);
        policy.behaviour_reports_until = first.value_or(now) + options_.observe;
    }
    return policy;
}

}  // namespace eti::analysis
