#include "eti/intel/infected_hosts.h"

#include "intel/mix.h"

#include <algorithm>
#include <utility>

namespace eti::intel {
namespace {

// keep_last leaves one entry per address, the last given, ordered by address.
void keep_last(std::vector<InfectedHost>& hosts) {
    std::stable_sort(hosts.begin(), hosts.end(),
                     [](const auto& a, const auto& b) { return a.ip < b.ip; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const bool superseded = i + 1 < hosts.size() && hosts[i + 1].ip == hosts[i].ip;
        if (superseded) {
            continue;
        }
        if (kept != i) {
            hosts[kept] = std::move(hosts[i]);
        }
        ++kept;
    }
    hosts.resize(kept);
}

}  // namespace

InfectedHosts::InfectedHosts(std::vector<InfectedHost> hosts) : hosts_(std::move(hosts)) {
    keep_last(hosts_);
    if (hosts_.empty()) {
        return;
    }
    slots_.resize(slots_for(hosts_.size()));
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        std::size_t at = mix(hosts_[i].ip.bytes()) & (slots_.size() - 1);
        while (slots_[at] != 0) {
            at = (at + 1) & (slots_.size() - 1);
        }
        slots_[at] = static_cast<uint32_t>(i + 1);
    }
}

const InfectedHost* InfectedHosts::lookup(const net::IpAddress& ip, Timestamp now) const {
    if (slots_.empty()) {
        return nullptr;
    }
    std::size_t at = mix(ip.bytes()) & (slots_.size() - 1);
    while (slots_[at] != 0) {
        const InfectedHost& host = hosts_[slots_[at] - 1];
        if (host.ip == ip) {
            return host.expired(now) ? nullptr : &host;
        }
        at = (at + 1) & (slots_.size() - 1);
    }
    return nullptr;
}

}  // namespace eti::intel
