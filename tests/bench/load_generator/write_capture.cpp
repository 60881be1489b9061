// Writes complete sessions to a pcap file, as many and as interleaved as asked for.
#include "traffic.h"

#include <CLI/CLI.hpp>
#include <pcap/pcap.h>

#include <cstdio>
#include <memory>
#include <string>

namespace {

struct Options {
    std::string mode = "handshake";
    std::string path;
    uint32_t sessions = 1000;
    uint32_t open = 1000;  // at a time
};

// write answers the number of packets, 0 when the file cannot be written.
uint64_t write(const Options& options) {
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> format(
        pcap_open_dead(DLT_EN10MB, UINT16_MAX), &pcap_close);
    const std::unique_ptr<pcap_dumper_t, decltype(&pcap_dump_close)> file(
        pcap_dump_open(format.get(), options.path.c_str()), &pcap_dump_close);
    if (!file) {
        std::fprintf(stderr, "write_capture: %s\n", pcap_geterr(format.get()));
        return 0;
    }
    constexpr uint64_t kPacketsPerSecond = 100'000;
    eti::bench::Traffic traffic(eti::bench::traffic_of(options.mode, options.open, 1),
                                options.open);
    uint64_t packets = 0;
    eti::bench::Bytes frame;
    for (; traffic.sessions_ended() < options.sessions; ++packets) {
        const eti::bench::Traffic::Next next = traffic.next();
        frame.resize(next.packet->frame.size());
        write_packet(*next.packet, next.flow, frame);
        pcap_pkthdr header{};
        header.ts.tv_sec = static_cast<time_t>(1'700'000'000 + packets / kPacketsPerSecond);
        header.ts.tv_usec =
            static_cast<suseconds_t>(packets % kPacketsPerSecond * (1'000'000 / kPacketsPerSecond));
        header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
        pcap_dump(reinterpret_cast<u_char*>(file.get()), &header, frame.data());
    }
    return pcap_dump_flush(file.get()) == 0 ? packets : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("openeti writer of captures");
    Options options;
    app.add_option("PATH", options.path, "pcap file")->required();
    app.add_option("--mode", options.mode, "Kind of traffic")
        ->check(CLI::IsMember(eti::bench::mode_names()));
    app.add_option("--sessions", options.sessions, "Complete sessions, a multiple of --open");
    app.add_option("--open", options.open, "Sessions open at a time");
    CLI11_PARSE(app, argc, argv);
    const uint64_t packets = write(options);
    std::printf("{\"packets\": %lu, \"sessions\": %u}\n", packets, options.sessions);
    return packets > 0 ? 0 : 1;
}
