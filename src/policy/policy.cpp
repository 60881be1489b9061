#include "eti/policy/policy.h"

#include "eti/net/ip_address.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::policy {
namespace {

constexpr std::string_view kAnyZone = "any";
constexpr std::string_view kInfectedHostsFeed = "Infected-Hosts";
constexpr unsigned kCertainThreatLevel = 10;

// An empty list is the keyword "any".
bool selects(const std::vector<net::IpRange>& ranges, const net::IpAddress& address) {
    return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
               return range.contains(address);
           });
}

bool selects(const std::vector<PortRange>& applications, const Selector& selector) {
    const auto matches = [&](const PortRange& range) {
        return (range.protocol == 0 || range.protocol == selector.protocol) &&
               range.first <= selector.destination_port && selector.destination_port <= range.last;
    };
    return applications.empty() || std::any_of(applications.begin(), applications.end(), matches);
}

bool has_level(const Profile::Rule& rule, unsigned threat_level) {
    return threat_level < rule.threat_levels.size() && rule.threat_levels[threat_level];
}

bool names_feed(const Profile::Rule& rule, std::string_view feed) {
    return std::find(rule.feeds.begin(), rule.feeds.end(), feed) != rule.feeds.end();
}

}  // namespace

Decision Profile::decide(unsigned threat_level, std::string_view feed) const {
    for (const Rule& rule : rules) {
        if (names_feed(rule, feed) && has_level(rule, threat_level)) {
            return rule.decision;
        }
    }
    for (const Rule& rule : rules) {
        if (rule.feeds.empty() && has_level(rule, threat_level)) {
            return rule.decision;
        }
    }
    return default_decision;
}

const ZonePair* Policy::find_pair(std::string_view from, std::string_view to) const {
    // The most exact context wins, whatever the order of the statements.
    const std::pair<std::string_view, std::string_view> names[] = {
        {from, to}, {from, kAnyZone}, {kAnyZone, to}, {kAnyZone, kAnyZone}};
    for (const auto& [from_name, to_name] : names) {
        for (const ZonePair& pair : pairs_) {
            if (pair.from == from_name && pair.to == to_name) {
                return &pair;
            }
        }
    }
    return nullptr;
}

const Rule* Policy::match_rule(const ZonePair& pair, const Selector& selector) {
    for (const Rule& rule : pair.rules) {
        if (selects(rule.sources, selector.source) &&
            selects(rule.destinations, selector.destination) &&
            selects(rule.applications, selector)) {
            return &rule;
        }
    }
    return nullptr;
}

Decision Policy::decide_certificate(const Rule& rule, unsigned threat_level,
                                    std::string_view feed) {
    if (rule.certificates) {
        return rule.certificates->decide(threat_level, feed);
    }
    const bool certain = threat_level >= kCertainThreatLevel;
    return {.action = certain ? Enforcement::BlockClose : Enforcement::Permit, .log = true};
}

Decision Policy::decide_infected_host(const Rule& rule, unsigned threat_level) {
    return rule.infected_hosts ? rule.infected_hosts->decide(threat_level, kInfectedHostsFeed)
                               : Decision{};
}

Policy Policy::inspect_everything(std::string from, std::string to) {
    Profile certificates;
    certificates.name = "listed-certificates";
    certificates.default_decision = {.action = Enforcement::BlockClose, .log = true};
    Profile infected_hosts;
    infected_hosts.name = "infected-hosts";
    infected_hosts.default_decision = {.action = Enforcement::BlockDrop, .log = true};

    Rule rule;
    rule.name = "everything";
    rule.certificates = std::move(certificates);
    rule.infected_hosts = std::move(infected_hosts);
    rule.security_intelligence_policy = "everything";

    ZonePair pair;
    pair.from = std::move(from);
    pair.to = std::move(to);
    pair.streaming = MetadataStreaming{.name = "everything", .log = true};
    pair.rules.push_back(std::move(rule));
    return Policy({std::move(pair)});
}

}  // namespace eti::policy
