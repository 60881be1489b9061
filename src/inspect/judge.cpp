#include "judge.h"

#include <utility>

namespace eti::inspect {

policy::Selector selector_of(const net::PacketView& view) {
    return {view.source, view.destination, view.protocol, view.source_port, view.destination_port};
}

policy::Selector selector_of(const flow::Flow& flow) {
    policy::Selector selector{flow.key.low, flow.key.high, flow.key.protocol, flow.key.low_port,
                              flow.key.high_port};
    if (!flow.client_is_low) {
        std::swap(selector.source, selector.destination);
        std::swap(selector.source_port, selector.destination_port);
    }
    return selector;
}

Judge::Judge(const Tables& tables, std::vector<WireZones> wires)
    : tables_(tables), wires_(std::move(wires)), pairs_(wires_.size()) {}

void Judge::pin(Timestamp now) {
    now_ = now;
    // The generation is read before the table: a flow judged by a newer table under an older
    // number is only judged once more.
    const std::array<uint32_t, 4> generations{
        tables_.policy.generation(), tables_.blocklist.generation(),
        tables_.infected_hosts.generation(), tables_.allowlist.generation()};
    policy_ = tables_.policy.read();
    blocklist_ = tables_.blocklist.read();
    infected_hosts_ = tables_.infected_hosts.read();
    allowlist_ = tables_.allowlist.read();
    // Both are compared: a new table may stand at a freed one's address.
    if (policy_ != bound_ || generations[0] != seen_[0]) {
        bind();
    }
    if (generations != seen_) {
        seen_ = generations;
        ++generation_;
    }
}

void Judge::bind() {
    bound_ = policy_;
    for (std::size_t i = 0; i < wires_.size(); ++i) {
        const auto& zones = wires_[i].zones;
        pairs_[i][0] = policy_->find_pair(zones[0], zones[1]);
        pairs_[i][1] = wires_[i].client_always_on_first_side
                           ? pairs_[i][0]
                           : policy_->find_pair(zones[1], zones[0]);
    }
}

Selection Judge::select(uint8_t wire, uint8_t client_side, const policy::Selector& selector) const {
    const policy::ZonePair* pair = pairs_[wire][client_side];
    return {pair, pair == nullptr ? nullptr : policy::Policy::match_rule(*pair, selector)};
}

uint8_t Judge::client_side(uint8_t wire, uint8_t sender_side, bool sender_is_client) const {
    if (wires_[wire].client_always_on_first_side) {
        return 0;
    }
    return sender_is_client ? sender_side : static_cast<uint8_t>(1 - sender_side);
}

HostDecision Judge::judge_host(uint8_t wire, uint8_t side, const policy::Selector& selector) const {
    intel::InfectedHosts::Found host{};
    if (!infected_hosts_->lookup(selector.source, now_, host)) {
        return {};
    }
    const Selection selection = select(wire, side, selector);
    if (selection.rule == nullptr) {
        return {};
    }
    const auto decision = policy::Policy::decide_infected_host(*selection.rule, host.threat_level);
    return {true, host, selection, decision, true};
}

HostDecision Judge::judge_hosts(uint8_t wire, uint8_t sender_side,
                                const policy::Selector& selector) const {
    if (infected_hosts_->empty()) {
        return {};
    }
    const HostDecision sender = judge_host(wire, sender_side, selector);
    if (sender.blocks()) {
        return sender;
    }
    const policy::Selector mirror{selector.destination, selector.source, selector.protocol,
                                  selector.destination_port, selector.source_port};
    HostDecision receiver = judge_host(wire, static_cast<uint8_t>(1 - sender_side), mirror);
    receiver.host_is_sender = false;
    return receiver.blocks() || !sender.found ? receiver : sender;
}

}  // namespace eti::inspect
