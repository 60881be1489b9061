// One memif port of this process, the client of a forwarder's socket.
#pragma once

#include <cstdint>
#include <span>
#include <string>

struct rte_mbuf;
struct rte_mempool;

namespace eti::bench {

// Eal holds DPDK's environment, without hugepages or privileges. Both throw std::runtime_error.
class Eal {
  public:
    explicit Eal(unsigned cpu);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;
};

class MemifPort {
  public:
    // pool holds what is received, ring after ring.
    MemifPort(const std::string& name, const std::string& socket, rte_mempool* pool,
              uint16_t queues);
    ~MemifPort();
    MemifPort(const MemifPort&) = delete;
    MemifPort& operator=(const MemifPort&) = delete;

    bool link_up() const;
    // send answers how many of the first packets were taken; the rest stays the caller's.
    uint16_t send(uint16_t queue, std::span<rte_mbuf*> packets);
    uint16_t receive(uint16_t queue, std::span<rte_mbuf*> packets);

    static constexpr uint16_t kDescriptors = 1024;  // of a ring

  private:
    uint16_t id_ = 0;
};

}  // namespace eti::bench
