// What the tables in force say about hosts, servers and certificates.
#pragma once

#include "eti/base/clock.h"
#include "eti/flow/flow.h"
#include "eti/inspect/inspector.h"

#include <array>
#include <cstdint>
#include <vector>

namespace eti::inspect {

struct Selection {
    const policy::ZonePair* pair = nullptr;
    const policy::Rule* rule = nullptr;

    bool inspected() const {
        return pair != nullptr && rule != nullptr && pair->streaming.has_value();
    }
};

// HostDecision: an infected host was found and this is what its policy says.
struct HostDecision {
    bool found = false;  // false: no infected host, or no policy for it
    intel::InfectedHosts::Found host{};
    Selection selection;
    policy::Decision decision;
    bool host_is_sender = true;

    bool blocks() const { return decision.action != policy::Enforcement::Permit; }
};

// Judge pins the tables for one burst. Pointers it returns are valid until the next pin.
class Judge {
  public:
    Judge(const Tables& tables, std::vector<WireZones> wires);

    void pin(Timestamp now);
    // Changes whenever any table changed.
    uint32_t generation() const { return generation_; }

    // select finds the policy for a session whose client sends from client_side.
    Selection select(uint8_t wire, uint8_t client_side, const policy::Selector& selector) const;
    uint8_t client_side(uint8_t wire, uint8_t sender_side, bool sender_is_client) const;

    // judge_hosts looks at both ends of a packet; the selector's source sends from sender_side.
    HostDecision judge_hosts(uint8_t wire, uint8_t sender_side,
                             const policy::Selector& selector) const;
    bool any_infected() const { return !infected_hosts_->empty(); }

    const intel::Sha1Blocklist& blocklist() const { return *blocklist_; }
    const intel::Allowlist& allowlist() const { return *allowlist_; }
    const policy::Exceptions& exceptions() const { return policy_->exceptions(); }

  private:
    HostDecision judge_host(uint8_t wire, uint8_t side, const policy::Selector& selector) const;
    void bind();

    const Tables& tables_;
    std::vector<WireZones> wires_;
    std::vector<std::array<const policy::ZonePair*, 2>> pairs_;  // per wire, by the client's side
    const policy::Policy* policy_ = nullptr;
    const policy::Policy* bound_ = nullptr;  // whose zone pairs pairs_ points at
    const intel::Sha1Blocklist* blocklist_ = nullptr;
    const intel::InfectedHosts* infected_hosts_ = nullptr;
    const intel::Allowlist* allowlist_ = nullptr;
    std::array<uint32_t, 4> seen_{};  // generations of the four tables
    Timestamp now_{};
    uint32_t generation_ = 0;
};

// selector_of describes a packet as its sender's session.
policy::Selector selector_of(const net::PacketView& view);
// selector_of describes a flow as its client's session.
policy::Selector selector_of(const flow::Flow& flow);

}  // namespace eti::inspect
