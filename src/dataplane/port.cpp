#include "port.h"

#include <net/if.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace eti::dataplane {
namespace {

constexpr unsigned kRingFrames = 2048;  // of an af_packet port, each way
constexpr uint16_t kLinkOverhead = RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN;

// The key that makes Toeplitz hashes of both directions equal: a repeated 16-bit pattern
// (Woo and Park, "Scalable TCP session monitoring with symmetric receive-side scaling").
constexpr std::array<uint8_t, 40> kSymmetricRssKey = [] {
    std::array<uint8_t, 40> key{};
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = i % 2 == 0 ? 0x6d : 0x5a;
    }
    return key;
}();

[[noreturn]] void fail(const std::string& interface, const std::string& reason) {
    throw std::runtime_error("interface " + interface + ": " + reason);
}

struct DeviceFacts {
    uint16_t mtu = 0;
    bool up = false;
};

// ask_device asks the kernel, in the network namespace of this process.
DeviceFacts ask_device(const std::string& interface, const std::string& device) {
    ifreq request{};
    if (device.size() >= sizeof request.ifr_name) {
        fail(interface, "device name '" + device + "' is too long");
    }
    std::copy(device.begin(), device.end(), request.ifr_name);
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int answer = ::ioctl(fd, SIOCGIFMTU, &request);
    ifreq flags = request;
    const bool up = ::ioctl(fd, SIOCGIFFLAGS, &flags) == 0 && (flags.ifr_flags & IFF_UP) != 0;
    ::close(fd);
    if (answer != 0) {
        fail(interface, "there is no device '" + device + "'; see the devices with: ip link show");
    }
    return {static_cast<uint16_t>(std::clamp(request.ifr_mtu, 68, 65'535)), up};
}

struct Planner {
    PortPlan& plan;
    const config::Interface& interface;
    std::string number;
    std::string queues;

    void kernel_device(const std::string& device) const {
        const DeviceFacts facts = ask_device(interface.name, device);
        plan.mtu = std::max(plan.mtu, facts.mtu);
        plan.remedy = "run the daemon as root, or with CAP_NET_ADMIN and CAP_NET_RAW";
        if (!facts.up) {
            plan.note = "interface " + interface.name + ": device '" + device +
                        "' is down, nothing passes; bring it up with: ip link set " + device +
                        " up";
        }
    }

    void operator()(const config::AfPacketPort& port) const {
        kernel_device(port.device);
        // A ring frame holds the kernel's header, then the link header; the power of two keeps
        // frames from crossing blocks.
        constexpr unsigned kKernelHeader = 96;
        const unsigned frame = std::bit_ceil(plan.mtu + kLinkOverhead + kKernelHeader);
        const unsigned bytes = std::max(frame, 2048U);
        plan.frame_bytes = bytes;
        plan.device = "af-packet " + port.device;
        plan.name = "net_af_packet" + number;
        plan.devargs = plan.name + ",iface=" + port.device + ",qpairs=" + queues +
                       ",framesz=" + std::to_string(bytes) +
                       ",blocksz=" + std::to_string(bytes * 16) +
                       ",framecnt=" + std::to_string(kRingFrames);
    }
    void operator()(const config::AfXdpPort& port) const {
        kernel_device(port.device);
        plan.device = "af-xdp " + port.device;
        plan.name = "net_af_xdp" + number;
        plan.devargs = plan.name + ",iface=" + port.device + ",start_queue=0,queue_count=" + queues;
    }
    void operator()(const config::PciPort& port) const {
        plan.device = "pci " + port.address;
        plan.name = port.address;
        plan.devargs = port.address;
        plan.remedy =
            "check the address with: dpdk-devbind.py --status; the device must be bound to "
            "vfio-pci and hugepages must be reserved";
        plan.is_pci = true;
    }
    void operator()(const config::MemifPort& port) const {
        plan.device = "memif " + port.socket + " id " + std::to_string(port.id);
        plan.remedy =
            "the socket's folder must exist and be writable, and no other server may use it";
        plan.name = "net_memif" + number;
        plan.devargs = plan.name + ",role=" + (port.server ? "server" : "client") +
                       ",id=" + std::to_string(port.id) + ",socket=" + port.socket +
                       ",socket-abstract=no,bsize=" +
                       std::to_string(std::bit_ceil(unsigned{plan.mtu} + kLinkOverhead));
    }
    void operator()(const config::PcapPort& port) const {
        plan.remedy = "the device or file must exist and be readable";
        plan.name = "net_pcap" + number;
        if (!port.device.empty()) {
            plan.device = "pcap " + port.device;
            plan.devargs = plan.name + ",iface=" + port.device;
            return;
        }
        plan.device = "pcap " + port.receive_file;
        plan.devargs = plan.name + ",rx_pcap=" + port.receive_file;
        if (!port.transmit_file.empty()) {
            plan.devargs += ",tx_pcap=" + port.transmit_file;
        }
    }
};

}  // namespace

PortPlan plan_port(const config::Interface& interface, unsigned number, unsigned queues) {
    PortPlan plan;
    plan.interface = interface.name;
    plan.mtu = interface.mtu;
    std::visit(Planner{plan, interface, std::to_string(number), std::to_string(queues)},
               interface.port);
    return plan;
}

uint16_t mbuf_room(const PortPlan& plan) {
    // The af_packet driver wants room for a whole ring frame, whatever the MTU makes of it.
    const unsigned frame =
        std::max({unsigned{plan.mtu} + kLinkOverhead, unsigned{plan.frame_bytes}, 2048U});
    if (frame + RTE_PKTMBUF_HEADROOM > UINT16_MAX) {
        fail(plan.interface, "frames of MTU " + std::to_string(plan.mtu) +
                                 " fit no packet buffer; lower the MTU of " + plan.device);
    }
    return static_cast<uint16_t>(frame + RTE_PKTMBUF_HEADROOM);
}

Port::Port(const PortPlan& plan, unsigned queues, rte_mempool* pool) : plan_(plan), id_(0) {
    if (rte_eth_dev_get_port_by_name(plan.name.c_str(), &id_) != 0) {
        fail(plan.interface, "DPDK made no port for '" + plan.device + "'; " + plan.remedy);
    }
    rte_eth_dev_info info{};
    if (rte_eth_dev_info_get(id_, &info) != 0) {
        fail(plan.interface, "DPDK does not describe the port");
    }
    if (info.max_rx_queues < queues || info.max_tx_queues < queues) {
        fail(plan.interface, plan.device + " has " + std::to_string(info.max_rx_queues) +
                                 " receive queues, but " + std::to_string(queues) +
                                 " workers are configured; lower 'services openeti workers'");
    }
    rte_eth_conf conf{};
    const uint64_t rss =
        info.flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP);
    if (queues > 1 && rss != 0 && info.hash_key_size <= kSymmetricRssKey.size()) {
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rx_adv_conf.rss_conf.rss_hf = rss;
        conf.rx_adv_conf.rss_conf.rss_key = const_cast<uint8_t*>(kSymmetricRssKey.data());
        conf.rx_adv_conf.rss_conf.rss_key_len = info.hash_key_size;
    }
    conf.rxmode.mtu = plan.is_pci ? plan.mtu : 0;
    const auto count = static_cast<uint16_t>(queues);
    if (rte_eth_dev_configure(id_, count, count, &conf) != 0) {
        fail(plan.interface, plan.device + " does not take " + std::to_string(queues) +
                                 " queues of MTU " + std::to_string(plan.mtu));
    }
    constexpr uint16_t kDescriptors = 1024;
    for (uint16_t queue = 0; queue < count; ++queue) {
        const auto socket = static_cast<unsigned>(SOCKET_ID_ANY);
        if (rte_eth_rx_queue_setup(id_, queue, kDescriptors, socket, nullptr, pool) != 0 ||
            rte_eth_tx_queue_setup(id_, queue, kDescriptors, socket, nullptr) != 0) {
            fail(plan.interface, plan.device + " does not set up queue " + std::to_string(queue));
        }
    }
    // A bump in the wire takes every frame, whatever its address. Virtual ports without the
    // notion do so anyway.
    rte_eth_promiscuous_enable(id_);
    if (const int error = rte_eth_dev_start(id_); error != 0) {
        fail(plan.interface, plan.device + " does not start: " + rte_strerror(-error));
    }
    started_ = true;
}

Port::Port(Port&& other) noexcept
    : plan_(std::move(other.plan_)),
      id_(other.id_),
      started_(std::exchange(other.started_, false)) {}

Port::~Port() {
    if (started_) {
        rte_eth_dev_stop(id_);
        rte_eth_dev_close(id_);
    }
}

void Port::discard_waiting(unsigned queues) {
    constexpr unsigned kMost = 2 * kRingFrames;  // a busy port never runs empty
    for (uint16_t queue = 0; queue < queues; ++queue) {
        std::array<rte_mbuf*, 32> mbufs;
        for (unsigned freed = 0, n = 1; n > 0 && freed < kMost; freed += n) {
            n = rte_eth_rx_burst(id_, queue, mbufs.data(), mbufs.size());
            rte_pktmbuf_free_bulk(mbufs.data(), n);
        }
    }
}

metadata::PortStatus Port::status() const {
    metadata::PortStatus status;
    status.interface = plan_.interface;
    status.device = plan_.device;
    rte_eth_link link{};
    status.link_up =
        rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
    rte_eth_stats stats{};
    if (rte_eth_stats_get(id_, &stats) == 0) {
        status.rx_packets = stats.ipackets;
        status.tx_packets = stats.opackets;
        status.rx_bytes = stats.ibytes;
        status.tx_bytes = stats.obytes;
        status.rx_missed = stats.imissed + stats.rx_nombuf + stats.ierrors;
        status.tx_errors = stats.oerrors;
    }
    return status;
}

}  // namespace eti::dataplane
