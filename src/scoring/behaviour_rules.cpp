#include "scoring/behaviour_rules.h"

#include "eti/scoring/behaviour.h"

#include <cmath>
#include <cstdio>
#include <span>

namespace eti::analysis {
namespace {

using features::DestinationFacts;
using features::Feature;

constexpr intel::ThreatLevel kMalware = 7;
constexpr intel::ThreatLevel kSuspicious = 4;
constexpr intel::ThreatLevel kUnnamed = 7;
constexpr intel::ThreatLevel kRepeated = 2;
constexpr intel::ThreatLevel kOftenRepeated = 3;
constexpr intel::ThreatLevel kUnvouched = 4;
constexpr intel::ThreatLevel kRegular = 3;
constexpr intel::ThreatLevel kMoreDestinations = 1;
constexpr uint32_t kOften = 3;  // sessions
// Without its DNS in sight a client may well have looked names up: one server more is asked for.
constexpr float kUnnamedServers = 3;
constexpr float kUnnamedWithoutDns = 4;
constexpr uint32_t kFewClients = 3;
constexpr std::size_t kReasonsNamed = 2;
constexpr uint32_t kPopularRank = 10'000;

std::string decimals(double value, const char* format) {
    char text[48];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

// Reasons say the same for all sessions of a kind, so that a host's ledger groups them; details
// carry the values.
Evidence evidence(std::string_view kind, intel::ThreatLevel level, const std::string& reason,
                  std::string detail) {
    Evidence made;
    made.kind = kind;
    made.level = level;
    made.reason = made.kind + ": " + reason;
    made.detail = std::move(detail);
    return made;
}

std::string listed(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) {
        text.append(text.empty() ? "" : between).append(part);
    }
    return text;
}

void judge_session(const SessionFacts& facts, std::vector<Evidence>& found) {
    if (!facts.above_low()) {
        return;
    }
    const bool high = facts.score >= facts.thresholds.high;
    std::vector<std::string> plain;
    std::vector<std::string> all;
    for (const Feature feature : facts.raising) {
        all.push_back(sentence(feature, facts.session.values[feature]));
        if (is_plain(feature) && plain.size() < kReasonsNamed) {
            plain.push_back(all.back());
        }
    }
    for (const Feature hint : {Feature::dynamic_dns, Feature::free_authority}) {
        if (facts.session.values[hint] == 1) {
            all.push_back(sentence(hint, 1));  // of no weight, but an analyst asks
        }
    }
    const std::string why = plain.empty() ? "" : " (" + listed(plain, ", ") + ")";
    const float threshold = high ? facts.thresholds.high : facts.thresholds.low;
    found.push_back(evidence("session-model", high ? kMalware : kSuspicious,
                             (high ? "suspected malware" : "suspicious session") + why,
                             "session with " + server_text(facts.record, facts.session) +
                                 " scored " + decimals(facts.score, "%.3f") + ", above " +
                                 decimals(threshold, "%.3f") + ", which one benign session in " +
                                 (high ? "1,000" : "100") + " reaches: " + listed(all, "; ")));
    found.back().version = facts.model_version;
}

void judge_unnamed(const SessionFacts& facts, std::vector<Evidence>& found) {
    const float servers = facts.session.values[Feature::nameless_servers];
    const float many = facts.session.dns_visible ? kUnnamedServers : kUnnamedWithoutDns;
    if (facts.session.name.empty() && servers >= many) {
        found.push_back(evidence("unnamed-servers", kUnnamed, "servers that nobody named",
                                 decimals(servers, "%.0f") +
                                     " servers within an hour that neither the client nor DNS"
                                     " named, " +
                                     server_text(facts.record, facts.session) + " among them"));
    }
}

// Only beside one of these does a timer or a burst say anything: update services are timers too.
bool is_suspicious(const SessionFacts& facts) {
    return facts.above_low() || facts.session.values[Feature::issuer_known] == 0 ||
           facts.session.values[Feature::self_signed] == 1 ||
           (facts.session.dns_visible && facts.session.name.empty());
}

std::string beacon_text(const DestinationFacts& facts) {
    if (facts.regular_starts()) {
        return "sessions start every " + decimals(facts.interval_s, "%.1f s");
    }
    return "data every " + decimals(facts.gap_s, "%.1f s") + " inside one session";
}

void judge_destination(const SessionFacts& facts, std::vector<Evidence>& found) {
    const DestinationFacts& destination = facts.destination;
    const bool repeated = facts.above_low() && destination.above_low >= 2;
    const bool timed = destination.clients <= kFewClients && is_suspicious(facts) &&
                       (destination.beacon() || destination.burst());
    if (!repeated && !timed) {
        return;
    }
    const std::string server = server_text(facts.record, facts.session);
    if (repeated) {
        found.push_back(evidence(
            "repeated-sessions", destination.above_low >= kOften ? kOftenRepeated : kRepeated,
            "suspicious sessions with one server",
            decimals(destination.above_low, "%.0f") + " suspicious sessions with " + server));
    }
    if (timed && destination.beacon()) {
        // Two things that do not depend on each other: the timer, and that nobody knows the server.
        if (facts.session.values[Feature::issuer_known] == 0 ||
            facts.session.values[Feature::self_signed] == 1) {
            found.push_back(
                evidence("unvouched-beacon", kUnvouched,
                         "no known authority vouches for the server of a beacon",
                         "no known authority vouches for the certificate of " + server));
        }
        found.push_back(evidence("beacon", kRegular, "regular traffic to one server",
                                 beacon_text(destination) + " with " + server));
    } else if (timed) {
        found.push_back(evidence("session-burst", kRegular, "many sessions with one server",
                                 decimals(destination.sessions_hour, "%.0f") +
                                     " sessions within an hour with " + server));
    }
}

void judge_client(const SessionFacts& facts, std::vector<Evidence>& found) {
    if (facts.bad_destinations >= 2) {
        found.push_back(evidence("more-destinations", kMoreDestinations,
                                 "suspicious sessions with several servers",
                                 decimals(facts.bad_destinations, "%.0f") +
                                     " servers within a day had suspicious sessions, " +
                                     server_text(facts.record, facts.session) + " among them"));
    }
}

}  // namespace

std::vector<Evidence> behaviour_evidence(const SessionFacts& facts) {
    std::vector<Evidence> found;
    judge_session(facts, found);
    judge_unnamed(facts, found);
    judge_destination(facts, found);
    judge_client(facts, found);
    return found;
}

bool is_usual(const features::Vector& values, std::chrono::seconds after) {
    const auto usual = [&](Feature age, Feature clients) {
        return std::pow(10.0, double{values[age]}) - 1 >= static_cast<double>(after.count()) &&
               values[clients] > static_cast<float>(kFewClients);
    };
    const float rank = values[Feature::popularity];
    if (rank <= static_cast<float>(std::log10(1.0 + kPopularRank)) &&
        values[Feature::chain_verifies] == 1 && values[Feature::name_matches] == 1) {
        return true;
    }
    return after.count() > 0 && (usual(Feature::name_age, Feature::name_clients) ||
                                 usual(Feature::leaf_age, Feature::leaf_clients) ||
                                 usual(Feature::issuer_age, Feature::issuer_clients));
}

std::string server_text(const metadata::Record& record, const features::Session& session) {
    std::string text =
        net::to_string(record.server.ip) + " port " + std::to_string(record.server.port);
    return session.name.empty() ? text : session.name + " (" + text + ")";
}

}  // namespace eti::analysis
