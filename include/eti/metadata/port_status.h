// What a port has done so far: read by the control thread, shown by commands and metrics.
#pragma once

#include <cstdint>
#include <string>

namespace eti::metadata {

struct PortStatus {
    std::string interface;  // the configuration's name, ge-0/0/0
    std::string device;     // "af-packet veth0"
    bool link_up = false;
    uint64_t rx_packets = 0;
    uint64_t tx_packets = 0;
    uint64_t rx_bytes = 0;
    uint64_t tx_bytes = 0;
    uint64_t rx_missed = 0;  // lost before a worker saw them
    uint64_t tx_errors = 0;
};

}  // namespace eti::metadata
