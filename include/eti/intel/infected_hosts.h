// Infected hosts: internal addresses the analysis service put above the threshold.
#pragma once

#include "eti/base/clock.h"
#include "eti/intel/threat_level.h"
#include "eti/net/ip_address.h"

#include <span>
#include <string>
#include <vector>

namespace eti::intel {

struct InfectedHost {
    net::IpAddress ip;
    ThreatLevel threat_level = kMaxThreatLevel;
    std::string reason;
    Timestamp since{};
    Timestamp expires{};  // Timestamp{}: never

    bool expired(Timestamp now) const { return expires != Timestamp{} && now >= expires; }
};

// InfectedHosts never changes after construction; lookup is one hash probe, any thread.
class InfectedHosts {
  public:
    InfectedHosts() = default;
    explicit InfectedHosts(std::vector<InfectedHost> hosts);  // one entry per address, last wins

    // lookup returns null when the address is not listed or its entry has expired at now.
    const InfectedHost* lookup(const net::IpAddress& ip, Timestamp now) const;
    std::span<const InfectedHost> entries() const { return hosts_; }  // ordered by address
    bool empty() const { return hosts_.empty(); }

  private:
    std::vector<InfectedHost> hosts_;
    std::vector<uint32_t> slots_;  // open addressing into hosts_: index plus one, 0 empty
};

}  // namespace eti::intel
