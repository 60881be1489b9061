// Infected hosts: internal addresses the analysis service put above the threshold.
#pragma once

#include "eti/base/clock.h"
#include "eti/intel/paged_table.h"
#include "eti/intel/shared_text.h"
#include "eti/intel/threat_level.h"
#include "eti/net/ip_address.h"

#include <vector>

namespace eti::intel {

struct InfectedHost {
    net::IpAddress ip;
    ThreatLevel threat_level = kMaxThreatLevel;
    SharedText reason;
    Timestamp since{};
    Timestamp expires{};  // Timestamp{}: never

    bool expired(Timestamp now) const { return expires != Timestamp{} && now >= expires; }
};

// InfectedHosts never changes after construction; lookup takes about one access to memory, any
// thread. The next version shares what did not change.
class InfectedHosts {
  public:
    InfectedHosts() = default;
    explicit InfectedHosts(std::vector<InfectedHost> hosts);  // one entry per address, last wins

    // with is the table without the removed addresses and then with the added hosts.
    InfectedHosts with(std::vector<InfectedHost> added, std::vector<net::IpAddress> removed) const;

    // lookup returns null when the address is not listed or its entry has expired at now.
    const InfectedHost* lookup(const net::IpAddress& ip, Timestamp now) const;
    std::vector<InfectedHost> entries() const;  // ordered by address; a copy of all
    std::size_t size() const { return hosts_.size(); }
    bool empty() const { return hosts_.empty(); }
    std::size_t memory_bytes() const;  // reasons not counted

    // each visits all hosts, in the table's own order.
    template <typename Visit>
    void each(Visit&& visit) const {
        hosts_.each([&](const Slot& slot) {
            visit(static_cast<const InfectedHost&>(slot));
            return true;
        });
    }
    // missing_in are the hosts whose addresses other does not list, ordered by address.
    std::vector<InfectedHost> missing_in(const InfectedHosts& other) const;

  private:
    // Neighbouring addresses are spread over the pages.
    struct Slot : InfectedHost {
        const net::IpAddress& key() const { return ip; }
        static uint64_t prefix(const net::IpAddress& ip);
    };
    static std::vector<Slot> slots_of(std::vector<InfectedHost> hosts);

    PagedTable<Slot> hosts_;
};

}  // namespace eti::intel
