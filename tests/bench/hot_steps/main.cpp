// hot_steps [OPTION...]: times the steps of the packet path; the options are Google Benchmark's.
#include <benchmark/benchmark.h>

BENCHMARK_MAIN();
