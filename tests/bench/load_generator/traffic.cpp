#include "traffic.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

namespace eti::bench {

const std::vector<std::string>& mode_names() {
    static const std::vector<std::string> names = {"handshake", "bulk", "mix", "scan", "halfopen"};
    return names;
}

std::vector<Share> traffic_of(std::string_view mode, unsigned segments) {
    if (mode == "handshake") {
        return {{tls12_session()}};
    }
    if (mode == "bulk") {
        return {{bulk_session(1)}};
    }
    if (mode == "scan") {
        return {{syn_session()}};
    }
    if (mode == "halfopen") {
        return {{half_open_session(segments)}};
    }
    if (mode != "mix") {
        throw std::runtime_error("there is no mode '" + std::string(mode) + "'");
    }
    // Shares of bytes as in an office: more than half TLS, some of it tagged or IPv6.
    return {{tls12_session(), 20},
            {tls12_session({.ipv6 = true}), 5},
            {tls12_session({.vlans = {100}}), 5},
            {tls13_session(), 20},
            {tls13_session({.ipv6 = true, .vlans = {100, 7}}), 10},
            {bulk_session(1), 20},
            {http_session(), 10},
            {udp_session(), 9.9},
            {arp_session(), 0.1}};
}

Traffic::Traffic(std::vector<Share> shares, uint32_t flows) : slots_(flows) {
    // A kind's share of flows is its share of bytes over the bytes of one session.
    constexpr double kOrder = 4096;
    double total = 0;
    for (const Share& share : shares) {
        total += share.bytes / static_cast<double>(share.session.bytes());
    }
    for (Share& share : shares) {
        const double part = share.bytes / static_cast<double>(share.session.bytes()) / total;
        const auto count = std::max(1.0, part * kOrder);
        order_.insert(order_.end(), static_cast<std::size_t>(count),
                      static_cast<uint16_t>(sessions_.size()));
        sessions_.push_back(std::move(share.session));
    }
    std::shuffle(order_.begin(), order_.end(), std::mt19937(1));
    for (Slot& slot : slots_) {
        renew(slot);
    }
}

void Traffic::renew(Slot& slot) {
    slot.session = order_[next_flow_ % order_.size()];
    slot.flow = next_flow_++;
    slot.position = 0;
}

Traffic::Next Traffic::next() {
    Slot& slot = slots_[turn_];
    turn_ = turn_ + 1 < slots_.size() ? turn_ + 1 : 0;
    const SessionTemplate& session = sessions_[slot.session];
    const Next next{&session.packets[slot.position], slot.flow};
    if (++slot.position == session.packets.size()) {
        renew(slot);
    }
    return next;
}

}  // namespace eti::bench
