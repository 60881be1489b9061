// One run: traffic into a forwarder's two ports, and what comes out of them.
#pragma once

#include "capture.h"
#include "memif_port.h"
#include "meters.h"
#include "traffic.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

struct rte_mempool;

namespace eti::bench {

struct LoadOptions {
    std::array<std::string, 2> sockets;  // of the forwarder: the clients' port, the servers'
    std::string mode = "handshake";
    uint32_t flows = 10'000;  // sessions open at a time
    uint64_t packets = 1'000'000;
    double seconds = 0;     // sending stops after that long; 0: after all packets
    uint64_t warm_up = 0;   // packets before those, which count for nothing; openings come on top
    uint64_t rate = 0;      // packets a second; 0: as many as the forwarder takes
    uint32_t window = 512;  // packets on their way at most, so that a fast run need lose nothing
    unsigned segments = 1;
    unsigned syns = 0;    // of a flood, to a packet of a session
    uint16_t queues = 1;  // of a port
    unsigned cpu = 0;
    std::string capture_in;  // files; empty: none
    std::string capture_out;
};

// The arrays are by Way.
struct LoadResult {
    std::array<uint64_t, 2> sent{};
    std::array<uint64_t, 2> received{};
    uint64_t bytes_received = 0;
    uint32_t flows = 0;      // started
    uint32_t sessions = 0;   // ended
    double seconds = 0;      // from the first packet sent to the last one received
    double fastest = 0;      // packets a second in the fastest hundredth of the time
    double waited = 0;       // share of the time that the forwarder was waited for
    uint64_t stalls = 0;     // times nothing came back for long and the run went on
    uint64_t let_go = 0;     // packets that were due and never sent: the rate was not kept
    Latencies latencies;     // of probes, from this call to send to that call to receive
    uint64_t disturbed = 0;  // probes without one: this process was not running all the time
    double ticks_per_second = 1;
};

class Load {
  public:
    // Waits until both links are up; throws std::runtime_error.
    explicit Load(const LoadOptions& options);
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    LoadResult run();

  private:
    void wait_for_links();
    void open_captures();
    void run_until(uint64_t packets, double seconds);
    uint64_t sent() const { return result_.sent[0] + result_.sent[1]; }
    uint64_t received() const { return result_.received[0] + result_.received[1]; }
    void send_burst(uint64_t most);
    void give(Way way, std::span<rte_mbuf*> packets);
    void receive();
    void look_at(Way way, std::span<rte_mbuf*> packets);
    uint64_t allowed();
    uint64_t on_their_way() const;
    void note_stall();
    uint64_t ticks(double seconds) const;
    uint64_t microseconds() const;

    LoadOptions options_;
    Eal eal_;
    // Two pools, so that what the forwarder writes into stays in its core's cache.
    rte_mempool* send_pool_;
    rte_mempool* receive_pool_;
    std::array<MemifPort, 2> ports_;  // the clients' side, the servers'
    Traffic traffic_;
    const TemplatePacket* probe_ = nullptr;
    std::optional<Capture> capture_in_;
    std::optional<Capture> capture_out_;
    std::optional<Pace> pace_;
    LoadResult result_;
    uint64_t written_off_ = 0;
    uint16_t queue_ = 0;  // of the next burst
    uint64_t start_ = 0;
    uint64_t now_ = 0;  // of this turn of the loop
    uint64_t last_receipt_ = 0;
    uint64_t undisturbed_since_ = 0;  // the last turn that took too long to be only ours ended
};

}  // namespace eti::bench
