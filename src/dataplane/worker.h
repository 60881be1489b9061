// One worker lcore: run to completion over its queue of every port.
#pragma once

#include "bursts.h"
#include "eti/base/clock.h"
#include "eti/base/quiescent.h"
#include "eti/dataplane/dataplane.h"
#include "eti/inspect/inspector.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

struct rte_mempool;
struct rte_ring;

namespace eti::dataplane {

// Where a port belongs, indexed by DPDK's port number.
struct PortRole {
    uint16_t peer = 0;  // port frames leave by
    uint8_t wire = 0;
    uint8_t side = 0;
};

// What all workers know alike; fixed before they start.
struct Topology {
    std::vector<uint16_t> ports;
    std::vector<PortRole> roles;      // by port number
    std::vector<rte_ring*> handover;  // by worker: frames it is to inspect
    std::vector<inspect::WireZones> zones;
    flow::FlowHasher hasher;
    rte_mempool* pool = nullptr;  // for resets
};

class Worker {
  public:
    Worker(unsigned number, const Topology& topology, const inspect::Tables& tables,
           QuiescentDomain& domain, const config::Limits& limits, WorkerShare& share);

    // run polls until stop is set, then ends all flows and returns.
    void run(const std::atomic<bool>& stop);
    void poll_once();

  private:
    void process(RxBurst& burst, bool may_hand_over);
    void flush();
    std::size_t classify(RxBurst& burst, bool may_hand_over);
    bool hand_over(RxBurst& burst, uint16_t i, const inspect::Packet& packet);
    void handle(RxBurst& burst, uint16_t i, const inspect::Packet& packet);
    void send_resets(const rte_mbuf& cause, const inspect::Packet& packet);
    void receive_handover();
    void flush_handover();
    unsigned owner_of(const inspect::Packet& packet) const;
    void finish();
    void time_turn(Timestamp now);
    void sample_residence(Timestamp began);

    const Topology& topology_;
    QuiescentDomain& domain_;
    WorkerShare& share_;
    inspect::Counters& counters_;
    inspect::Inspector inspector_;
    SteadyWallClock clock_;
    std::array<inspect::Packet, kBurst> packets_;   // of the burst at hand, those to inspect here
    std::array<uint16_t, kBurst> places_;           // where in the burst they lie
    std::vector<TxBatch> transmit_;                 // by port number
    std::vector<std::vector<rte_mbuf*>> handover_;  // by worker, capacity reserved
    uint64_t session_request_ = 0;
    Timestamp last_turn_{};         // when the turn before began; none before the first
    unsigned turns_to_sample_ = 0;  // busy ones until residence is measured again
    bool moved_ = false;            // the turn before moved frames
    unsigned number_;
};

}  // namespace eti::dataplane
