// Sends cloned sessions through a forwarder with two memif ports and says what came back, as JSON.
#include "load.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <utility>

namespace {

void print(const eti::bench::LoadOptions& options, const eti::bench::LoadResult& result) {
    const auto total = [](const std::array<uint64_t, 2>& ways) { return ways[0] + ways[1]; };
    const double packets = static_cast<double>(total(result.received));
    std::printf(
        "{\"mode\": \"%s\", \"flows\": %u, \"flows_started\": %u,\n"
        " \"sent\": {\"to_server\": %lu, \"to_client\": %lu},\n"
        " \"received\": {\"to_server\": %lu, \"to_client\": %lu},\n"
        " \"lost\": %ld, \"stalls\": %lu, \"seconds\": %.4f,\n"
        " \"packets_per_second\": %.0f, \"fastest\": %.0f, \"bits_per_second\": %.0f,\n"
        " \"waited\": %.3f, \"sessions_ended\": %u, \"let_go\": %lu",
        options.mode.c_str(), options.flows, result.flows, result.sent[0], result.sent[1],
        result.received[0], result.received[1],
        static_cast<long>(total(result.sent)) - static_cast<long>(total(result.received)),
        result.stalls, result.seconds, packets / result.seconds, result.fastest,
        static_cast<double>(result.bytes_received) * 8 / result.seconds, result.waited,
        result.sessions, result.let_go);
    if (result.latencies.count() > 0) {
        const auto nanoseconds = [&](uint64_t ticks) {
            return static_cast<double>(ticks) / result.ticks_per_second * 1e9;
        };
        std::printf(",\n \"probes\": %lu, \"disturbed\": %lu,\n \"nanoseconds\": {",
                    result.latencies.count(), result.disturbed);
        for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}}) {
            std::printf("\"%s\": %.0f, ", name, nanoseconds(result.latencies.quantile(share)));
        }
        std::printf("\"max\": %.0f}", nanoseconds(result.latencies.max()));
    }
    std::printf("}\n");
}

void add_options(CLI::App& app, eti::bench::LoadOptions& options) {
    app.add_option("--clients", options.sockets[0], "Memif socket of the forwarder's client port")
        ->required();
    app.add_option("--servers", options.sockets[1], "Memif socket of the forwarder's server port")
        ->required();
    app.add_option("--mode", options.mode, "Kind of traffic")
        ->check(CLI::IsMember(eti::bench::mode_names()));
    app.add_option("--flows", options.flows, "Sessions open at a time")
        ->check(CLI::Range(1U, 16'000'000U));
    app.add_option("--packets", options.packets, "Packets to send")->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "Stop sending after that long");
    app.add_option("--warm-up", options.warm_up, "Packets sent before, which are not counted");
    app.add_option("--rate", options.rate, "Packets a second; 0: as many as are taken");
    app.add_option("--window", options.window, "Most packets on their way, never above --flows")
        ->check(CLI::Range(1U, 65'536U));
    app.add_option("--segments", options.segments, "Early segments of a half-open flow")
        ->check(CLI::Range(1U, 64U));
    app.add_option("--syns", options.syns, "SYNs of new flows after each packet of a session");
    app.add_option("--queues", options.queues, "Queues of each port")->check(CLI::Range(1, 8));
    app.add_option("--cpu", options.cpu, "CPU to run on");
    app.add_option("--capture-in", options.capture_in, "Write what is sent to this pcapng file");
    app.add_option("--capture-out", options.capture_out,
                   "Write what comes back to this pcapng file");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("openeti load generator");
    eti::bench::LoadOptions options;
    add_options(app, options);
    CLI11_PARSE(app, argc, argv);
    try {
        eti::bench::Load load(options);
        print(options, load.run());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load_generator: %s\n", error.what());
        return 1;
    }
    return 0;
}
