#include "memif_port.h"

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace eti::bench {

Eal::Eal(unsigned cpu) {
    std::vector<std::string> arguments = {
        "load_generator",
        "--no-huge",
        "--single-file-segments",
        "--no-pci",
        "--no-telemetry",
        "-m",
        "256",
        "--log-level=lib.eal:warning",
        "--file-prefix=load-generator-" + std::to_string(::getpid()),
        "--lcores=0@" + std::to_string(cpu)};
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
        throw std::runtime_error(std::string("DPDK did not start: ") + rte_strerror(rte_errno));
    }
}

Eal::~Eal() {
    rte_eal_cleanup();
}

MemifPort::MemifPort(const std::string& name, const std::string& socket, rte_mempool* pool,
                     uint16_t queues) {
    const std::string device = "net_memif_" + name;
    // Zero copy: the forwarder reads and writes these mbufs, and no core but its own copies.
    const std::string arguments =
        "role=client,id=0,socket=" + socket + ",socket-abstract=no,bsize=2048,zero-copy=yes";
    const auto any = static_cast<unsigned>(SOCKET_ID_ANY);
    rte_eth_conf conf{};
    bool ready = rte_eal_hotplug_add("vdev", device.c_str(), arguments.c_str()) == 0 &&
                 rte_eth_dev_get_port_by_name(device.c_str(), &id_) == 0 &&
                 rte_eth_dev_configure(id_, queues, queues, &conf) == 0;
    for (uint16_t queue = 0; ready && queue < queues; ++queue) {
        ready = rte_eth_rx_queue_setup(id_, queue, kDescriptors, any, nullptr, pool) == 0 &&
                rte_eth_tx_queue_setup(id_, queue, kDescriptors, any, nullptr) == 0;
    }
    if (!ready || rte_eth_dev_start(id_) != 0) {
        throw std::runtime_error("no memif port on socket '" + socket + "'");
    }
}

MemifPort::~MemifPort() {
    rte_eth_dev_stop(id_);
    rte_eth_dev_close(id_);
}

bool MemifPort::link_up() const {
    rte_eth_link link{};
    return rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

uint16_t MemifPort::send(uint16_t queue, std::span<rte_mbuf*> packets) {
    return rte_eth_tx_burst(id_, queue, packets.data(), static_cast<uint16_t>(packets.size()));
}

uint16_t MemifPort::receive(uint16_t queue, std::span<rte_mbuf*> packets) {
    return rte_eth_rx_burst(id_, queue, packets.data(), static_cast<uint16_t>(packets.size()));
}

}  // namespace eti::bench
