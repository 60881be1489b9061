#include "eti/doctor/doctor.h"

#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <thread>
#include <variant>

namespace eti::doctor {
namespace {

namespace fs = std::filesystem;

uint64_t number_in(const fs::path& path) {
    uint64_t number = 0;
    std::ifstream(path) >> number;
    return number;
}

uint64_t free_hugepages_mb() {
    uint64_t total = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/sys/kernel/mm/hugepages", error)) {
        constexpr std::string_view kPrefix = "hugepages-";  // hugepages-2048kB
        const std::string name = entry.path().filename().string();
        uint64_t kilobytes = 0;
        if (name.starts_with(kPrefix)) {
            std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), kilobytes);
        }
        total += kilobytes * number_in(entry.path() / "free_hugepages") / 1024;
    }
    return total;
}

std::vector<std::string> stale_hugepages() {
    std::vector<std::string> stale;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/dev/hugepages", error)) {
        if (entry.path().filename().string().starts_with("rtemap_")) {
            stale.push_back(entry.path().string());
        }
    }
    return stale;
}

bool has_capabilities() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "CapEff:") {
            uint64_t mask = 0;
            status >> std::hex >> mask;
            const auto has = [&](int capability) { return (mask >> capability & 1U) != 0; };
            return has(CAP_NET_RAW) && has(CAP_NET_ADMIN);
        }
    }
    return false;
}

// ethtool asks a device for one on/off value; what it does not know is off.
bool ethtool(const std::string& device, uint32_t command, uint32_t flag) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ethtool_value value{};
    value.cmd = command;
    ifreq request{};
    device.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    const bool known = fd >= 0 && ::ioctl(fd, SIOCETHTOOL, &request) == 0;
    if (fd >= 0) {
        ::close(fd);
    }
    return known && (value.data & flag) != 0;
}

DeviceFacts kernel_device(const std::string& device) {
    DeviceFacts facts;
    facts.device = device;
    const fs::path path = fs::path("/sys/class/net") / device;
    std::error_code error;
    facts.exists = fs::exists(path, error);
    std::string flags;
    std::ifstream(path / "flags") >> flags;
    uint32_t bits = 0;
    if (flags.starts_with("0x")) {
        std::from_chars(flags.data() + 2, flags.data() + flags.size(), bits, 16);
    }
    facts.up = (bits & IFF_UP) != 0;
    facts.mtu = static_cast<unsigned>(number_in(path / "mtu"));
    facts.merges_frames =
        ethtool(device, ETHTOOL_GGRO, 1) || ethtool(device, ETHTOOL_GFLAGS, ETH_FLAG_LRO);
    return facts;
}

DeviceFacts pci_device(const std::string& address) {
    DeviceFacts facts;
    facts.device = address;
    facts.is_pci = true;
    const fs::path path = fs::path("/sys/bus/pci/devices") / address;
    std::error_code error;
    facts.exists = fs::exists(path, error);
    facts.driver = fs::read_symlink(path / "driver", error).filename().string();
    return facts;
}

void add_devices(const config::Settings& settings, Facts& facts) {
    for (const config::Wire& wire : settings.wires) {
        for (const config::Interface& interface : wire.interfaces) {
            std::optional<DeviceFacts> device;
            if (const auto* packet = std::get_if<config::AfPacketPort>(&interface.port)) {
                device = kernel_device(packet->device);
            } else if (const auto* xdp = std::get_if<config::AfXdpPort>(&interface.port)) {
                device = kernel_device(xdp->device);
            } else if (const auto* pci = std::get_if<config::PciPort>(&interface.port)) {
                device = pci_device(pci->address);
            }
            if (device) {
                device->interface = interface.name;
                device->wanted_mtu = interface.mtu;
                facts.devices.push_back(*device);
            }
        }
    }
}

void add_file(const std::string& purpose, const std::string& path, bool secret, Facts& facts) {
    if (path.empty()) {
        return;
    }
    FileFacts file{purpose, path, ::access(path.c_str(), R_OK) == 0, secret, false};
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        file.open_to_all = (status.st_mode & S_IROTH) != 0;
    }
    facts.files.push_back(file);
}

void add_tls(const std::optional<config::TlsProfile>& profile, Facts& facts) {
    if (profile) {
        add_file("trusted CA", profile->trusted_ca_file, false, facts);
        add_file("client certificate", profile->client_certificate_file, false, facts);
        add_file("client key", profile->client_key_file, true, facts);
    }
}

void add_settings(const config::Settings& settings, Facts& facts) {
    constexpr uint64_t kBytesPerBuffer = 2'560;  // 2 KiB of frame, headroom and the header
    facts.configured = true;
    facts.workers = settings.workers;
    facts.packet_memory_mb = (settings.limits.mbufs * kBytesPerBuffer >> 20) + 1;
    facts.spool_limit_mb = settings.limits.spool_bytes >> 20;
    add_devices(settings, facts);
    add_file("token", settings.cloud.token_file, true, facts);
    add_file("feed public key", settings.cloud.feed_public_key_file, false, facts);
    add_tls(settings.cloud.analysis_tls, facts);
    add_tls(settings.cloud.feed_tls, facts);
    for (const std::string& list : settings.certificate_lists) {
        add_file("certificate list", list, false, facts);
    }
}

}  // namespace

Facts gather(const std::optional<config::Settings>& settings, const std::string& state_directory) {
    Facts facts;
    facts.processors = std::max(1U, std::thread::hardware_concurrency());
    facts.free_hugepages_mb = free_hugepages_mb();
    facts.stale_hugepages = stale_hugepages();
    facts.may_open_ports = has_capabilities();
    std::error_code error;
    facts.has_iommu = !fs::is_empty("/sys/kernel/iommu_groups", error) && !error;
    timex clock{};
    facts.clock_synchronised = ::adjtimex(&clock) != TIME_ERROR;
    facts.state_directory = state_directory;
    facts.state_writable = ::access(state_directory.c_str(), W_OK) == 0;
    struct statvfs disk {};
    if (::statvfs(state_directory.c_str(), &disk) == 0) {
        facts.free_state_mb = uint64_t{disk.f_bavail} * disk.f_frsize >> 20;
    }
    if (settings) {
        add_settings(*settings, facts);
    }
    return facts;
}

}  // namespace eti::doctor
