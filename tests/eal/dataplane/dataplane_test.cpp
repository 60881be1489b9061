// The dataplane over real memif ports, both ends in this process. Each test needs a process of its
// own, as ctest gives it, because an EAL starts only once.
#include "eti/dataplane/dataplane.h"

#include "eti/digest/hasher.h"
#include "memif_peer.h"
#include "tests/support/packet_builder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

namespace eti::dataplane {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::MemifPeer;
using tls::ContentType;

class Wire {
  public:
    explicit Wire(unsigned workers)
        : folder_(fs::path(testing::TempDir()) / ("eti-memif-" + std::to_string(::getpid()))),
          domain_(workers),
          tables(domain_, std::make_shared<policy::Policy>(
                              policy::Policy::inspect_everything("trust", "untrust"))) {
        fs::create_directories(folder_);
        config::Settings settings;
        settings.workers = workers;
        settings.limits.mbufs = 4096;
        settings.limits.flows_per_worker = 4096;
        settings.limits.sessions_per_worker = 256;
        settings.wires.push_back({"W", {port("a", "trust"), port("b", "untrust")}});
        dataplane = std::make_unique<Dataplane>(settings, tables, domain_);
        client = std::make_unique<MemifPeer>("client", socket("a"), static_cast<uint16_t>(workers));
        server = std::make_unique<MemifPeer>("server", socket("b"), static_cast<uint16_t>(workers));
        dataplane->start();
        EXPECT_TRUE(test::wait_until([&] {
            drain();
            const auto ports = dataplane->port_status();
            return client->link_up() && server->link_up() &&
                   std::ranges::all_of(ports, [](const auto& p) { return p.link_up; });
        }));
        // A memif receiver offers its first buffers when it first polls.
        client->receive();
        server->receive();
    }
    ~Wire() {
        dataplane->stop();
        EXPECT_TRUE(test::wait_until([&] {
            drain();
            return dataplane->stopped();
        }));
        client.reset();
        server.reset();
        dataplane.reset();
        fs::remove_all(folder_);
    }

    uint64_t count(inspect::Counter counter) const {
        uint64_t sum = 0;
        for (const WorkerShare* share : dataplane->workers()) {
            sum += share->counters.get(counter);
        }
        return sum;
    }

    // drain plays the control thread.
    void drain() {
        for (WorkerShare* share : dataplane->workers()) {
            while (const auto* record = share->records.front()) {
                records.push_back(*record);
                share->records.release();
            }
            while (share->certificates.front() != nullptr) {
                share->certificates.release();
            }
        }
        domain_.reclaim();
    }

    // carry sends a frame and waits until exactly it, or nothing, arrives within the poll.
    std::vector<Bytes> carry(MemifPeer& from, MemifPeer& to, const std::vector<Bytes>& frames) {
        std::vector<Bytes> arrived;
        const uint64_t before = received();
        uint16_t queue = 0;
        for (const Bytes& frame : frames) {
            EXPECT_TRUE(test::wait_until([&] { return from.send(frame, queue); }));
            queue = static_cast<uint16_t>((queue + 1) % dataplane->workers().size());
            const auto some = to.receive();
            arrived.insert(arrived.end(), some.begin(), some.end());
        }
        EXPECT_TRUE(test::wait_until([&] {
            const auto some = to.receive();
            arrived.insert(arrived.end(), some.begin(), some.end());
            drain();
            return received() == before + frames.size() && settled();
        }));
        // The ledger also balances between a drop and the resets that follow it in the same turn.
        domain_.retire(std::make_shared<int>());
        EXPECT_TRUE(test::wait_until([&] { return domain_.reclaim() == 0; }));
        const auto rest = to.receive();
        arrived.insert(arrived.end(), rest.begin(), rest.end());
        return arrived;
    }

