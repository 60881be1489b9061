// The far end of a memif port: a DPDK port of this process that the test sends and receives with.
#pragma once

#include "tests/support/tls_builder.h"

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace eti::test {

// wait_until polls a condition; false when it did not come true within ten seconds.
inline bool wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

class MemifPeer {
  public:
    // queues: the daemon's workers.
    MemifPeer(const std::string& name, const std::string& socket, uint16_t queues)
        : name_("net_memif_" + name), queues_(queues) {
        const std::string arguments =
            "role=client,id=0,socket=" + socket + ",socket-abstract=no,bsize=2048";
        pool_ = rte_pktmbuf_pool_create(name.c_str(), 2047, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
                                        SOCKET_ID_ANY);
        rte_eth_conf conf{};
        if (pool_ == nullptr ||
            rte_eal_hotplug_add("vdev", name_.c_str(), arguments.c_str()) != 0 ||
            rte_eth_dev_get_port_by_name(name_.c_str(), &port_) != 0 ||
            rte_eth_dev_configure(port_, queues, queues, &conf) != 0) {
            throw std::runtime_error("no memif peer " + name_);
        }
        for (uint16_t queue = 0; queue < queues; ++queue) {
            const auto any = static_cast<unsigned>(SOCKET_ID_ANY);
            rte_eth_rx_queue_setup(port_, queue, 1024, any, nullptr, pool_);
            rte_eth_tx_queue_setup(port_, queue, 1024, any, nullptr);
        }
        if (rte_eth_dev_start(port_) != 0) {
            throw std::runtime_error("memif peer does not start: " + name_);
        }
    }
    ~MemifPeer() {
        rte_eth_dev_stop(port_);
        rte_eth_dev_close(port_);
    }
    MemifPeer(const MemifPeer&) = delete;
    MemifPeer& operator=(const MemifPeer&) = delete;

    bool link_up() const {
        rte_eth_link link{};
        return rte_eth_link_get_nowait(port_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
    }

    // send gives one frame to a queue of the daemon's port; false when there is no room.
    bool send(const Bytes& frame, uint16_t queue = 0) {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
        if (mbuf == nullptr) {
            return false;
        }
        std::memcpy(rte_pktmbuf_append(mbuf, static_cast<uint16_t>(frame.size())), frame.data(),
                    frame.size());
        if (rte_eth_tx_burst(port_, queue, &mbuf, 1) == 1) {
            return true;
        }
        rte_pktmbuf_free(mbuf);
        return false;
    }

    // receive takes what has arrived on all queues.
    std::vector<Bytes> receive() {
        std::vector<Bytes> frames;
        rte_mbuf* mbufs[32];
        for (uint16_t queue = 0; queue < queues_; ++queue) {
            const uint16_t n = rte_eth_rx_burst(port_, queue, mbufs, 32);
            for (uint16_t i = 0; i < n; ++i) {
                const auto* data = rte_pktmbuf_mtod(mbufs[i], const uint8_t*);
                frames.emplace_back(data, data + rte_pktmbuf_data_len(mbufs[i]));
                rte_pktmbuf_free(mbufs[i]);
            }
        }
        return frames;
    }

  private:
    std::string name_;
    rte_mempool* pool_ = nullptr;
    uint16_t port_ = 0;
    uint16_t queues_;
};

}  // namespace eti::test
