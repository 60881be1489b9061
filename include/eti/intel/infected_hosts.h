// Infected hosts: internal addresses the analysis service put above the threshold.
#pragma once

#include "eti/base/clock.h"
#include "eti/intel/paged_table.h"
#include "eti/intel/text_numbers.h"
#include "eti/intel/threat_level.h"
#include "eti/net/ip_address.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
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

// InfectedHosts never changes after construction; lookup takes about one access to memory and does
// not allocate, any thread. The next version shares what did not change.
class InfectedHosts {
  public:
    struct Found {
        ThreatLevel threat_level;
        std::string_view reason;  // borrows from the table
        Timestamp expires;
    };

    InfectedHosts() = default;
    explicit InfectedHosts(const std::vector<InfectedHost>& hosts);  // of one address the last wins

    // with is the table without the removed addresses and then with the added hosts.
    InfectedHosts with(const std::vector<InfectedHost>& added,
                       const std::vector<net::IpAddress>& removed) const;

    // lookup returns false when the address is not listed or its entry has expired at now.
    bool lookup(const net::IpAddress& ip, Timestamp now, Found& found) const;
    std::vector<InfectedHost> entries() const;  // ordered by address; a copy of all
    std::size_t size() const { return v4_.size() + v6_.size(); }
    bool empty() const { return size() == 0; }
    std::size_t memory_bytes() const;

    // missing_in are the hosts whose addresses other does not list, ordered by address.
    std::vector<InfectedHost> missing_in(const InfectedHosts& other) const;
    // expired_at are the addresses of the hosts whose time is over; next becomes the smallest time
    // at which another's is, or stays.
    std::vector<net::IpAddress> expired_at(Timestamp now, Timestamp& next) const;

  private:
    template <typename Address>
    struct Slot {
        Address address{};
        uint32_t reason : 24 = 0;  // number in reasons_
        uint32_t threat_level : 8 = 0;
        Timestamp since{};
        Timestamp expires{};

        bool used() const { return reason != 0; }
        const Address& key() const { return address; }
        // Neighbouring addresses are spread over the pages.
        static uint64_t prefix(const Address& address);
    };
    using V4Slot = Slot<uint32_t>;
    using V6Slot = Slot<net::IpAddress>;
    static_assert(sizeof(V4Slot) == 24);

    class Builder;

    template <typename AnySlot>
    InfectedHost host_in(const AnySlot& slot) const;
    InfectedHosts built_again() const;

    // Most are IPv4, which fit half a line.
    PagedTable<V4Slot> v4_;
    PagedTable<V6Slot> v6_;
    std::shared_ptr<const Texts> reasons_;
};

}  // namespace eti::intel
