// What another configuration would have done to the sessions and hosts of late. Pure.
#pragma once

#include "eti/config/settings.h"
#include "eti/control/recent_sessions.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/infected_hosts.h"
#include "eti/intel/sha1_blocklist.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::control {

// Treatment is what a configuration does to a session, in the order of severity.
enum class Treatment : uint8_t { NotInspected, Permit, PermitLogged, BlockDrop, BlockClose };
std::string_view name_of(Treatment treatment);  // "not inspected"

// Lists are the tables in force and how the candidate's local certificate lists differ from them.
struct ImpactLists {
    const intel::Sha1Blocklist& listed;  // in force now
    const intel::Sha1Blocklist& added;   // of list files only the candidate names
    std::vector<std::string> removed;    // feed names of list files only the active one names
    const intel::InfectedHosts& infected;
    const intel::Allowlist& allowed;       // in force now
    const intel::Allowlist& next_allowed;  // as it would be
};

struct SessionImpact {
    const RecentSession* session = nullptr;
    Treatment before = Treatment::NotInspected;
    Treatment after = Treatment::NotInspected;
    std::string why;  // the statement's place: "policy web", "no policy", "certificate list x.csv"
};
struct HostImpact {
    net::IpAddress host;
    Treatment before = Treatment::NotInspected;
    Treatment after = Treatment::NotInspected;
    uint64_t sessions = 0;
};
struct Impact {
    std::size_t sessions_seen = 0;
    std::vector<SessionImpact> sessions;  // treated differently, newest first
    std::vector<HostImpact> hosts;        // infected hosts treated differently, by address
};

Impact impact(const RecentSessions& recent, const config::Settings& now,
              const config::Settings& next, const ImpactLists& lists);

// impact_text is what "commit check | display impact" prints.
std::string impact_text(const Impact& impact);

}  // namespace eti::control
