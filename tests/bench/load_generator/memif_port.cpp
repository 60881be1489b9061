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

MemifPort::MemifPort(const std::string& name, const std::string& socket, rte_mempool* pool) {
    constexpr uint16_t kDescriptors = 1024;
    const std::string device = "net_memif_" + name;
    const std::string arguments =
        "role=client,id=0,socket=" + socket + ",socket-abstract=no,bsize=2048";
    const auto any = static_cast<unsigned>(SOCKET_ID_ANY);
    rte_eth_conf conf{};
    if (rte_eal_hotplug_add("vdev", device.c_str(), arguments.c_str()) != 0 ||
        rte_eth_dev_get_port_by_name(device.c_str(), &id_) != 0 ||
        rte_eth_dev_configure(id_, 1, 1, &conf) != 0 ||
        rte_eth_rx_queue_setup(id_, 0, kDescriptors, any, nullptr, pool) != 0 ||
        rte_eth_tx_queue_setup(id_, 0, kDescriptors, any, nullptr) != 0 ||
        rte_eth_dev_start(id_) != 0) {
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

uint16_t MemifPort::send(std::span<rte_mbuf*> packets) {
    return rte_eth_tx_burst(id_, 0, packets.data(), static_cast<uint16_t>(packets.size()));
}

uint16_t MemifPort::receive(std::span<rte_mbuf*> packets) {
    return rte_eth_rx_burst(id_, 0, packets.data(), static_cast<uint16_t>(packets.size()));
}

}  // namespace eti::bench
