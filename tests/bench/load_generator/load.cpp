#include "load.h"

#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace eti::bench {
namespace {

constexpr std::size_t kBurst = 64;
constexpr double kStall = 5;            // seconds; a busy machine may starve a forwarder for one
constexpr double kGiveUp = 30;          // seconds
constexpr double kInterval = 0.001;     // seconds
constexpr double kDisturbed = 0.00002;  // seconds; a turn of the loop takes a fiftieth

rte_mempool* make_pool(const char* name, uint16_t queues) {
    // Two rings full for each queue, as many as a cache keeps, and the bursts in hand. The cache
    // gives what was freed last, which is near.
    const unsigned count = 4U * MemifPort::kDescriptors * queues - 1;
    rte_mempool* pool = rte_pktmbuf_pool_create(name, count, RTE_MEMPOOL_CACHE_MAX_SIZE, 0,
                                                RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == nullptr) {
        throw std::runtime_error("no memory for packet buffers");
    }
    return pool;
}

std::span<uint8_t> bytes_of(rte_mbuf* mbuf) {
    return {rte_pktmbuf_mtod(mbuf, uint8_t*), rte_pktmbuf_data_len(mbuf)};
}

// A session's packets must not be on their way together, or they could overtake each other.
uint32_t window_of(const LoadOptions& options) {
    return std::min({options.window, options.flows, Traffic::kGroup});
}

}  // namespace

Load::Load(const LoadOptions& options)
    : options_(options),
      eal_(options.cpu),
      send_pool_(make_pool("send", options.queues)),
      receive_pool_(make_pool("receive", options.queues)),
      ports_{{{"clients", options.sockets[0], receive_pool_, options.queues},
              {"servers", options.sockets[1], receive_pool_, options.queues}}},
      traffic_(traffic_of(options.mode, options.flows, options.segments), options.flows),
      probe_(traffic_.probe()) {
    options_.window = window_of(options);
    result_.ticks_per_second = static_cast<double>(rte_get_tsc_hz());
    wait_for_links();
}

Load::~Load() = default;

void Load::wait_for_links() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!ports_[0].link_up() || !ports_[1].link_up()) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("the links to '" + options_.sockets[0] + "' and '" +
                                     options_.sockets[1] + "' do not come up");
        }
        std::this_thread::yield();
    }
}

LoadResult Load::run() {
    const uint64_t warm_up = traffic_.opening() + options_.warm_up;
    run_until(warm_up, 0);
    const uint32_t flows_before = warm_up > 0 ? traffic_.flows_started() : 0;
    const double hz = result_.ticks_per_second;
    result_ = {};
    result_.ticks_per_second = hz;
    written_off_ = 0;
    if (options_.syns > 0) {
        options_.packets = traffic_.left() * (1 + options_.syns);
        traffic_.flood(options_.syns);
    }
    open_captures();
    if (options_.rate > 0) {
        pace_.emplace(static_cast<double>(options_.rate) / hz, rte_rdtsc());
    }
    run_until(options_.packets, options_.seconds);
    result_.seconds = static_cast<double>(last_receipt_ - start_) / hz;
    result_.flows = traffic_.flows_started() - flows_before;
    result_.sessions = traffic_.sessions_ended();
    result_.let_go = pace_ ? pace_->let_go() : 0;
    for (auto* capture : {&capture_in_, &capture_out_}) {
        if (*capture) {
            (*capture)->finish();
        }
    }
    return result_;
}

void Load::open_captures() {
    if (!options_.capture_in.empty()) {
        capture_in_.emplace(options_.capture_in);
    }
    if (!options_.capture_out.empty()) {
        capture_out_.emplace(options_.capture_out);
    }
}

// run_until sends that many packets, or for that long, and waits for what is on its way.
void Load::run_until(uint64_t packets, double seconds) {
    start_ = now_ = last_receipt_ = rte_rdtsc();
    const uint64_t end = seconds > 0 ? start_ + ticks(seconds) : UINT64_MAX;
    const uint64_t disturbed = ticks(kDisturbed);
    Intervals intervals(ticks(kInterval), start_);
    bool over = false;
    bool waiting = false;
    uint64_t waited = 0;
    while ((!over && sent() < packets) || on_their_way() > 0) {
        const uint64_t now = rte_rdtsc();
        undisturbed_since_ = now - now_ > disturbed ? now : undisturbed_since_;
        waited += waiting ? now - now_ : 0;
        now_ = now;
        receive();
        const uint64_t most = over ? 0 : std::min(packets - sent(), allowed());
        waiting = most == 0;
        if (!waiting) {
            send_burst(std::min<uint64_t>(most, kBurst));
        } else if (now_ - last_receipt_ > ticks(kStall) && on_their_way() > 0) {
            note_stall();
        }
        over = now_ > end;
        if (!over) {
            intervals.note(now_, received());
        }
    }
    result_.waited = static_cast<double>(waited) / static_cast<double>(now_ - start_ + 1);
    result_.fastest = intervals.quantile(0.99) * result_.ticks_per_second;
}

