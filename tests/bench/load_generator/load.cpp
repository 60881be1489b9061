#include "load.h"

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace eti::bench {
namespace {

constexpr std::size_t kBurst = 32;
constexpr auto kStall = std::chrono::milliseconds(500);

rte_mempool* make_pool() {
    rte_mempool* pool =
        rte_pktmbuf_pool_create("load", 8191, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
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
    return std::min(options.window, options.flows);
}

}  // namespace

Load::Load(const LoadOptions& options)
    : options_(options),
      eal_(options.cpu),
      pool_(make_pool()),
      ports_{{{"clients", options.sockets[0], pool_}, {"servers", options.sockets[1], pool_}}},
      traffic_(traffic_of(options.mode, options.segments), options.flows) {
    options_.window = window_of(options);
    wait_for_links();
}

Load::~Load() = default;

void Load::wait_for_links() {
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (!ports_[0].link_up() || !ports_[1].link_up()) {
        if (Clock::now() > deadline) {
            throw std::runtime_error("the links to '" + options_.sockets[0] + "' and '" +
                                     options_.sockets[1] + "' do not come up");
        }
        std::this_thread::yield();
    }
}

LoadResult Load::run() {
    run_until(options_.warm_up, 0);
    const uint32_t flows_before = traffic_.flows_started();
    result_ = {};
    written_off_ = 0;
    if (!options_.capture_in.empty()) {
        capture_in_.emplace(options_.capture_in);
    }
    if (!options_.capture_out.empty()) {
        capture_out_.emplace(options_.capture_out);
    }
    run_until(options_.packets, options_.seconds);
    result_.seconds = std::chrono::duration<double>(last_receipt_ - start_).count();
    result_.flows = traffic_.flows_started() - (options_.warm_up > 0 ? flows_before : 0);
    for (auto* capture : {&capture_in_, &capture_out_}) {
        if (*capture) {
            (*capture)->finish();
        }
    }
    return result_;
}

// run_until sends that many packets, or for that long, and waits for what is on its way.
void Load::run_until(uint64_t packets, double seconds) {
    start_ = last_receipt_ = Clock::now();
    bool over = false;
    while ((!over && sent() < packets) || on_their_way() > 0) {
        const uint64_t most = over ? 0 : std::min(packets - sent(), allowed());
        if (most > 0) {
            send_burst(std::min<uint64_t>(most, kBurst));
        }
        const Clock::time_point now = Clock::now();
        if (receive()) {
            last_receipt_ = now;
        } else if (on_their_way() > 0 && now - last_receipt_ > kStall) {
            note_stall();
        }
        over = seconds > 0 && std::chrono::duration<double>(now - start_).count() > seconds;
    }
}

// allowed: what the window and the rate leave for now.
uint64_t Load::allowed() const {
    const uint64_t outstanding = on_their_way();
    uint64_t most = outstanding < options_.window ? options_.window - outstanding : 0;
    if (options_.rate > 0) {
        const uint64_t due = microseconds() * options_.rate / 1'000'000;
        most = std::min(most, due > sent() ? due - sent() : 0);
    }
    return most;
}

uint64_t Load::on_their_way() const {
    const uint64_t back = result_.received[0] + result_.received[1] + written_off_;
    return sent() > back ? sent() - back : 0;
}

void Load::note_stall() {
    written_off_ += on_their_way();
    ++result_.stalls;
    last_receipt_ = Clock::now();
}

uint64_t Load::microseconds() const {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_).count());
}

void Load::send_burst(uint64_t most) {
    std::array<std::array<rte_mbuf*, kBurst>, 2> packets;
    std::array<std::size_t, 2> count{};
    for (uint64_t i = 0; i < most; ++i) {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
        if (mbuf == nullptr) {
            break;  // all are in the rings; some come back with the next receive
        }
        const Traffic::Next next = traffic_.next();
        rte_pktmbuf_append(mbuf, static_cast<uint16_t>(next.packet->frame.size()));
        write_packet(*next.packet, next.flow, bytes_of(mbuf));
        const auto way = static_cast<std::size_t>(next.packet->way);
        packets[way][count[way]++] = mbuf;
    }
    for (const Way way : {Way::ToServer, Way::ToClient}) {
        const auto index = static_cast<std::size_t>(way);
        give(way, std::span(packets[index]).first(count[index]));
    }
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
        const uint16_t taken = ports_[index].send(packets);
        result_.sent[index] += taken;
        packets = packets.subspan(taken);
        if (taken == 0 && receive()) {
            last_receipt_ = Clock::now();
        }
        if (Clock::now() - last_receipt_ > std::chrono::seconds(10)) {
            throw std::runtime_error("the forwarder takes no packets any more");
        }
    }
}

bool Load::receive() {
    bool any = false;
    for (const Way way : {Way::ToServer, Way::ToClient}) {
        const auto index = static_cast<std::size_t>(way);
        std::array<rte_mbuf*, kBurst> packets;
        const uint16_t count = ports_[1 - index].receive(packets);
        for (rte_mbuf* mbuf : std::span(packets).first(count)) {
            result_.bytes_received += rte_pktmbuf_data_len(mbuf);
            if (capture_out_) {
                capture_out_->write(way, bytes_of(mbuf), microseconds());
            }
        }
        rte_pktmbuf_free_bulk(packets.data(), count);
        result_.received[index] += count;
        any = any || count > 0;
    }
    return any;
}

}  // namespace eti::bench
