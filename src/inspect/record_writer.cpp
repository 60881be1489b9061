#include "record_writer.h"

#include <chrono>
#include <cstring>
#include <utility>

namespace eti::inspect {
namespace {

Counter counter_of(metadata::Visibility visibility) {
    switch (visibility) {
        using enum metadata::Visibility;
        case Certificate:
        case CertificateInherited:
            return Counter::EndedCertificate;
        case Resumed:
            return Counter::EndedResumed;
        case Tls13:
            return Counter::EndedTls13;
        case Quic:
            return Counter::EndedQuic;
        case NoServerHello:
            return Counter::EndedNoServerHello;
        case Incomplete:
            return Counter::EndedIncomplete;
        case Gap:
            return Counter::EndedGap;
        case Budget:
            return Counter::EndedBudget;
    }
    return Counter::EndedIncomplete;
}

std::size_t attempt_slot(const net::IpAddress& client, const net::IpAddress& server) {
    uint64_t a = 0;
    uint64_t b = 0;
    std::memcpy(&a, client.bytes().data() + 8, sizeof a);
    std::memcpy(&b, server.bytes().data() + 8, sizeof b);
    return static_cast<std::size_t>((a * 0x9e3779b97f4a7c15U ^ b * 0xc2b2ae3d27d4eb4fU) >> 54);
}

}  // namespace

// visibility_of is the decision list of docs/schema/session-v1.json: the first match wins.
metadata::Visibility visibility_of(const SessionState& session) {
    using metadata::Visibility;
    if (session.unpacked) {
        return session.counts->visibility;
    }
    if (session.record.certificate.seen) {
        return Visibility::Certificate;
    }
    if (session.record.protocol == metadata::Protocol::Quic) {
        return Visibility::Quic;
    }
    if (session.tls13()) {
        return Visibility::Tls13;
    }
    if (session.server_hello_seen() && session.server_encrypted()) {
        return Visibility::Resumed;
    }
    if (session.gap) {
        return Visibility::Gap;
    }
    if (session.over_budget) {
        return Visibility::Budget;
    }
    return session.server_hello_seen() ? Visibility::Incomplete : Visibility::NoServerHello;
}

metadata::Record* RecordWriter::reserve() {
    metadata::Record* slot = ring_.reserve();
    counters_.add(slot == nullptr ? Counter::RecordRingFull : Counter::RecordsWritten);
    return slot;
}

void RecordWriter::write(const SessionPool& sessions, const flow::Flow& flow, metadata::Phase phase,
                         Timestamp now) {
    const SessionCounts& session = sessions.counts(flow.session);
    const metadata::Visibility visibility = session.state == SessionPool::kNone
                                                ? session.visibility
                                                : visibility_of(sessions.at(flow.session));
    const bool last = phase == metadata::Phase::End;
    if (last) {
        counters_.add(counter_of(visibility));
    }
    metadata::Record* slot = reserve();
    if (slot == nullptr) {
        if (last) {
            counters_.add(Counter::SessionsLostRing);
        }
        return;
    }
    sessions.read_record(flow.session, *slot);
    slot->phase = phase;
    slot->visibility = visibility;
    slot->start = flow.start;
    slot->end = last ? flow.last_seen : now;
    slot->traffic.packets = flow.packets;
    slot->traffic.bytes = flow.bytes;
    slot->traffic.payload = flow.payload;
    slot->traffic.rtt_us = flow.rtt_us;
    slot->traffic.retransmits = session.retransmits;
    for (std::size_t bin = 0; bin < slot->traffic.gaps.size(); ++bin) {
        slot->traffic.gaps[bin] += session.gaps(bin);
    }
    slot->midstream = flow.key.protocol == net::kTcp && flow.midstream();
    if (flow.packets[0] == 0 || flow.packets[1] == 0) {
        slot->one_sided = flow.packets[0] == 0 ? Direction::In : Direction::Out;
    }
    if (slot->visibility == metadata::Visibility::Resumed) {
        slot->server_hello.resumed = true;
    }
    ring_.commit();
}

void RecordWriter::write_attempt(const net::PacketView& packet, const HostDecision& decision,
                                 Timestamp now) {
    metadata::Endpoint host{packet.source, packet.source_port};
    metadata::Endpoint peer{packet.destination, packet.destination_port};
    if (!decision.host_is_sender) {
        std::swap(host, peer);
    }
    Attempt& attempt = attempts_[attempt_slot(host.ip, peer.ip)];
    const int64_t second =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    if (attempt.second == second && attempt.client == host.ip && attempt.server == peer.ip) {
        return;
    }
    attempt = {host.ip, peer.ip, second};
    counters_.add(Counter::InfectedHostAttempts);
    if (second != budget_second_) {
        budget_second_ = second;
        budget_ = kAttemptsPerSecond;
    }
    if (budget_ == 0) {
        counters_.add(Counter::AttemptsUnreported);
        return;
    }
    --budget_;
    metadata::Record* slot = reserve();
    if (slot == nullptr) {
        return;
    }
    *slot = {};
    slot->id = next_id();
    slot->protocol = metadata::Protocol::Unknown;
    slot->transport =
        packet.protocol == net::kUdp ? metadata::Transport::Udp : metadata::Transport::Tcp;
    slot->action = decision.blocks() ? metadata::Action::Block : metadata::Action::Permit;
    slot->reason = metadata::Reason::InfectedHost;
    slot->threat_level = decision.host.threat_level;
    slot->feed.assign("Infected-Hosts");
    slot->category.assign(decision.host.reason);
    slot->start = now;
    slot->end = now;
    slot->client = host;
    slot->server = peer;
    slot->vlans = packet.vlans;
    slot->from_zone.assign(decision.selection.pair->from);
    slot->to_zone.assign(decision.selection.pair->to);
    slot->policy.assign(decision.selection.rule->name);
    const auto direction = index(decision.host_is_sender ? Direction::Out : Direction::In);
    slot->traffic.packets[direction] = 1;
    slot->traffic.bytes[direction] = packet.ip_bytes;
    ring_.commit();
}

}  // namespace eti::inspect
