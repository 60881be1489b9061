// Looks at a machine before, or while, the daemon runs on it: what is wrong, why it matters and the
// exact command that mends it.
#pragma once

#include "eti/config/settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eti::doctor {

enum class Severity : uint8_t { Fine, Warning, Blocked };

struct Finding {
    Severity severity = Severity::Fine;
    std::string what;     // "ge-0/0/0: device veth0 is missing"
    std::string why;      // what it costs; empty: fine
    std::string command;  // that mends it; empty: fine
};

struct DeviceFacts {
    std::string interface;  // ge-0/0/0
    std::string device;     // veth0, 0000:03:00.0
    bool is_pci = false;
    bool exists = false;
    bool up = false;             // of a kernel device
    unsigned mtu = 0;            // of a kernel device
    unsigned wanted_mtu = 0;     // of the configuration
    bool merges_frames = false;  // GRO or LRO
    std::string driver;          // of a PCI device
};
struct FileFacts {
    std::string purpose;  // "token"
    std::string path;
    bool readable = false;
    bool secret = false;
    bool open_to_all = false;  // readable by everybody
};

// Facts are plain values, so that what follows from them can be tested.
struct Facts {
    bool configured = false;  // a configuration was read
    unsigned workers = 1;
    unsigned processors = 1;
    uint64_t packet_memory_mb = 0;  // what the packet buffers need
    uint64_t free_hugepages_mb = 0;
    std::vector<std::string> stale_hugepages;  // files an ended process left
    bool may_open_ports = false;               // CAP_NET_RAW and CAP_NET_ADMIN
    bool has_iommu = false;
    std::vector<DeviceFacts> devices;
    bool clock_synchronised = true;
    std::string state_directory;
    bool state_writable = false;
    uint64_t free_state_mb = 0;
    uint64_t spool_limit_mb = 0;
    std::vector<FileFacts> files;
};

// gather reads /sys, /proc and the files the settings name; without settings only the machine.
Facts gather(const std::optional<config::Settings>& settings, const std::string& state_directory);
// examine never reads anything.
std::vector<Finding> examine(const Facts& facts);

std::string to_text(const std::vector<Finding>& findings);
std::string to_json(const std::vector<Finding>& findings);  // one object, with a newline
// exit_code: 0 all is fine, 1 warnings, 2 something keeps the daemon from working.
int exit_code(const std::vector<Finding>& findings);

}  // namespace eti::doctor
