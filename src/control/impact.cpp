#include "eti/control/impact.h"

#include "eti/metadata/record_json.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace eti::control {
namespace {

using metadata::Record;
using policy::Enforcement;

constexpr std::size_t kMostListed = 20;

// ZoneChange follows the interfaces of a zone into the candidate.
class ZoneChange {
  public:
    ZoneChange(const config::Settings& now, const config::Settings& next) {
        std::map<std::string, std::string> new_zones;
        for_each_interface(next, [&](const config::Interface& i) { new_zones[i.name] = i.zone; });
        for_each_interface(now, [&](const config::Interface& interface) {
            const auto moved = new_zones.find(interface.name);
            if (moved != new_zones.end()) {
                zones_[interface.zone].insert(moved->second);
            }
        });
    }

    // of answers the zone that interfaces of this zone are in now; no value: on no wire any more.
    std::optional<std::string> of(std::string_view zone) const {
        const auto found = zones_.find(std::string(zone));
        if (found == zones_.end()) {
            return std::nullopt;
        }
        // A zone that was split keeps its name where that is one of the answers: the record does
        // not say which interface it was.
        return found->second.contains(found->first) ? found->first : *found->second.begin();
    }

  private:
    template <typename Visit>
    static void for_each_interface(const config::Settings& settings, const Visit& visit) {
        for (const config::Wire& wire : settings.wires) {
            for (const config::Interface& interface : wire.interfaces) {
                visit(interface);
            }
        }
    }

