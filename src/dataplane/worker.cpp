#include "worker.h"

#include "eti/decap/reset.h"

#include <rte_mempool.h>
#include <rte_prefetch.h>
#include <rte_ring.h>

#include <algorithm>
#include <array>

namespace eti::dataplane {
namespace {

using inspect::Counter;

inspect::Options options_of(unsigned worker, const config::Limits& limits) {
    inspect::Options options;
    options.worker = static_cast<uint8_t>(worker);
    options.flows = limits.flows_per_worker;
    options.sessions = limits.sessions_per_worker;
    options.inspected_bytes_per_direction = limits.inspected_bytes_per_direction;
    options.out_of_order_segments_per_direction = limits.out_of_order_segments_per_direction;
    options.segment_blocks = limits.stream_blocks_per_worker;
    options.fragment_datagrams = limits.fragmented_datagrams_per_worker;
    options.fragment_blocks = limits.fragment_blocks_per_worker;
    options.tcp_idle_timeout = limits.tcp_idle_timeout;
    options.tcp_handshake_timeout = limits.tcp_handshake_timeout;
    options.udp_idle_timeout = limits.udp_idle_timeout;
    return options;
}

std::span<const uint8_t> frame_of(const rte_mbuf& mbuf) {
    return {rte_pktmbuf_mtod(&mbuf, const uint8_t*), rte_pktmbuf_data_len(&mbuf)};
}

}  // namespace

Worker::Worker(unsigned number, const Topology& topology, const inspect::Tables& tables,
               QuiescentDomain& domain, const config::Limits& limits, WorkerShare& share)
    : topology_(topology),
      domain_(domain),
      share_(share),
      counters_(share.counters),
      inspector_(options_of(number, limits), topology.hasher, tables, topology.zones,
                 {&share.records, &share.certificates, &share.sessions, &share.dns_answers},
                 share.counters),
      handover_(topology.handover.size()),
      number_(number) {
    for (uint16_t port = 0; port < topology.roles.size(); ++port) {
        transmit_.emplace_back(port, static_cast<uint16_t>(number), counters_);
    }
    for (auto& frames : handover_) {
        frames.reserve(kBurst);
    }
}

void Worker::run(const std::atomic<bool>& stop) {
    domain_.online(number_);
    while (!stop.load(std::memory_order_relaxed)) {
        poll_once();
    }
    finish();
    domain_.offline(number_);
}

void Worker::poll_once() {
    const uint64_t request = share_.session_request.load(std::memory_order_relaxed);
    if (request != session_request_) {
        session_request_ = request;
        inspector_.request_sessions(request);
    }
    const Timestamp now = clock_.now();
    time_turn(now);
    inspector_.begin_burst(now);
    for (const uint16_t port : topology_.ports) {
        RxBurst burst(port, static_cast<uint16_t>(number_));
        if (burst.size() > 0) {
            moved_ = true;
            counters_.add(Counter::PacketsReceived, burst.size());
            process(burst, true);
            flush();  // while the frames are in the cache
        }
    }
    if (topology_.handover.size() > 1) {
        flush_handover();
        receive_handover();
        flush();
    }
    sample_residence(now);
    inspector_.end_burst();
    domain_.quiescent(number_);
}

void Worker::flush() {
    for (const uint16_t port : topology_.ports) {
        transmit_[port].flush();
    }
}

// time_turn needs no clock of its own: a turn is over when the next one begins.
void Worker::time_turn(Timestamp now) {
    if (last_turn_ != Timestamp{}) {
        share_.timing.turn(now - last_turn_, moved_);
    }
    last_turn_ = now;
    moved_ = false;
}

// sample_residence reads the clock a second time in one of so many turns that moved frames.
void Worker::sample_residence(Timestamp began) {
    constexpr unsigned kOneIn = 64;
    if (!moved_) {
        return;
    }
    if (turns_to_sample_ == 0) {
        share_.timing.residence(clock_.now() - began);
        turns_to_sample_ = kOneIn;
    }
    --turns_to_sample_;
}

// process goes over the burst step by step, not packet by packet, so that memory for one packet is
// fetched while others are worked on.
void Worker::process(RxBurst& burst, bool may_hand_over) {
    for (uint16_t i = 0; i < burst.size(); ++i) {
        rte_prefetch0(rte_pktmbuf_mtod(burst.at(i), const void*));
    }
    const std::size_t mine = classify(burst, may_hand_over);
    inspector_.prepare(std::span(packets_).first(mine));
    for (std::size_t k = 0; k < mine; ++k) {
        handle(burst, places_[k], packets_[k]);
    }
}

// classify fills packets_ and places_ with what is to be inspected here and says how many they are;
// the others go to their owners.
std::size_t Worker::classify(RxBurst& burst, bool may_hand_over) {
    std::size_t mine = 0;
    for (uint16_t i = 0; i < burst.size(); ++i) {
        const rte_mbuf& mbuf = *burst.at(i);
        const PortRole& role = topology_.roles[mbuf.port];
        inspect::Packet& packet = packets_[mine];
        inspect::classify(frame_of(mbuf), role.wire, role.side, topology_.hasher, {}, packet);
        if (!may_hand_over || !hand_over(burst, i, packet)) {
            places_[mine++] = i;
        }
    }
    return mine;
}

// hand_over is false when the packet is this worker's own.
bool Worker::hand_over(RxBurst& burst, uint16_t i, const inspect::Packet& packet) {
    const unsigned owner = owner_of(packet);
    if (owner == number_) {
        return false;
    }
    if (handover_[owner].size() == kBurst) {
        flush_handover();
    }
    handover_[owner].push_back(burst.take(i));
    return true;
}

// owner_of spreads pairs of addresses, not flows: fragments show no ports, and all of a pair must
// meet. What is no IP is handled where it arrives.
unsigned Worker::owner_of(const inspect::Packet& packet) const {
    const std::size_t workers = topology_.handover.size();
    if (workers == 1 || packet.view.ip_bytes == 0) {
        return number_;
    }
    const uint64_t hash = inspect::owner_hash(packet, topology_.hasher);
    return static_cast<unsigned>((hash >> 32) * workers >> 32);
}

void Worker::handle(RxBurst& burst, uint16_t i, const inspect::Packet& packet) {
    const inspect::Verdict verdict = inspector_.inspect(packet);
    if (verdict == inspect::Verdict::Forward) {
        const uint16_t peer = topology_.roles[burst.at(i)->port].peer;
        transmit_[peer].push(burst.take(i));
        return;
    }
    if (verdict == inspect::Verdict::Close) {
        send_resets(*burst.at(i), packet);
    }
    burst.keep(i);
}

void Worker::send_resets(const rte_mbuf& cause, const inspect::Packet& packet) {
    for (const inspect::Reset& reset : inspector_.resets()) {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(topology_.pool);
        if (mbuf == nullptr) {
            counters_.add(Counter::ResetsLost);
            continue;
        }
        std::array<uint8_t, decap::kMaxResetBytes> frame;
        const std::size_t size = inspector_.build_reset(packet, reset, frame);
        if (size == 0) {
            rte_pktmbuf_free(mbuf);
            counters_.add(Counter::ResetsLost);
            continue;
        }
        std::copy_n(frame.begin(), size, rte_pktmbuf_mtod(mbuf, uint8_t*));
        mbuf->data_len = static_cast<uint16_t>(size);
        mbuf->pkt_len = static_cast<uint32_t>(size);
        const uint16_t port =
            reset.toward == net::Toward::Receiver ? topology_.roles[cause.port].peer : cause.port;
        transmit_[port].push(mbuf);
        counters_.add(Counter::ResetsSent);
    }
}

// receive_handover takes as much as all others can add in one poll, so that the ring drains.
void Worker::receive_handover() {
    const std::size_t bursts = topology_.ports.size() * topology_.handover.size();
    for (std::size_t i = 0; i < bursts; ++i) {
        std::array<rte_mbuf*, kBurst> frames;
        const unsigned n = rte_ring_sc_dequeue_burst(
            topology_.handover[number_], reinterpret_cast<void**>(frames.data()), kBurst, nullptr);
        if (n == 0) {
            return;
        }
        const std::span<rte_mbuf* const> handed_over(frames.data(), n);
        moved_ = true;
        RxBurst burst(handed_over);
        process(burst, false);
    }
}

// flush_handover gives frames to their owners. A full ring must not stop the link: what does not
// fit is forwarded uninspected and counted, unless an infected host sent it.
void Worker::flush_handover() {
    for (std::size_t owner = 0; owner < handover_.size(); ++owner) {
        auto& frames = handover_[owner];
        if (frames.empty()) {
            continue;
        }
        const unsigned taken = rte_ring_mp_enqueue_burst(
            topology_.handover[owner], reinterpret_cast<void* const*>(frames.data()),
            static_cast<unsigned>(frames.size()), nullptr);
        counters_.add(Counter::PacketsHandedOver, taken);
        for (std::size_t i = taken; i < frames.size(); ++i) {
            counters_.add(Counter::HandoverFull);
            const PortRole& role = topology_.roles[frames[i]->port];
            const auto packet =
                inspect::classify(frame_of(*frames[i]), role.wire, role.side, topology_.hasher);
            if (inspector_.judge_only(packet) == inspect::Verdict::Forward) {
                transmit_[role.peer].push(frames[i]);
            } else {
                rte_pktmbuf_free(frames[i]);
            }
        }
        frames.clear();
    }
}

// finish writes the last records. The control thread drains the ring meanwhile; if it is gone,
// the bound ends the wait and what is left is lost with the process.
void Worker::finish() {
    const Timestamp give_up = clock_.now() + std::chrono::seconds(2);
    poll_once();  // what others handed over last
    inspector_.begin_burst(clock_.now());
    while (!inspector_.finish() && clock_.now() < give_up) {
        rte_pause();
    }
}

}  // namespace eti::dataplane
