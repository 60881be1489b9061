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

VerdictCounts no_verdicts() {
    VerdictCounts counts;
    for (const EvidenceKind& kind : evidence_kinds()) {
        for (const intel::ThreatLevel level : std::initializer_list<intel::ThreatLevel>{1, 4, 7}) {
            counts[{std::string(kind.source), severity_of(level)}] = 0;
        }
    }
    return counts;
}

Engine::Held Engine::hold(Realm realm, int64_t sensor, const SessionRecord& session,
                          const std::vector<Evidence>& found, Timestamp now) {
    const EvidencePlace place{realm,          sensor,         session.id,
                              session.client, session.server, session.last_us};
    Held held;
    const Evidence* strongest = nullptr;
    for (const Evidence& evidence : found) {
        if (add_evidence(database_, place, evidence, now)) {
            held.is_new = true;
            const std::string source(kind_named(evidence.kind).source);
            ++counts_.verdicts[{source, severity_of(evidence.level)}];
        }
        if (strongest == nullptr || evidence.level > strongest->level) {
            strongest = &evidence;
        }
    }
    if (strongest != nullptr) {
        held.level = strongest->level;
        held.category = category_of(strongest->kind, strongest->reason);
    }
    return held;
}

void Engine::refresh(Realm realm, const std::set<net::IpAddress>& hosts, Timestamp now) {
    if (hosts.empty()) {
        return;
    }
    const HostPolicy policy = policy_of(realm, now);
    for (const net::IpAddress& host : hosts) {
        refresh_host(database_, *stores_.verdicts, realm, host, policy, now);
    }
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
            const Held held = hold(realm, sensor, session, found, now);
            if (held.is_new) {
                touched.insert(session.client);
            }
            if (const auto stored = stores_.history->find(sensor, session.id)) {
                stores_.history->raise(realm, *stored, held.level, held.category);
            }
        }
    } catch (...) {
        stores_.history->take_back_to(waiting_before);
        throw;
    }
    refresh(realm, touched, now);
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
