// Which traffic is inspected and what a verdict does: the compiled form of security policies,
// metadata-streaming policies and SecIntel profiles. Immutable; read by workers, any thread.
#pragma once

#include "eti/net/ip_address.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::policy {

enum class Enforcement : uint8_t { Permit, BlockDrop, BlockClose };

struct Decision {
    Enforcement action = Enforcement::Permit;
    bool log = false;

    bool operator==(const Decision&) const = default;
};

// Profile is one SecIntel profile. Lookup order is the vendor's: a rule naming the feed, then the
// rules by threat level, then the default rule.
class Profile {
  public:
    struct Rule {
        std::string name;
        std::vector<std::string> feeds;        // empty: any feed
        std::array<bool, 11> threat_levels{};  // index 1..10
        Decision decision;
    };

    std::string name;
    std::vector<Rule> rules;
    Decision default_decision;

    Decision decide(unsigned threat_level, std::string_view feed) const;
};

struct PortRange {
    uint8_t protocol = 0;  // IP protocol; 0: any
    uint16_t first = 0;
    uint16_t last = 65535;
};

// Rule is one security policy of a zone pair; the first match decides.
struct Rule {
    std::string name;
    std::vector<net::IpRange> sources;         // empty: any
    std::vector<net::IpRange> destinations;    // empty: any
    std::vector<PortRange> applications;       // empty: any
    std::optional<Profile> certificates;       // category CC of the rule's SecIntel policy
    std::optional<Profile> infected_hosts;     // category Infected-Hosts
    std::string security_intelligence_policy;  // empty: none
};

struct MetadataStreaming {
    std::string name;
    bool log = false;             // http notification log: every session
    bool log_detections = false;  // only sessions with a detection
};

// ZonePair is one "from-zone X to-zone Y" context.
struct ZonePair {
    std::string from;
    std::string to;
    std::optional<MetadataStreaming> streaming;  // absent: sessions are not inspected
    std::vector<Rule> rules;
};

// What a session's first packet asks; ports in host order, 0 where the protocol has none.
struct Selector {
    net::IpAddress source;
    net::IpAddress destination;
    uint8_t protocol = 0;
    uint16_t source_port = 0;
    uint16_t destination_port = 0;
};

// Exceptions says which sessions are cut because a fault keeps them from being judged; all others
// are forwarded. The last two hold while the fault does.
struct Exceptions {
    bool out_of_resources = false;    // a table or budget is full
    bool service_not_ready = false;   // new sessions, while the analysis service is away
    bool submission_timeout = false;  // new sessions, while records wait for too long

    bool operator==(const Exceptions&) const = default;
};

class Policy {
  public:
    Policy() = default;  // selects nothing
    explicit Policy(std::vector<ZonePair> pairs, Exceptions exceptions = {})
        : pairs_(std::move(pairs)), exceptions_(exceptions) {}

    // find_pair returns null when the two zones have no context.
    const ZonePair* find_pair(std::string_view from, std::string_view to) const;
    const std::vector<ZonePair>& pairs() const { return pairs_; }
    const Exceptions& exceptions() const { return exceptions_; }

    // match_rule returns the first rule that selects the traffic, or null: forward uninspected.
    static const Rule* match_rule(const ZonePair& pair, const Selector& selector);
    // decide_certificate: what a listed certificate means under a rule. Without a profile for
    // category CC a hit at level 10 is closed and lower levels are only logged.
    static Decision decide_certificate(const Rule& rule, unsigned threat_level,
                                       std::string_view feed);
    // decide_infected_host: without an Infected-Hosts profile nothing is enforced.
    static Decision decide_infected_host(const Rule& rule, unsigned threat_level);

    // inspect_everything: one zone pair, every flow selected, listed certificates closed, infected
    // hosts dropped. What replay does without a configuration.
    static Policy inspect_everything(std::string from, std::string to);

  private:
    std::vector<ZonePair> pairs_;
    Exceptions exceptions_;
};

}  // namespace eti::policy
