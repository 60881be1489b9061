// One run: traffic into a forwarder's two ports, and what comes out of them.
#pragma once

#include "capture.h"
#include "memif_port.h"
#include "traffic.h"

#include <array>
#include <chrono>
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
    uint64_t warm_up = 0;   // packets before those, which count for nothing
    uint64_t rate = 0;      // packets a second; 0: as many as the forwarder takes
    uint32_t window = 512;  // packets on their way at most, so that a fast run need lose nothing
    unsigned segments = 1;
    unsigned cpu = 0;
    std::string capture_in;  // files; empty: none
    std::string capture_out;
};

// The arrays are by Way.
struct LoadResult {
    std::array<uint64_t, 2> sent{};
    std::array<uint64_t, 2> received{};
    uint64_t bytes_received = 0;
    uint32_t flows = 0;   // started
    double seconds = 0;   // from the first packet sent to the last one received
    uint64_t stalls = 0;  // times nothing came back for long and the run went on
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
    using Clock = std::chrono::steady_clock;

    void wait_for_links();
    void run_until(uint64_t packets, double seconds);
    uint64_t sent() const { return result_.sent[0] + result_.sent[1]; }
    void send_burst(uint64_t most);
    void give(Way way, std::span<rte_mbuf*> packets);
    bool receive();
    uint64_t allowed() const;
    uint64_t on_their_way() const;
    void note_stall();
    uint64_t microseconds() const;

    LoadOptions options_;
    Eal eal_;
    rte_mempool* pool_;
    std::array<MemifPort, 2> ports_;  // the clients' side, the servers'
    Traffic traffic_;
    std::optional<Capture> capture_in_;
    std::optional<Capture> capture_out_;
    LoadResult result_;
    uint64_t written_off_ = 0;
    Clock::time_point start_;
    Clock::time_point last_receipt_;
};

}  // namespace eti::bench
