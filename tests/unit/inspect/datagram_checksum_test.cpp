// What endpoints drop for its checksum tells nothing (RFC 768, RFC 8200 section 8.1).
#include "eti/digest/hasher.h"
#include "tests/support/dtls_builder.h"
#include "tests/support/inspect_bench.h"

#include <gtest/gtest.h>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::InspectBench;
using test::UdpChecksum;

Bytes dtls(const Bytes& message, uint16_t number) {
    return test::dtls_handshake(test::dtls_message(message, number));
}

struct Case {
    const char* why;
    bool shows_a_right_one;  // the server, before
    UdpChecksum checksum;
    bool ipv6;
    uint32_t cut;  // by the capture
    bool captured;
    bool believed;
};

const Case kCases[] = {
    {"right", true, UdpChecksum::Right, false, 0, false, true},
    {"wrong", true, UdpChecksum::Wrong, false, 0, false, false},
    {"wrong over IPv6", true, UdpChecksum::Wrong, true, 0, false, false},
    {"none over IPv4 is allowed", true, UdpChecksum::None, false, 0, false, true},
    {"none over IPv6 is not", true, UdpChecksum::None, true, 0, false, false},
    {"left to the hardware", true, UdpChecksum::Partial, false, 0, false, true},
    {"left to the hardware over IPv6", true, UdpChecksum::Partial, true, 0, false, true},
    {"of a sender that never computes it", false, UdpChecksum::Wrong, false, 0, false, true},
    {"wrong in a capture", true, UdpChecksum::Wrong, false, 0, true, false},
    {"captured ahead of the hardware", false, UdpChecksum::Wrong, false, 0, true, true},
    {"its last bytes were not captured", true, UdpChecksum::Wrong, false, 3, true, true},
};

TEST(DatagramChecksum, DamagedDatagramsTellNothing) {
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.why);
        InspectBench bench;
        const std::string_view near = c.ipv6 ? "2001:db8::10" : "10.0.1.10";
        const std::string_view far = c.ipv6 ? "2001:db8:1::1" : "192.0.2.1";
        const auto send = [&](const Bytes& frame, uint8_t side, uint32_t cut) {
            bench.inspector.begin_burst(bench.now);
            const Packet packet = classify(std::span(frame).first(frame.size() - cut), 0, side,
                                           bench.hasher, {.capture = c.captured, .cut = cut});
            EXPECT_EQ(bench.inspector.inspect(packet), Verdict::Forward);
            bench.inspector.end_burst();
        };
        send(test::udp_frame(near, 5000, far, 4433, dtls(test::dtls_client_hello(), 0),
                             UdpChecksum::Right),
             test::kClientSide, 0);
        if (c.shows_a_right_one) {
            send(test::udp_frame(far, 4433, near, 5000, test::stun(0x101), UdpChecksum::Right),
                 test::kServerSide, 0);
        }
        // The cut is behind the certificate: its record is whole.
        const Bytes flight = test::join({dtls(test::dtls_server_hello(), 0),
                                         dtls(test::certificate({Bytes(300, 7)}), 1), Bytes(8, 0)});
        send(test::udp_frame(far, 4433, near, 5000, flight, c.checksum), test::kServerSide, c.cut);
        EXPECT_EQ(bench.count(Counter::CertificatesVisible), c.believed ? 1U : 0U);
        EXPECT_EQ(bench.count(Counter::SegmentsNotBelieved), c.believed ? 0U : 1U);
    }
}

TEST(DatagramChecksum, IsNotAskedForWhenNothingIsLeftToDecide) {
    InspectBench bench;
    const auto send = [&](bool out, const Bytes& payload, UdpChecksum checksum) {
        bench.send(out ? test::udp_frame("10.0.1.10", 5000, "192.0.2.1", 4433, payload, checksum)
                       : test::udp_frame("192.0.2.1", 4433, "10.0.1.10", 5000, payload, checksum),
                   out ? test::kClientSide : test::kServerSide);
    };
    const Bytes end = test::dtls_record(tls::ContentType::ChangeCipherSpec, {1});
    const Bytes data = test::dtls_record(tls::ContentType::ApplicationData, Bytes(50, 1), 1);
    send(true, dtls(test::dtls_client_hello(), 0), UdpChecksum::Right);
    send(false, dtls(test::dtls_server_hello(), 0), UdpChecksum::Right);
    send(true, end, UdpChecksum::Right);
    send(false, data, UdpChecksum::Wrong);
    EXPECT_EQ(bench.count(Counter::SegmentsNotBelieved), 1U) << "undecided";
    send(false, end, UdpChecksum::Right);
    send(false, data, UdpChecksum::Wrong);
    EXPECT_EQ(bench.count(Counter::SegmentsNotBelieved), 1U) << "both encrypt";
    const Bytes again = dtls(test::dtls_client_hello({.random = Bytes(32, 0x99)}), 0);
    send(true, again, UdpChecksum::Wrong);
    EXPECT_EQ(bench.count(Counter::SegmentsNotBelieved), 2U) << "would start over";
}

}  // namespace
}  // namespace eti::inspect