    // counters names every counter that moved, for the message of a failed test.
    std::string counters() const {
        std::string text;
        for (std::size_t i = 0; i < inspect::kCounterCount; ++i) {
            if (const uint64_t n = count(static_cast<inspect::Counter>(i)); n > 0) {
                text += std::string(inspect::kCounterTexts[i].name) + " " + std::to_string(n) + " ";
            }
        }
        return text;
    }
    uint64_t received() const { return count(inspect::Counter::PacketsReceived); }
    // Every frame that came in went out or was dropped for a reason: the ledger of the wire.
    bool settled() const {
        using inspect::Counter;
        return received() + count(Counter::ResetsSent) ==
               count(Counter::PacketsForwarded) + count(Counter::DroppedCertificate) +
                   count(Counter::DroppedInfectedHost) + count(Counter::TransmitFull);
    }

  private:
    std::string socket(const std::string& name) const { return (folder_ / name).string(); }
    config::Interface port(const std::string& name, const std::string& zone) const {
        return {"ge-" + name, zone, 1500, config::MemifPort{socket(name), 0, true}};
    }

    fs::path folder_;
    QuiescentDomain domain_;

  public:
    inspect::Tables tables;
    std::unique_ptr<Dataplane> dataplane;
    std::unique_ptr<MemifPeer> client;
    std::unique_ptr<MemifPeer> server;
    std::vector<metadata::Record> records;
};

std::vector<Bytes> all_kinds_of_frames() {
    std::vector<Bytes> frames;
    for (const uint16_t ethertype :
         std::initializer_list<uint16_t>{0x0806, 0x88cc, 0x8809, 0x8847, 0x1234, 0x88a8}) {
        frames.push_back(test::join({test::ethernet(ethertype), Bytes(46, 0x5a)}));
    }
    frames.push_back(test::tcp_frame({.payload = Bytes(1400, 7), .vlans = {1, 2}}));
    frames.push_back(test::tcp_frame({.source = "fd00::1", .destination = "fd00::2"}));
    frames.push_back(test::udp_frame("10.0.0.1", 1, "10.0.0.2", 2, Bytes(900, 3)));
    frames.push_back(test::join(
        {test::ethernet(0x0800), test::ipv4("10.0.0.1", "10.0.0.2", 6, Bytes(64, 1), {}, 0x2000)}));
    Bytes torn = test::tcp_frame({.payload = Bytes(100, 1)});
    torn.resize(60);
    frames.push_back(torn);
    Bytes service_tag = test::tcp_frame({.vlans = {9}});
    service_tag[12] = 0x88;
    service_tag[13] = 0xa8;
    frames.push_back(service_tag);
    return frames;
}

TEST(Dataplane, OneWorkerForwardsEveryFrameUnchangedBothWays) {
    Wire wire(1);
    const auto frames = all_kinds_of_frames();
    EXPECT_EQ(wire.carry(*wire.client, *wire.server, frames), frames);
    EXPECT_EQ(wire.carry(*wire.server, *wire.client, frames), frames);
}

TEST(Dataplane, TwoWorkersKeepEveryFlowsOrder) {
    Wire wire(2);
    std::vector<Bytes> frames;
    for (uint32_t i = 0; i < 300; ++i) {
        const auto flow = static_cast<uint16_t>(i % 20);
        frames.push_back(test::udp_frame("10.0.0.1", static_cast<uint16_t>(1000 + flow), "10.0.0.2",
                                         53, test::number(i, 4)));
    }
    // Each flow stays on one queue, as a port's hash would have it.
    std::vector<Bytes> arrived;
    for (const Bytes& frame : frames) {
        const auto queue = static_cast<uint16_t>(frame[35] % 2);
        EXPECT_TRUE(test::wait_until([&] { return wire.client->send(frame, queue); }));
    }
    EXPECT_TRUE(test::wait_until([&] {
        const auto some = wire.server->receive();
        arrived.insert(arrived.end(), some.begin(), some.end());
        return arrived.size() == frames.size();
    })) << arrived.size()
        << " arrived; " << wire.counters();
    std::map<Bytes, std::vector<Bytes>> by_flow_sent;
    std::map<Bytes, std::vector<Bytes>> by_flow_arrived;
    const auto flow_of = [](const Bytes& f) { return Bytes(f.begin() + 34, f.begin() + 36); };
    for (const Bytes& frame : frames) {
        by_flow_sent[flow_of(frame)].push_back(frame);
    }
    for (const Bytes& frame : arrived) {
        by_flow_arrived[flow_of(frame)].push_back(frame);
    }
    EXPECT_EQ(by_flow_arrived, by_flow_sent);
    EXPECT_GT(wire.count(inspect::Counter::PacketsHandedOver), 0U)
        << "some flows belong to the other worker";
}

TEST(Dataplane, AListedCertificateIsCutWhicheverWorkersItsDirectionsReach) {
    Wire wire(2);
    const Bytes leaf(900, 0x21);
    intel::Sha1Blocklist::Source source{"cc_cert_sha1",
                                        {{digest::Hasher().sha1(leaf), 10, "Test C&C"}}};
    wire.tables.blocklist.publish(std::make_shared<intel::Sha1Blocklist>(std::span(&source, 1)));
    const Bytes hello = test::records(ContentType::Handshake, test::client_hello({}));
    const Bytes flight = test::records(
        ContentType::Handshake, test::join({test::server_hello({}), test::certificate({leaf})}));
    const auto after = static_cast<uint32_t>(101 + hello.size());
    const auto server_frame = [](uint32_t sequence, uint32_t ack, uint8_t flags, Bytes payload) {
        return test::tcp_frame(
            {"192.0.2.1", "10.0.1.10", 443, 40'000, sequence, ack, flags, std::move(payload)});
    };
    wire.carry(*wire.client, *wire.server,
               {test::tcp_frame({.sequence = 100, .flags = net::kSyn})});
    wire.carry(*wire.server, *wire.client, {server_frame(500, 101, net::kSyn | net::kAck, {})});
    wire.carry(*wire.client, *wire.server,
               {test::tcp_frame({.sequence = 101, .acknowledgment = 501, .payload = hello})});
    std::vector<Bytes> at_client =
        wire.carry(*wire.server, *wire.client, {server_frame(501, after, net::kAck, flight)});

    std::vector<Bytes> at_server = wire.server->receive();
    ASSERT_EQ(at_client.size(), 1U);
    ASSERT_EQ(at_server.size(), 1U);
    net::PacketView view;
    ASSERT_EQ(net::parse_packet(at_client[0], view), net::ParseResult::Transport);
    EXPECT_TRUE(view.has(net::kRst));
    EXPECT_EQ(view.sequence, 501U);
    EXPECT_EQ(net::to_string(view.source), "192.0.2.1");
    ASSERT_EQ(net::parse_packet(at_server[0], view), net::ParseResult::Transport);
    EXPECT_TRUE(view.has(net::kRst));
    EXPECT_EQ(view.sequence, after);
    wire.drain();
    ASSERT_EQ(wire.records.size(), 1U);
    EXPECT_EQ(wire.records[0].reason, metadata::Reason::CertificateBlocklist);
}

TEST(Dataplane, NewListsWhileTrafficFlowsLoseNoPacket) {
    Wire wire(2);
    constexpr std::size_t kFrames = 2000;
    std::size_t sent = 0;
    std::size_t arrived = 0;
    unsigned lists = 0;
    EXPECT_TRUE(test::wait_until([&] {
        if (sent < kFrames &&
            wire.client->send(
                test::udp_frame("10.0.0.1", static_cast<uint16_t>(sent), "10.0.0.2", 53, {1}),
                static_cast<uint16_t>(sent % 2))) {
            ++sent;
        }
        intel::Sha1Blocklist::Source source{"cc_cert_sha1", {}};
        source.entries.resize(50);
        source.entries[0].sha1[0] = static_cast<uint8_t>(lists++);
        wire.tables.blocklist.publish(
            std::make_shared<intel::Sha1Blocklist>(std::span(&source, 1)));
        wire.drain();
        arrived += wire.server->receive().size();
        return arrived == kFrames;
    })) << arrived;
    EXPECT_GT(lists, 100U);
    EXPECT_EQ(wire.count(inspect::Counter::TransmitFull), 0U);
}

}  // namespace
}  // namespace eti::dataplane
