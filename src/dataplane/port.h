// Ports: device arguments from the configuration, set-up, queues.
#pragma once

#include "eti/config/settings.h"
#include "eti/dataplane/dataplane.h"

#include <cstdint>
#include <string>

struct rte_mempool;

namespace eti::dataplane {

// PortPlan is what the EAL must be told before it starts.
struct PortPlan {
    std::string interface;  // ge-0/0/0
    std::string device;     // "af-packet veth0", for people
    std::string name;       // DPDK's device name, to find the port again
    std::string devargs;    // "net_af_packet0,iface=veth0,..."
    std::string remedy;     // what to look at when DPDK makes no port of it
    std::string note;       // what an operator should know at the start; mostly empty
    bool is_pci = false;
    uint16_t mtu = 1500;       // the larger of the configured one and the kernel device's
    uint32_t frame_bytes = 0;  // of a packet ring; 0: the port has none
};

// plan_port throws std::runtime_error when a kernel device does not exist. number makes the
// device name unique; queues is the number of workers.
PortPlan plan_port(const config::Interface& interface, unsigned number, unsigned queues);

// mbuf_room is the room one mbuf needs for any frame of the port, headroom included. Throws when
// no mbuf can hold it.
uint16_t mbuf_room(const PortPlan& plan);

// Port is a started port with one receive and one transmit queue per worker.
class Port {
  public:
    Port(const PortPlan& plan, unsigned queues, rte_mempool* pool);
    ~Port();
    Port(Port&& other) noexcept;
    Port& operator=(Port&&) = delete;
    Port(const Port&) = delete;

    uint16_t id() const { return id_; }
    // discard_waiting frees what the port received before its workers poll. A kernel socket takes
    // frames of every device until it is bound, and those must not pass as this port's.
    void discard_waiting(unsigned queues);
    metadata::PortStatus status() const;

  private:
    PortPlan plan_;
    uint16_t id_;
    bool started_ = false;
};

}  // namespace eti::dataplane
