#include "eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace eti::dataplane {
namespace {

// free_hugepage_mb sums what is free over all page sizes.
uint64_t free_hugepage_mb() {
    namespace fs = std::filesystem;
    uint64_t total_kb = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/sys/kernel/mm/hugepages", error)) {
        const std::string name = entry.path().filename().string();  // hugepages-2048kB
        const auto dash = name.find('-');
        uint64_t pages = 0;
        std::ifstream(entry.path() / "free_hugepages") >> pages;
        if (dash != std::string::npos) {
            total_kb += pages * std::strtoull(name.c_str() + dash + 1, nullptr, 10);
        }
    }
    return total_kb / 1024;
}

}  // namespace

std::vector<unsigned> usable_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<unsigned> cpus;
    if (::sched_getaffinity(0, sizeof set, &set) == 0) {
        for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(cpu, &set)) {
                cpus.push_back(cpu);
            }
        }
    }
    if (cpus.empty()) {
        cpus.push_back(0);
    }
    return cpus;
}

bool hugepages_available(unsigned memory_mb) {
    return free_hugepage_mb() >= memory_mb;
}

EalPlan plan_eal(const std::vector<PortPlan>& ports, unsigned workers, unsigned memory_mb,
                 const std::vector<unsigned>& cpus, bool hugepages) {
    EalPlan plan;
    auto& arguments = plan.arguments;
    arguments = {"etid", "--no-telemetry", "--log-level=lib.eal:warning", "--log-level=*:notice",
                 "--file-prefix=etid-" + std::to_string(::getpid())};
    std::string lcores;
    for (unsigned lcore = 0; lcore <= workers; ++lcore) {
        lcores += (lcore == 0 ? "" : ",") + std::to_string(lcore) + "@" +
                  std::to_string(cpus[lcore % cpus.size()]);
    }
    arguments.push_back("--lcores=" + lcores);
    arguments.push_back("--main-lcore=0");
    arguments.push_back("-m");
    arguments.push_back(std::to_string(memory_mb));
    arguments.push_back(hugepages ? "--in-memory" : "--no-huge");
    bool pci = false;
    for (const PortPlan& port : ports) {
        arguments.push_back(port.is_pci ? "--allow=" + port.devargs : "--vdev=" + port.devargs);
        pci = pci || port.is_pci;
    }
    if (!pci) {
        arguments.push_back("--no-pci");
    }
    if (!hugepages) {
        plan.notes.push_back(
            "running without hugepages: address translation costs some speed and "
            "PCI ports cannot be used; reserve them with: sysctl vm.nr_hugepages=" +
            std::to_string(memory_mb / 2));
    }
    if (workers + 1 > cpus.size()) {
        plan.notes.push_back(std::to_string(workers) + " workers and the control thread share " +
                             std::to_string(cpus.size()) +
                             " CPUs: polling threads then compete for time");
    }
    return plan;
}

Eal::Eal(const EalPlan& plan) {
    std::vector<std::string> copies = plan.arguments;
    std::vector<char*> argv;
    for (std::string& argument : copies) {
        argv.push_back(argument.data());
    }
    if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
        std::string command;
        for (const std::string& argument : plan.arguments) {
            command += " " + argument;
        }
        throw std::runtime_error(std::string("DPDK did not start: ") + rte_strerror(rte_errno) +
                                 " (arguments:" + command + ")");
    }
}

Eal::~Eal() {
    rte_eal_cleanup();
}

}  // namespace eti::dataplane
