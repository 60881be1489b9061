// What the kernel says of this process.
#pragma once

#include <cstdint>

namespace eti::control {

struct ProcessStatus {
    double cpu_seconds = 0;
    uint64_t resident_bytes = 0;
    uint64_t virtual_bytes = 0;
    uint64_t open_descriptors = 0;
    uint64_t most_descriptors = 0;
};

ProcessStatus read_process_status();  // zeros where /proc cannot be read

}  // namespace eti::control
