// An inspector on a test bench: real tables and rings, a manual clock, packets by hand.
#pragma once

#include "eti/inspect/inspector.h"
#include "tests/support/packet_builder.h"

#include <memory>
#include <string>
#include <vector>

namespace eti::test {

inline constexpr uint8_t kClientSide = 0;
inline constexpr uint8_t kServerSide = 1;

class InspectBench {
  public:
    explicit InspectBench(const inspect::Options& options = small_options(),
                          policy::Policy policy = policy::Policy::inspect_everything("trust",
                                                                                     "untrust"),
                          std::size_t record_slots = 256)
        : records_ring(record_slots),
          tables(domain, std::make_shared<policy::Policy>(std::move(policy))),
          inspector(options, hasher, tables, {{{"trust", "untrust"}, false}},
                    {&records_ring, &certificates_ring, &sessions_ring}, counters) {}

    static inspect::Options small_options() {
        inspect::Options options;
        options.flows = 256;
        options.sessions = 64;
        options.segment_blocks = 256;
        options.small_assembly_buffers = 64;
        options.large_assembly_buffers = 4;
        options.certificate_buffers = 16;
        return options;
    }

    // send gives one frame to the inspector, in a burst of its own.
    inspect::Verdict send(const Bytes& frame, uint8_t side) {
        inspector.begin_burst(now);
        const auto packet = inspect::classify(frame, 0, side, hasher);
        const auto verdict = inspector.inspect(packet);
        resets.assign(inspector.resets().begin(), inspector.resets().end());
        inspector.end_burst();
        return verdict;
    }

    // advance lets time pass and expires what is due.
    void advance(std::chrono::nanoseconds time) {
        now += time;
        inspector.begin_burst(now);
        for (int i = 0; i < 16; ++i) {  // several bursts: each expires a bounded number
            inspector.end_burst();
        }
    }

    std::vector<metadata::Record> records() {
        std::vector<metadata::Record> all;
        while (const auto* record = records_ring.front()) {
            all.push_back(*record);
            records_ring.release();
        }
        return all;
    }

    uint64_t count(inspect::Counter counter) const { return counters.get(counter); }

    void list_certificate(const Sha1Digest& sha1, unsigned level = 10) {
        intel::Sha1Blocklist::Source source{"cc_cert_sha1",
                                            {{sha1, static_cast<uint8_t>(level), "Test C&C"}}};
        tables.blocklist.publish(std::make_shared<intel::Sha1Blocklist>(std::span(&source, 1)));
    }
    void list_host(std::string_view ip) {
        intel::InfectedHost host;
        host.ip = *net::parse_ip(ip);
        host.reason = "test";
        tables.infected_hosts.publish(std::make_shared<intel::InfectedHosts>(std::vector{host}));
    }

    QuiescentDomain domain{0};
    RecordRing<metadata::Record> records_ring;
    RecordRing<metadata::CertificateBytes> certificates_ring{64};
    RecordRing<metadata::SessionView> sessions_ring{64};
    flow::FlowHasher hasher{{11, 13}};
    inspect::Counters counters;
    inspect::Tables tables;
    Timestamp now{std::chrono::seconds(1'700'000'000)};
    std::vector<inspect::Reset> resets;
    inspect::Inspector inspector;
};

// Conversation keeps the sequence numbers of one TCP connection.
class Conversation {
  public:
    explicit Conversation(InspectBench& bench, std::string client = "10.0.1.10",
                          std::string server = "192.0.2.1", uint16_t server_port = 443,
                          uint16_t client_port = 40'000)
        : bench_(bench),
          client_(std::move(client)),
          server_(std::move(server)),
          client_port_(client_port),
          server_port_(server_port) {}

    // open is the three-way handshake; false when any packet of it was not forwarded.
    bool open() {
        const bool syn = from_client({}, net::kSyn) == inspect::Verdict::Forward;
        ++client_next;
        const bool answer = from_server({}, net::kSyn | net::kAck) == inspect::Verdict::Forward;
        ++server_next;
        return syn && answer && from_client({}, net::kAck) == inspect::Verdict::Forward;
    }
    inspect::Verdict from_client(const Bytes& payload, uint8_t flags = net::kAck | net::kPsh) {
        const auto verdict = bench_.send(client_frame(client_next, payload, flags), kClientSide);
        client_next += static_cast<uint32_t>(payload.size()) + ((flags & net::kFin) != 0 ? 1U : 0U);
        return verdict;
    }
    inspect::Verdict from_server(const Bytes& payload, uint8_t flags = net::kAck | net::kPsh) {
        const auto verdict = bench_.send(server_frame(server_next, payload, flags), kServerSide);
        server_next += static_cast<uint32_t>(payload.size()) + ((flags & net::kFin) != 0 ? 1U : 0U);
        return verdict;
    }

    Bytes client_frame(uint32_t sequence, const Bytes& payload, uint8_t flags) const {
        return tcp_frame(
            {client_, server_, client_port_, server_port_, sequence, server_next, flags, payload});
    }
    Bytes server_frame(uint32_t sequence, const Bytes& payload, uint8_t flags) const {
        return tcp_frame(
            {server_, client_, server_port_, client_port_, sequence, client_next, flags, payload});
    }

    uint32_t client_next = 1000;
    uint32_t server_next = 0xffffff00;  // wraps within the first flight

  private:
    InspectBench& bench_;
    std::string client_;
    std::string server_;
    uint16_t client_port_;
    uint16_t server_port_;
};

}  // namespace eti::test
