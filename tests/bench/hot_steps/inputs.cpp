#include "inputs.h"

#include "eti/base/mix.h"
#include "tests/support/encapsulation_builder.h"
#include "tests/support/packet_builder.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

namespace eti::bench {
namespace {

test::TcpSpec segment() {
    return {.payload = Bytes(10)};  // 64 bytes over IPv4
}

std::size_t available_memory() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    std::size_t kilobytes = 0;
    while (file >> word) {
        if (word == "MemAvailable:" && file >> kilobytes) {
            return kilobytes << 10;
        }
    }
    return 0;
}

}  // namespace

Bytes frame_v4() {
    return test::tcp_frame(segment());
}

Bytes frame_v6() {
    test::TcpSpec spec = segment();
    spec.source = "fd00:a::1";
    spec.destination = "2001:db8::1";
    return test::tcp_frame(spec);
}

Bytes frame_vxlan() {
    const Bytes carried = test::vxlan(4242, frame_v4());
    return test::ethernet_frame(test::over_udp(test::ends_v4(false), 50'000, 4789, carried, false),
                                {100});
}

flow::FlowKey flow_key(uint32_t number) {
    const auto byte = [](uint32_t value) { return static_cast<uint8_t>(value); };
    const uint32_t client = number / 64;
    flow::FlowKey key;
    key.low = net::IpAddress::v4(10, byte(client >> 16), byte(client >> 8), byte(client));
    key.high = net::IpAddress::v4(192, 0, 2, byte(number >> 3));
    key.low_port = static_cast<uint16_t>(32'768 + number % 64);
    key.high_port = 443;
    key.protocol = net::kTcp;
    return key;
}

Sha1Digest digest(uint32_t number) {
    Sha1Digest sha1{};
    for (uint32_t part = 0; part < 3; ++part) {
        const uint64_t word = mix(number * 3ULL + part + 1, 0x9e3779b97f4a7c15) ^
                              mix(number + 1ULL, 0xd1b54a32d192ed03);
        std::memcpy(sha1.data() + 8 * part, &word, part < 2 ? 8 : 4);
    }
    return sha1;
}

Bytes client_hello_body() {
    test::ClientHelloSpec hello;
    hello.session_id = Bytes(32, 0x55);
    hello.cipher_suites = {0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                           0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
    hello.extensions = test::join(
        {test::extension(0x3a3a), test::server_name("www.example.com"), test::extension(23),
         test::extension(0xff01, {0}), test::supported_groups({0x4a4a, 29, 23, 24}),
         test::point_formats({0}), test::extension(35), test::alpn({"h2", "http/1.1"}),
         test::extension(5, {1, 0, 0, 0, 0}),
         test::signature_algorithms(
             {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}),
         test::extension(18),
         test::extension(51, test::prefixed(2, test::join({test::number(29, 2),
                                                           test::prefixed(2, Bytes(32, 7))}))),
         test::extension(45, {1, 1}), test::supported_versions({0x6a6a, 0x0304, 0x0303}),
         test::extension(21, Bytes(180))});
    return test::client_hello_body(hello);
}

Bytes server_hello_body() {
    test::ServerHelloSpec hello;
    hello.session_id = Bytes(32, 0x55);
    hello.extensions = test::join({test::extension(0xff01, {0}), test::extension(11, {1, 0}),
                                   test::extension(35), test::extension(23)});
    return test::server_hello_body(hello);
}

Bytes server_flight() {
    return test::records(
        tls::ContentType::Handshake,
        test::join({test::handshake(tls::HandshakeType::ServerHello, server_hello_body()),
                    test::certificate({Bytes(1240, 0x30), Bytes(990, 0x31)}),
                    test::handshake(12, Bytes(300, 0x32)), test::server_hello_done()}));
}

bool memory_for(std::size_t bytes, const char* benchmark) {
    constexpr std::size_t kSpare = 1ULL << 30;
    const bool enough = available_memory() > bytes + kSpare;
    if (!enough) {
        std::fprintf(stderr, "hot_steps: %s is left out: it needs %zu MB\n", benchmark,
                     bytes >> 20);
    }
    return enough;
}

}  // namespace eti::bench
