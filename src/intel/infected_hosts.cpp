#include "eti/intel/infected_hosts.h"

#include "intel/mix.h"
#include "intel/v4.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace eti::intel {
namespace {

const net::IpAddress& ip_of(const net::IpAddress& ip) {
    return ip;
}

void order_by_address(std::vector<InfectedHost>& hosts) {
    std::sort(hosts.begin(), hosts.end(),
              [](const InfectedHost& a, const InfectedHost& b) { return a.ip < b.ip; });
}

}  // namespace

template <typename Address>
uint64_t InfectedHosts::Slot<Address>::prefix(const Address& address) {
    if constexpr (std::is_same_v<Address, uint32_t>) {
        return mix(address);
    } else {
        return mix(address.bytes());
    }
}

// Builder makes slots of hosts, for a table whose reasons it begins with.
class InfectedHosts::Builder {
  public:
    explicit Builder(std::shared_ptr<const Texts> reasons = nullptr)
        : reasons_(std::move(reasons)) {}

    // Of several slots with one key a table keeps the first, and here the last host is to stay.
    void add(const std::vector<InfectedHost>& hosts) {
        std::for_each(hosts.rbegin(), hosts.rend(), [&](const InfectedHost& host) { add(host); });
    }
    void add(const InfectedHost& host) {
        const uint32_t reason = reasons_.of(host.reason);
        if (host.ip.is_v4()) {
            v4.push_back(
                {v4_of(host.ip), reason & 0xffffffU, host.threat_level, host.since, host.expires});
        } else {
            v6.push_back(
                {host.ip, reason & 0xffffffU, host.threat_level, host.since, host.expires});
        }
    }
    const std::shared_ptr<const Texts>& reasons() const { return reasons_.texts(); }

    std::vector<V4Slot> v4;
    std::vector<V6Slot> v6;

  private:
    TextNumbers reasons_;
};

InfectedHosts::InfectedHosts(const std::vector<InfectedHost>& hosts)
    : InfectedHosts(InfectedHosts().with(hosts, {})) {}

InfectedHosts InfectedHosts::with(const std::vector<InfectedHost>& added,
                                  const std::vector<net::IpAddress>& removed) const {
    Builder builder(reasons_);
    builder.add(added);
    std::vector<uint32_t> removed_v4;
    std::vector<net::IpAddress> removed_v6;
    for (const net::IpAddress& ip : removed) {
        if (ip.is_v4()) {
            removed_v4.push_back(v4_of(ip));
        } else {
            removed_v6.push_back(ip);
        }
    }
    InfectedHosts next;
    next.v4_ = v4_.with(std::move(builder.v4), std::move(removed_v4));
    next.v6_ = v6_.with(std::move(builder.v6), std::move(removed_v6));
    next.reasons_ = builder.reasons();
    return worth_numbering_again(next.reasons_, next.size()) ? next.built_again() : next;
}

InfectedHosts InfectedHosts::built_again() const {
    return InfectedHosts(entries());
}

template <typename AnySlot>
InfectedHost InfectedHosts::host_in(const AnySlot& slot) const {
    return {ip_of(slot.address), static_cast<ThreatLevel>(slot.threat_level),
            std::string(text_of(*reasons_, slot.reason)), slot.since, slot.expires};
}

bool InfectedHosts::lookup(const net::IpAddress& ip, Timestamp now, Found& found) const {
    const auto take = [&](const auto* slot) {
        if (slot == nullptr || (slot->expires != Timestamp{} && now >= slot->expires)) {
            return false;
        }
        found = {static_cast<ThreatLevel>(slot->threat_level), text_of(*reasons_, slot->reason),
                 slot->expires};
        return true;
    };
    return ip.is_v4() ? take(v4_.find(v4_of(ip))) : take(v6_.find(ip));
}

std::vector<InfectedHost> InfectedHosts::entries() const {
    std::vector<InfectedHost> hosts;
    hosts.reserve(size());
    const auto add = [&](const auto& slot) {
        hosts.push_back(host_in(slot));
        return true;
    };
    v4_.each(add);
    v6_.each(add);
    order_by_address(hosts);
    return hosts;
}

std::vector<InfectedHost> InfectedHosts::missing_in(const InfectedHosts& other) const {
    std::vector<InfectedHost> hosts;
    const auto add = [&](const auto& slot) { hosts.push_back(host_in(slot)); };
    v4_.each_missing(other.v4_, add);
    v6_.each_missing(other.v6_, add);
    order_by_address(hosts);
    return hosts;
}

std::vector<net::IpAddress> InfectedHosts::expired_at(Timestamp now, Timestamp& next) const {
    std::vector<net::IpAddress> gone;
    const auto look = [&](const auto& slot) {
        if (slot.expires != Timestamp{} && now >= slot.expires) {
            gone.push_back(ip_of(slot.address));
        } else if (slot.expires != Timestamp{}) {
            next = std::min(next, slot.expires);
        }
        return true;
    };
    v4_.each(look);
    v6_.each(look);
    return gone;
}

std::size_t InfectedHosts::memory_bytes() const {
    return v4_.memory_bytes() + v6_.memory_bytes() + intel::memory_bytes(reasons_);
}

}  // namespace eti::intel