// allowed: what the window and the rate leave for now.
uint64_t Load::allowed() {
    const uint64_t outstanding = on_their_way();
    const uint64_t most = outstanding < options_.window ? options_.window - outstanding : 0;
    return pace_ ? std::min(most, pace_->due(now_, sent())) : most;
}

uint64_t Load::on_their_way() const {
    const uint64_t back = received() + written_off_;
    return sent() > back ? sent() - back : 0;
}

void Load::note_stall() {
    written_off_ += on_their_way();
    ++result_.stalls;
    last_receipt_ = now_;
}

uint64_t Load::ticks(double seconds) const {
    return static_cast<uint64_t>(seconds * result_.ticks_per_second);
}

uint64_t Load::microseconds() const {
    return static_cast<uint64_t>(static_cast<double>(rte_rdtsc() - start_) * 1e6 /
                                 result_.ticks_per_second);
}

void Load::send_burst(uint64_t most) {
    std::array<rte_mbuf*, kBurst> mbufs;
    if (rte_pktmbuf_alloc_bulk(send_pool_, mbufs.data(), static_cast<unsigned>(most)) != 0) {
        return;  // all are in the rings
    }
    std::array<std::array<rte_mbuf*, kBurst>, 2> packets;
    std::array<std::size_t, 2> count{};
    for (rte_mbuf* mbuf : std::span(mbufs).first(most)) {
        const Traffic::Next next = traffic_.next();
        mbuf->data_len = static_cast<uint16_t>(next.packet->frame.size());
        mbuf->pkt_len = mbuf->data_len;
        write_packet(*next.packet, next.flow, bytes_of(mbuf));
        if (next.packet->stamp_at != 0) {
            write_stamp(*next.packet, rte_rdtsc(), bytes_of(mbuf));
        }
        const auto way = static_cast<std::size_t>(next.packet->way);
        packets[way][count[way]++] = mbuf;
    }
    for (const Way way : {Way::ToServer, Way::ToClient}) {
        const auto index = static_cast<std::size_t>(way);
        give(way, std::span(packets[index]).first(count[index]));
    }
    queue_ = static_cast<uint16_t>(queue_ + 1) < options_.queues ? queue_ + 1 : 0;
}

// give sends all of them: a full ring is waited for, since what is dropped here tells nothing.
void Load::give(Way way, std::span<rte_mbuf*> packets) {
    if (capture_in_) {
        for (rte_mbuf* mbuf : packets) {
            capture_in_->write(way, bytes_of(mbuf), microseconds());
        }
    }
    const auto index = static_cast<std::size_t>(way);
    while (!packets.empty()) {
        const uint16_t taken = ports_[index].send(queue_, packets);
        result_.sent[index] += taken;
        packets = packets.subspan(taken);
        if (taken == 0) {
            receive();
            now_ = rte_rdtsc();
        }
        if (now_ - last_receipt_ > ticks(kGiveUp)) {
            throw std::runtime_error("the forwarder takes no packets any more");
        }
    }
}

void Load::receive() {
    for (const Way way : {Way::ToServer, Way::ToClient}) {
        const auto index = static_cast<std::size_t>(way);
        for (uint16_t queue = 0; queue < options_.queues; ++queue) {
            std::array<rte_mbuf*, kBurst> packets;
            const uint16_t count = ports_[1 - index].receive(queue, packets);
            if (count > 0) {
                result_.received[index] += count;
                last_receipt_ = now_;
                look_at(way, std::span(packets).first(count));
                rte_pktmbuf_free_bulk(packets.data(), count);
            }
        }
    }
}

void Load::look_at(Way way, std::span<rte_mbuf*> packets) {
    for (rte_mbuf* mbuf : packets) {
        const std::span<const uint8_t> frame = bytes_of(mbuf);
        result_.bytes_received += frame.size();
        if (probe_ != nullptr && frame.size() == probe_->frame.size()) {
            const uint64_t stamp = read_stamp(*probe_, frame);
            if (stamp < undisturbed_since_) {
                ++result_.disturbed;
            } else {
                result_.latencies.add(rte_rdtsc() - stamp);
            }
        }
        if (capture_out_) {
            capture_out_->write(way, frame, microseconds());
        }
    }
}

}  // namespace eti::bench
