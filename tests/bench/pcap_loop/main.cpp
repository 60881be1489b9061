// Reads a capture by libpcap and says how many packets and bytes it holds.
#include <pcap/pcap.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>

int main(int argc, char** argv) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> capture(
        argc == 2 ? pcap_open_offline(argv[1], error.data()) : nullptr, &pcap_close);
    if (!capture) {
        std::fprintf(stderr, "pcap_loop CAPTURE: %s\n", error.data());
        return 1;
    }
    uint64_t packets = 0;
    uint64_t bytes = 0;
    pcap_pkthdr* header = nullptr;
    const u_char* frame = nullptr;
    while (pcap_next_ex(capture.get(), &header, &frame) == 1) {
        ++packets;
        bytes += header->caplen;
    }
    std::printf("{\"packets\": %lu, \"bytes\": %lu}\n", packets, bytes);
    return 0;
}
