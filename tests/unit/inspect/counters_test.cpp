// Every way out without inspection moves a counter that operators can see.
#include "eti/inspect/counters.h"

#include "tests/support/inspect_bench.h"
#include "tests/support/ip_endpoint.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using namespace std::chrono_literals;

const Bytes kPacket = test::without_ethernet(test::tcp_frame({.payload = Bytes(100, 1)}));
const Bytes kPacket6 = test::without_ethernet(test::tcp_frame(
    {.source = "2001:db8::1", .destination = "2001:db8::2", .payload = Bytes(100, 1)}));

Bytes piece(std::size_t at, uint32_t identification, const Bytes& packet = kPacket) {
    return test::ethernet_frame(test::ip_fragments(packet, 40, identification)[at]);
}
void send(InspectBench& bench, const Bytes& frame) {
    bench.send(frame, test::kClientSide);
}
// A TLS connection whose server shows a leaf of that size in segments.
void show(InspectBench& bench, std::size_t leaf, uint16_t port = 40'000) {
    Conversation talk(bench, "10.0.1.10", "192.0.2.1", 443, port);
    talk.open();
    talk.from_client(test::records(tls::ContentType::Handshake, test::client_hello({})));
    const Bytes flight =
        test::records(tls::ContentType::Handshake,
                      test::join({test::server_hello({}), test::certificate({Bytes(leaf, 0x5c)})}));
    for (std::size_t at = 0; at < flight.size(); at += 1000) {
        const std::size_t end = std::min(flight.size(), at + 1000);
        talk.from_server({flight.begin() + static_cast<std::ptrdiff_t>(at),
                          flight.begin() + static_cast<std::ptrdiff_t>(end)});
    }
}

struct Case {
    Counter counter;
    const char* name;
    std::function<void(Options&)> set;
    std::function<void(InspectBench&)> play;
    uint64_t count = 1;
};

const std::vector<Case> kCases{
    {Counter::DatagramsCompleted,
     "fragmented-datagrams-completed",
     {},
     [](InspectBench& bench) {
         for (const std::size_t at : {2U, 0U, 1U}) {
             send(bench, piece(at, 7));
         }
     }},
    {Counter::DatagramsEvicted, "fragmented-datagrams-evicted",
     [](Options& options) { options.fragment_datagrams = 1; },
     [](InspectBench& bench) {
         for (const uint32_t identification : {1U, 2U, 3U}) {
             send(bench, piece(0, identification));
         }
     },
     2},
    {Counter::DatagramsTimedOut,
     "fragmented-datagrams-timed-out",
     {},
     [](InspectBench& bench) {
         send(bench, piece(0, 1));
         bench.advance(40s);
         send(bench, piece(0, 2));
     }},
    {Counter::FragmentsRepeated,
     "fragments-repeated",
     {},
     [](InspectBench& bench) {
         send(bench, piece(0, 1));
         send(bench, piece(0, 1));
     }},
    {Counter::FragmentsTinyFirst,
     "fragments-tiny-first",
     {},
     [](InspectBench& bench) {
         send(bench, test::ethernet_frame(test::ip_fragments(kPacket6, 8, 1)[0]));
     }},
    {Counter::FragmentsMalformed,
     "fragments-malformed",
     {},
     [](InspectBench& bench) {  // more is to come, and it is no multiple of 8 bytes
         send(bench, test::ethernet_frame(test::ip_fragments(kPacket6, 45, 1)[0]));
     }},
    {Counter::FragmentsDamaged,
     "fragments-damaged",
     {},
     [](InspectBench& bench) {
         Bytes frame = piece(0, 1);
         frame[14 + 10] ^= 0x55;
         send(bench, frame);
     }},
    {Counter::FragmentsTooDeep,
     "fragments-too-deep",
     {},
     [](InspectBench& bench) {  // fragments in a tunnel, in fragments in a tunnel, in fragments
         std::vector<Bytes> pieces{kPacket};
         for (uint32_t depth = 0; depth < 3; ++depth) {
             std::vector<Bytes> around;
             for (const Bytes& packet : pieces) {
                 for (Bytes& part :
                      test::ip_fragments(packet, depth == 2 ? 32 : 64,
                                         depth * 100 + static_cast<uint32_t>(around.size()))) {
                     around.push_back(depth == 2 ? part
                                                 : test::over_ip(test::ends_v4(false), 47,
                                                                 test::gre(0, 0x0800, part)));
                 }
             }
             pieces = around;
         }
         for (const Bytes& part : pieces) {
             send(bench, test::ethernet_frame(part));
         }
     }},
    {Counter::NotQuicOrDtls,
     "not-quic-or-dtls",
     {},
     [](InspectBench& bench) {
         for (int i = 0; i < 40; ++i) {
             send(bench, test::udp_frame("10.0.1.10", 5000, "192.0.2.1", 9000, {1}));
         }
     }},
    {Counter::CertificateBuffersFull, "certificate-buffers-full",
     [](Options& options) { options.certificate_buffers = 0; },
     [](InspectBench& bench) { show(bench, 2'000); }},
    {Counter::CertificateTooLong,
     "certificate-too-long",
     {},
     [](InspectBench& bench) { show(bench, 9'000); }},
    {Counter::NamesOverBudget, "names-over-budget",
     [](Options& options) {
         options.small_assembly_buffers = 0;
         options.large_assembly_buffers = 0;
     },
     [](InspectBench& bench) {
         Conversation talk(bench, "10.0.1.10", "192.0.2.1", 53);
         talk.open();
         talk.from_client({0, 3, 'a', 'b', 'c'});
         talk.from_server({0, 3, 'a', 'b', 'c'});
     }},
};

TEST(WorkerCounters, EachLimitAndSidePathMovesOne) {
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.name);
        Options options = InspectBench::small_options();
        if (c.set) {
            c.set(options);
        }
        InspectBench bench(options);
        c.play(bench);
        EXPECT_EQ(bench.count(c.counter), c.count);
        EXPECT_EQ(kCounterTexts[static_cast<std::size_t>(c.counter)].name, c.name);
        InspectBench quiet(options);
        send(quiet, test::tcp_frame({.flags = net::kSyn}));
        EXPECT_EQ(quiet.count(c.counter), 0U);
    }
}

TEST(WorkerCounters, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (const CounterText& text : kCounterTexts) {
        EXPECT_TRUE(names.insert(text.name).second) << text.name;
        EXPECT_FALSE(text.help.empty()) << text.name;
    }
}

}  // namespace
}  // namespace eti::inspect
