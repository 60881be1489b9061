#include "traffic.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <stdexcept>
#include <utility>

namespace eti::bench {

namespace {

// Packets of a session that is measured once it is established: more than a run has for each.
unsigned long_enough(uint32_t flows) {
    constexpr uint64_t kRun = 60'000'000;
    return static_cast<unsigned>(std::clamp<uint64_t>(kRun / flows, 400, 60'000));
}

}  // namespace

const std::vector<std::string>& mode_names() {
    static const std::vector<std::string> names = {"handshake",   "small", "large", "young-small",
                                                   "young-large", "bulk",  "mix",   "scan",
                                                   "flood",       "probe", "plain", "halfopen"};
    return names;
}

std::vector<Share> traffic_of(std::string_view mode, uint32_t flows, unsigned segments) {
    const unsigned packets = long_enough(flows);
    if (mode == "handshake") {
        return {{tls12_session()}};
    }
    if (mode == "small") {
        return {{small_session(packets)}};
    }
    if (mode == "large") {
        return {{large_session(packets)}};
    }
    if (mode == "young-small") {
        return {{young_small_session(packets)}};
    }
    if (mode == "young-large") {
        return {{young_large_session(packets)}};
    }
    if (mode == "bulk") {
        return {{bulk_session(1)}};
    }
    if (mode == "scan") {
        return {{syn_session()}};
    }
    if (mode == "flood") {
        return {{small_session(200)}};
    }
    if (mode == "probe") {
        return {{probe_session(packets)}};
    }
    if (mode == "plain") {
        return {{plain_session(packets)}};
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
        first_.insert(first_.end(), static_cast<std::size_t>(count),
                      static_cast<uint32_t>(packets_.size()));
        share.session.packets.back().last = true;
        opening_rounds_ = share.session.opening;
        std::move(share.session.packets.begin(), share.session.packets.end(),
                  std::back_inserter(packets_));
    }
    std::shuffle(first_.begin(), first_.end(), std::mt19937(1));
    for (Slot& slot : slots_) {
        renew(slot);
    }
    next_group();
}

// next_group: the next one to open; after the last, all of them.
void Traffic::next_group() {
    const bool all = opening_rounds_ == 0 || group_end_ == slots_.size();
    group_ = all ? 0 : group_end_;
    const std::size_t left = slots_.size() - group_;
    group_end_ = all || left < 2 * std::size_t{kGroup} ? slots_.size() : group_ + kGroup;
    rounds_ = all ? UINT32_MAX : opening_rounds_;
    turn_ = group_;
}

void Traffic::next_round() {
    turn_ = group_;
    if (--rounds_ == 0) {
        next_group();
    }
}

void Traffic::renew(Slot& slot) {
    slot.packet = first_[next_flow_ % first_.size()];
    slot.flow = next_flow_++;
}

Traffic::Next Traffic::next() {
    if (syns_due_ > 0) {
        --syns_due_;
        return {&syn_, next_syn_++};
    }
    syns_due_ = syns_per_packet_;
    Slot& slot = slots_[turn_];
    if (++turn_ == group_end_) {
        next_round();
    }
    const Next next{&packets_[slot.packet], slot.flow};
    if (next.packet->last) {
        ++ended_;
        renew(slot);
    } else {
        ++slot.packet;
    }
    return next;
}

const TemplatePacket* Traffic::probe() const {
    const auto probe = std::find_if(packets_.begin(), packets_.end(),
                                    [](const TemplatePacket& p) { return p.stamp_at != 0; });
    return probe == packets_.end() ? nullptr : &*probe;
}

void Traffic::flood(unsigned syns_per_packet) {
    syn_ = syn_session().packets.front();
    syns_per_packet_ = syns_per_packet;
}

}  // namespace eti::bench
