#include "eti/intel/infected_hosts.h"

#include "intel/mix.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace eti::intel {
namespace {

void order_by_address(std::vector<InfectedHost>& hosts) {
    std::sort(hosts.begin(), hosts.end(),
              [](const InfectedHost& a, const InfectedHost& b) { return a.ip < b.ip; });
}

}  // namespace

uint64_t InfectedHosts::Slot::prefix(const net::IpAddress& ip) {
    return mix(ip.bytes());
}

// The last one of an address comes first, which is the one that stays. Equal reasons become one.
std::vector<InfectedHosts::Slot> InfectedHosts::slots_of(std::vector<InfectedHost> hosts) {
    std::unordered_map<std::string_view, SharedText> reasons;
    std::vector<Slot> slots(hosts.size());
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        InfectedHost& host = hosts[hosts.size() - 1 - i];
        host.reason = reasons.try_emplace(host.reason, host.reason).first->second;
        static_cast<InfectedHost&>(slots[i]) = std::move(host);
    }
    return slots;
}

InfectedHosts::InfectedHosts(std::vector<InfectedHost> hosts)
    : hosts_(slots_of(std::move(hosts))) {}

InfectedHosts InfectedHosts::with(std::vector<InfectedHost> added,
                                  std::vector<net::IpAddress> removed) const {
    InfectedHosts next;
    next.hosts_ = hosts_.with(slots_of(std::move(added)), std::move(removed));
    return next;
}

const InfectedHost* InfectedHosts::lookup(const net::IpAddress& ip, Timestamp now) const {
    const InfectedHost* host = hosts_.find(ip);
    return host != nullptr && !host->expired(now) ? host : nullptr;
}

std::vector<InfectedHost> InfectedHosts::entries() const {
    std::vector<InfectedHost> hosts;
    hosts.reserve(size());
    each([&](const InfectedHost& host) { hosts.push_back(host); });
    order_by_address(hosts);
    return hosts;
}

std::vector<InfectedHost> InfectedHosts::missing_in(const InfectedHosts& other) const {
    std::vector<InfectedHost> hosts;
    hosts_.each_missing(other.hosts_, [&](const Slot& slot) { hosts.push_back(slot); });
    order_by_address(hosts);
    return hosts;
}

std::size_t InfectedHosts::memory_bytes() const {
    return hosts_.memory_bytes();
}

}  // namespace eti::intel
