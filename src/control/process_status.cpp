#include "eti/control/process_status.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace eti::control {

ProcessStatus read_process_status() {
    ProcessStatus status;
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) == 0) {
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        status.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    }
    uint64_t pages = 0;
    uint64_t resident = 0;
    std::ifstream statm("/proc/self/statm");
    if (statm >> pages >> resident) {
        const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
        status.virtual_bytes = pages * page;
        status.resident_bytes = resident * page;
    }
    std::error_code error;
    const std::filesystem::directory_iterator descriptors("/proc/self/fd", error);
    if (!error) {
        status.open_descriptors = static_cast<uint64_t>(
            std::distance(begin(descriptors), std::filesystem::directory_iterator{}));
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        status.most_descriptors = limit.rlim_cur;
    }
    return status;
}

}  // namespace eti::control
