// fixed_load WORKLOAD  takes one workload, for an instrument that counts what happens inside the
//                      function eti::bench::measured, and prints how many packets that were
// fixed_load           names the workloads
#include "offline_worker.h"
#include "workloads.h"

#include <cstdio>
#include <exception>

namespace eti::bench {

// Callgrind finds it by its name.
[[gnu::noinline]] std::size_t measured(OfflineWorker& worker, const Workload& workload) {
    return worker.run(workload.measured, workload.gap);
}

// A frame that is held back means that not the steps were taken which the workload is about.
int take(std::string_view name) {
    const Workload workload = make_workload(name);
    OfflineWorker worker(workload.options);
    worker.run(workload.warm_up, workload.gap);
    const std::size_t forwarded = measured(worker, workload);
    std::printf("%zu\n", workload.measured.size());
    if (forwarded != workload.measured.size()) {
        std::fprintf(stderr, "fixed_load: only %zu frames were forwarded\n", forwarded);
        return 1;
    }
    return 0;
}

}  // namespace eti::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        for (const std::string& name : eti::bench::workload_names()) {
            std::puts(name.c_str());
        }
        return 0;
    }
    try {
        return eti::bench::take(argv[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "fixed_load: %s\n", error.what());
        return 2;
    }
}