    std::map<std::string, std::set<std::string>> zones_;
};

struct Listing {
    bool listed = false;
    unsigned threat_level = 0;
    std::string feed;
};

struct Result {
    Treatment treatment = Treatment::NotInspected;
    std::string why;
};

Treatment treatment_of(const policy::Decision& decision) {
    switch (decision.action) {
        case Enforcement::BlockDrop:
            return Treatment::BlockDrop;
        case Enforcement::BlockClose:
            return Treatment::BlockClose;
        case Enforcement::Permit:
            break;
    }
    return decision.log ? Treatment::PermitLogged : Treatment::Permit;
}

Listing find_listing(const RecentSession& session, const intel::Sha1Blocklist& table) {
    const metadata::CertificateFacts& certificate = session.record.certificate;
    intel::Sha1Blocklist::Hit hit{};
    if (!certificate.seen || certificate.inherited ||
        (!table.find(certificate.sha1, hit) &&
         !(session.sha256 && table.find(*session.sha256, hit)))) {
        return {};
    }
    return {true, hit.threat_level, std::string(hit.feed)};
}

Listing next_listing(const RecentSession& session, const ImpactLists& lists) {
    const Listing before = find_listing(session, lists.listed);
    const bool gone =
        std::find(lists.removed.begin(), lists.removed.end(), before.feed) != lists.removed.end();
    return before.listed && !gone ? before : find_listing(session, lists.added);
}

policy::Selector selector_of(const Record& record) {
    return {record.client.ip, record.server.ip,
            static_cast<uint8_t>(record.transport == metadata::Transport::Tcp ? 6 : 17),
            record.client.port, record.server.port};
}

bool allows_certificate(const intel::Allowlist& allowed, const RecentSession& session) {
    return allowed.contains_certificate(session.record.certificate.sha1) ||
           (session.sha256 && allowed.contains_certificate(*session.sha256));
}

// judge repeats what a worker decides about a session, hosts first.
Result judge(const RecentSession& session, const policy::Policy& policy, std::string_view from,
             std::string_view to, const Listing& listing, const intel::InfectedHosts& infected,
             const intel::Allowlist& allowed) {
    const Record& record = session.record;
    const policy::ZonePair* pair = policy.find_pair(from, to);
    if (pair == nullptr) {
        return {Treatment::NotInspected,
                "no policies from-zone " + std::string(from) + " to-zone " + std::string(to)};
    }
    const policy::Rule* rule = policy::Policy::match_rule(*pair, selector_of(record));
    if (rule == nullptr) {
        return {Treatment::NotInspected, "no policy matches"};
    }
    intel::InfectedHosts::Found host{};
    if (infected.lookup(record.client.ip, record.start, host)) {
        const auto decision = policy::Policy::decide_infected_host(*rule, host.threat_level);
        if (decision.action != Enforcement::Permit) {
            return {treatment_of(decision), "policy " + rule->name + ", infected host"};
        }
    }
    if (!pair->streaming) {
        return {Treatment::NotInspected, "no security-metadata-streaming-policy from-zone " +
                                             pair->from + " to-zone " + pair->to};
    }
    if (allowed.contains_address(record.server.ip) ||
        allowed.contains_hostname(record.client_hello.sni.view())) {
        return {Treatment::NotInspected, "allowlist"};
    }
    if (listing.listed && !allows_certificate(allowed, session)) {
        return {treatment_of(
                    policy::Policy::decide_certificate(*rule, listing.threat_level, listing.feed)),
                "policy " + rule->name + ", certificate in " + listing.feed};
    }
    return {Treatment::Permit, "policy " + rule->name};
}

void add_host(std::map<net::IpAddress, HostImpact>& hosts, const SessionImpact& change,
              const intel::InfectedHosts& infected) {
    const Record& record = change.session->record;
    intel::InfectedHosts::Found found{};
    if (!infected.lookup(record.client.ip, record.start, found)) {
        return;
    }
    HostImpact& host = hosts[record.client.ip];
    host.host = record.client.ip;
    host.before = std::max(host.before, change.before);
    host.after = std::max(host.after, change.after);
    ++host.sessions;
}

bool blocks(Treatment treatment) {
    return treatment >= Treatment::BlockDrop;
}

std::string count_text(std::size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string summary_line(const Impact& impact, const char* label,
                         bool (*wanted)(const SessionImpact&)) {
    std::set<std::string> hosts;
    std::size_t sessions = 0;
    for (const SessionImpact& change : impact.sessions) {
        if (wanted(change)) {
            ++sessions;
            hosts.insert(net::to_string(change.session->record.client.ip));
        }
    }
    if (sessions == 0) {
        return {};
    }
    std::string line = "  " + std::string(label) + ": " + count_text(sessions, "session") + " of " +
                       count_text(hosts.size(), "host");
    std::size_t named = 0;
    for (const std::string& host : hosts) {
        line += named == 0 ? " (" : ", ";
        line += named < 5 ? host : "...";
        if (++named > 5) {
            break;
        }
    }
    return line + ")\n";
}

std::string session_line(const SessionImpact& change) {
    const Record& record = change.session->record;
    std::string line = "  " + std::to_string(record.id) + "  " + net::to_string(record.client.ip) +
                       "/" + std::to_string(record.client.port) + " --> " +
                       net::to_string(record.server.ip) + "/" + std::to_string(record.server.port);
    if (!record.client_hello.sni.view().empty()) {
        line += " " + std::string(record.client_hello.sni.view());
    }
    return line + ": " + std::string(name_of(change.before)) + ", would be " +
           std::string(name_of(change.after)) + " (" + change.why + ")\n";
}

}  // namespace

std::string_view name_of(Treatment treatment) {
    constexpr std::array<std::string_view, 5> kNames{
        "not inspected", "permitted", "permitted and logged", "blocked (drop)", "blocked (close)"};
    return kNames[static_cast<std::size_t>(treatment)];
}

Impact impact(const RecentSessions& recent, const config::Settings& now,
              const config::Settings& next, const ImpactLists& lists) {
    const ZoneChange zones(now, next);
    Impact result;
    std::map<net::IpAddress, HostImpact> hosts;
    recent.newest_first(recent.size(), [&](const RecentSession& session) {
        const Record& record = session.record;
        ++result.sessions_seen;
        const Result before =
            judge(session, now.policy, record.from_zone.view(), record.to_zone.view(),
                  find_listing(session, lists.listed), lists.infected, lists.allowed);
        const auto from = zones.of(record.from_zone.view());
        const auto to = zones.of(record.to_zone.view());
        const Result after =
            from && to ? judge(session, next.policy, *from, *to, next_listing(session, lists),
                               lists.infected, lists.next_allowed)
                       : Result{Treatment::NotInspected, "no wire any more"};
        if (before.treatment != after.treatment) {
            result.sessions.push_back({&session, before.treatment, after.treatment, after.why});
            add_host(hosts, result.sessions.back(), lists.infected);
        }
    });
    for (const auto& [address, host] : hosts) {
        result.hosts.push_back(host);
    }
    return result;
}

std::string impact_text(const Impact& impact) {
    std::string text = "Impact on the last " + count_text(impact.sessions_seen, "session") + ":\n";
    if (impact.sessions.empty()) {
        return text + "  none would have been treated differently\n";
    }
    text += summary_line(impact, "would have been blocked", [](const SessionImpact& change) {
        return blocks(change.after) && !blocks(change.before);
    });
    text += summary_line(impact, "would not have been blocked", [](const SessionImpact& change) {
        return blocks(change.before) && !blocks(change.after);
    });
    text += summary_line(impact, "would have been inspected", [](const SessionImpact& change) {
        return change.before == Treatment::NotInspected && !blocks(change.after);
    });
    text += summary_line(impact, "would not have been inspected", [](const SessionImpact& change) {
        return change.after == Treatment::NotInspected && !blocks(change.before);
    });
    text +=
        summary_line(impact, "would have been treated otherwise", [](const SessionImpact& change) {
            return blocks(change.before) == blocks(change.after) &&
                   change.before != Treatment::NotInspected &&
                   change.after != Treatment::NotInspected;
        });
    if (!impact.hosts.empty()) {
        text += "Infected hosts:\n";
        for (const HostImpact& host : impact.hosts) {
            text += "  " + net::to_string(host.host) + ": " + std::string(name_of(host.before)) +
                    ", would be " + std::string(name_of(host.after)) + " (" +
                    count_text(host.sessions, "session") + ")\n";
        }
    }
    text += "Sessions:\n";
    for (std::size_t i = 0; i < std::min(impact.sessions.size(), kMostListed); ++i) {
        text += session_line(impact.sessions[i]);
    }
    if (impact.sessions.size() > kMostListed) {
        text += "  and " + std::to_string(impact.sessions.size() - kMostListed) + " more\n";
    }
    return text;
}

}  // namespace eti::control
