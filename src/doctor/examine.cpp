#include "eti/doctor/doctor.h"

namespace eti::doctor {
namespace {

// Report collects what one look at the facts finds.
class Report {
  public:
    void fine(std::string what) { findings_.push_back({Severity::Fine, std::move(what), {}, {}}); }
    void warn(std::string what, std::string why, std::string command) {
        findings_.push_back(
            {Severity::Warning, std::move(what), std::move(why), std::move(command)});
    }
    void block(std::string what, std::string why, std::string command) {
        findings_.push_back(
            {Severity::Blocked, std::move(what), std::move(why), std::move(command)});
    }
    std::vector<Finding> take() { return std::move(findings_); }

  private:
    std::vector<Finding> findings_;
};

std::string megabytes(uint64_t number) {
    return std::to_string(number) + " MiB";
}

void memory(const Facts& facts, Report& report) {
    const uint64_t need = facts.packet_memory_mb;
    if (facts.free_hugepages_mb < need || facts.free_hugepages_mb == 0) {
        report.warn("hugepages: " + megabytes(facts.free_hugepages_mb) + " free, " +
                        megabytes(need) + " would be used",
                    "the daemon runs without them; each packet then costs more address look-ups",
                    "sysctl -w vm.nr_hugepages=" + std::to_string(need / 2 + 1));
    } else {
        report.fine("hugepages: " + megabytes(facts.free_hugepages_mb) + " free");
    }
    if (!facts.stale_hugepages.empty()) {
        report.warn("hugepages: " + std::to_string(facts.stale_hugepages.size()) +
                        " files of an earlier process, first " + facts.stale_hugepages.front(),
                    "unless another DPDK program runs, they hold memory for nothing",
                    "rm /dev/hugepages/rtemap_*");
    }
}

void kernel_device(const DeviceFacts& device, Report& report) {
    const std::string name = device.interface + ": device " + device.device;
    if (!device.exists) {
        report.block(
            name + " is missing", "the wire cannot start",
            "ip link show; set interfaces " + device.interface + " openeti port af-packet DEVICE");
        return;
    }
    if (!device.up) {
        report.warn(name + " is down", "no frame passes", "ip link set " + device.device + " up");
    }
    if (device.mtu > device.wanted_mtu) {
        report.warn(name + " has MTU " + std::to_string(device.mtu) + ", the configuration " +
                        std::to_string(device.wanted_mtu),
                    "longer frames would be lost",
                    "set interfaces " + device.interface + " mtu " + std::to_string(device.mtu));
    }
    if (device.merges_frames) {
        report.warn(name + " merges frames (GRO or LRO)",
                    "frames longer than the wire allows arrive and are lost",
                    "ethtool -K " + device.device + " gro off lro off");
    }
    if (device.up && device.mtu <= device.wanted_mtu && !device.merges_frames) {
        report.fine(name + " is up, MTU " + std::to_string(device.mtu));
    }
}

void pci_device(const Facts& facts, const DeviceFacts& device, Report& report) {
    const std::string name = device.interface + ": PCI device " + device.device;
    if (!device.exists) {
        report.block(name + " is missing", "the wire cannot start", "lspci -D");
        return;
    }
    if (device.driver != "vfio-pci" && !device.driver.starts_with("mlx5")) {
        report.block(
            name + " is held by driver " + (device.driver.empty() ? "none" : device.driver),
            "DPDK cannot take it", "dpdk-devbind.py -b vfio-pci " + device.device);
    } else {
        report.fine(name + " is ready");
    }
    if (!facts.has_iommu) {
        report.warn(name + ": no IOMMU", "vfio-pci works only in its unsafe mode",
                    "echo 1 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
    }
}

void ports(const Facts& facts, Report& report) {
    if (!facts.configured) {
        report.warn("no configuration was read", "ports, files and limits are not checked",
                    "eti doctor --config FILE");
        return;
    }
    for (const DeviceFacts& device : facts.devices) {
        if (device.is_pci) {
            pci_device(facts, device, report);
        } else {
            kernel_device(device, report);
        }
    }
    if (!facts.devices.empty() && !facts.may_open_ports) {
        report.warn("capabilities: this user has not CAP_NET_RAW and CAP_NET_ADMIN",
                    "the daemon needs them for its ports, and offloads are not visible here",
                    "run the daemon by etid.service, and sudo eti doctor");
    }
    if (facts.workers >= facts.processors) {
        report.warn("processors: " + std::to_string(facts.processors) + " for " +
                        std::to_string(facts.workers) + " workers and the control thread",
                    "they share processors and packets wait",
                    "set services openeti workers " +
                        std::to_string(facts.processors > 1 ? facts.processors - 1 : 1));
    }
}

void files(const Facts& facts, Report& report) {
    for (const FileFacts& file : facts.files) {
        const std::string name = file.purpose + ": " + file.path;
        if (!file.readable) {
            report.block(name + " cannot be read", "what needs it does not work",
                         "ls -l " + file.path);
        } else if (file.secret && file.open_to_all) {
            report.warn(name + " is readable by everybody", "it is a secret",
                        "chmod o= " + file.path);
        } else {
            report.fine(name + " is readable");
        }
    }
}

void state(const Facts& facts, Report& report) {
    if (!facts.state_writable) {
        report.warn(
            "state folder " + facts.state_directory + " cannot be written by this user",
            "the daemon keeps spool, feeds and commits there",
            "systemd makes it for etid.service; else mkdir -m 700 -p " + facts.state_directory);
    } else if (facts.free_state_mb < facts.spool_limit_mb) {
        report.warn("spool: " + megabytes(facts.free_state_mb) + " free, the limit is " +
                        megabytes(facts.spool_limit_mb),
                    "records are lost sooner when the analysis service is away",
                    "set services openeti limits spool-bytes " +
                        std::to_string((facts.free_state_mb / 2) << 20));
    } else {
        report.fine("spool: " + megabytes(facts.free_state_mb) + " free");
    }
    if (!facts.clock_synchronised) {
        report.warn("clock: not synchronised", "certificates, feeds and records carry wrong times",
                    "timedatectl set-ntp true");
    } else {
        report.fine("clock: synchronised");
    }
}

}  // namespace

std::vector<Finding> examine(const Facts& facts) {
    Report report;
    memory(facts, report);
    ports(facts, report);
    files(facts, report);
    state(facts, report);
    return report.take();
}

}  // namespace eti::doctor
