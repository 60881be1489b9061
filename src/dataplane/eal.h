// EAL arguments from the configuration, and the initialised EAL.
#pragma once

#include "port.h"

#include <string>
#include <vector>

namespace eti::dataplane {

struct EalPlan {
    std::vector<std::string> arguments;  // argv for rte_eal_init, argv[0] included
    std::vector<std::string> notes;      // what an operator should know about them
};

// cpus the process may use, in order.
std::vector<unsigned> usable_cpus();

// plan_eal puts the control thread on the first CPU and the workers on the next ones, wrapping
// around when there are more workers than CPUs. hugepages: free 2 MiB or 1 GiB pages exist.
EalPlan plan_eal(const std::vector<PortPlan>& ports, unsigned workers, unsigned memory_mb,
                 const std::vector<unsigned>& cpus, bool hugepages);

bool hugepages_available(unsigned memory_mb);

// Eal is the initialised environment; throws std::runtime_error with EAL's reason.
class Eal {
  public:
    explicit Eal(const EalPlan& plan);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;
};

}  // namespace eti::dataplane
