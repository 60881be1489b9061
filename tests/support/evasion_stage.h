// A stage for tricks against the inspector: a client and a server with an inspector between them.
// What it forwards reaches the endpoint it is addressed to, unless a trick loses it on the way.
#pragma once

#include "eti/digest/hasher.h"
#include "tests/support/inspect_bench.h"
#include "tests/support/ip_endpoint.h"
#include "tests/support/tcp_endpoint.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace eti::test {

// How the world behind the inspector behaves, and what the certificate list says.
struct World {
    Overlap overlap = Overlap::FirstWins;
    FragmentOverlap fragments = FragmentOverlap::FirstWins;
    Urgent urgent = Urgent::Apart;
    bool acknowledges = false;  // the client answers each segment at once
    bool listed = true;
    bool ipv6 = false;
};

// Segment is what a trick sends. Sequence numbers are absolute.
struct Segment {
    uint8_t side = kServerSide;
    uint32_t sequence = 0;
    Bytes payload = {};
    uint8_t flags = net::kAck | net::kPsh;
    std::optional<uint32_t> acknowledgment = {};  // else what its sender would say
    Bytes options = {};                           // a multiple of 4 bytes
    uint16_t window = 65'535;
    uint16_t urgent = 0;
    bool damaged = false;                // its checksum is wrong
    std::optional<uint8_t> enters = {};  // the wire's side it comes in, else its sender's
};

enum class Fate : uint8_t { Arrives, LostAfterUs };

class Stage {
  public:
    static inspect::Options options() {
        inspect::Options options = InspectBench::small_options();
        options.segment_blocks = 64;
        options.sessions = 8;
        options.flows = 32;
        options.fragment_datagrams = 16;
        options.fragment_blocks = 64;
        options.certificate_buffers = 2;
        options.small_assembly_buffers = 16;
        options.large_assembly_buffers = 1;
        options.out_of_order_segments_per_direction = 32;
        return options;
    }
    static policy::Policy drop_listed() {
        auto pairs = policy::Policy::inspect_everything("trust", "untrust").pairs();
        policy::Profile profile;
        profile.default_decision = {policy::Enforcement::BlockDrop, true};
        for (auto& pair : pairs) {
            for (auto& rule : pair.rules) {
                rule.certificates = profile;
            }
        }
        return policy::Policy(pairs);
    }
    static Bytes make_leaf(std::size_t size = 900) {
        Bytes leaf(size);
        std::iota(leaf.begin(), leaf.end(), uint8_t{3});
        leaf[size / 2] = 0xee;  // no piece of it repeats another
        return leaf;
    }
    static Bytes make_hello(std::string_view name = "www.example.com") {
        return records(tls::ContentType::Handshake,
                       client_hello({.extensions = server_name(name)}));
    }
    static Bytes make_flight(const Bytes& leaf) {
        return records(
            tls::ContentType::Handshake,
            join({server_hello({}), certificate({leaf, Bytes(200, 0x5a)}), server_hello_done()}));
    }

    explicit Stage(const World& world, Bytes certificate = make_leaf())
        : world_(world), leaf(std::move(certificate)), flight(make_flight(leaf)) {
        if (world.listed) {
            bench.list_certificate(digest::Hasher().sha1(leaf));
        }
        client.overlap = server.overlap = world.overlap;
        client.urgent = server.urgent = world.urgent;
        client_ip.overlap = server_ip.overlap = world.fragments;
        server.own_next = server_start + (1U << 20);  // whatever the client acknowledges
    }

    // --- the ordinary way ---
    void open(const Bytes& tcp_options = {}) {
        client.ask(client_start - 1);
        put({.side = kClientSide,
             .sequence = client_start - 1,
             .flags = net::kSyn,
             .acknowledgment = 0,
             .options = tcp_options});
        put({.sequence = server_start - 1,
             .flags = net::kSyn | net::kAck,
             .acknowledgment = client_start,
             .options = tcp_options});
        put({.side = kClientSide,
             .sequence = client_start,
             .flags = net::kAck,
             .acknowledgment = server_start,
             .options = tcp_options});
    }
    void say_hello() { put({.side = kClientSide, .sequence = client_start, .payload = hello}); }
    void begin() {
        open();
        say_hello();
    }
    // Bytes [from, end) of the server's flight, as they are.
    void truth(std::size_t from, std::size_t end, Fate fate = Fate::Arrives) {
        say(from, piece(from, end), fate);
    }
    // Other bytes in the same place.
    void decoy(std::size_t from, std::size_t end, Fate fate = Fate::LostAfterUs) {
        say(from, Bytes(end - from, 0xd0), fate);
    }
    void say(std::size_t from, const Bytes& bytes, Fate fate = Fate::Arrives) {
        send({.sequence = server_start + static_cast<uint32_t>(from), .payload = bytes}, fate);
    }
    Bytes piece(std::size_t from, std::size_t end) const {
        return {flight.begin() + static_cast<std::ptrdiff_t>(from),
                flight.begin() + static_cast<std::ptrdiff_t>(std::min(end, flight.size()))};
    }
    void pause(std::chrono::nanoseconds time) { bench.advance(time); }

    // insist repeats what the client has not got, as a server does whose timer runs out.
    void insist() {
        using namespace std::chrono_literals;
        for (const auto wait : {1s, 3s, 60s}) {
            pause(wait);
            const auto got = static_cast<std::size_t>(client.next - server_start);
            for (std::size_t at = got; got <= flight.size() && at < flight.size(); at += 1400) {
                truth(at, std::min(flight.size(), at + 1400));
            }
        }
    }

    // --- any way ---
    void put(const Segment& segment) { send(segment, Fate::Arrives); }
    void lose(const Segment& segment) { send(segment, Fate::LostAfterUs); }
    void send(const Segment& segment, Fate fate) {
        const Bytes packet = build(segment);
        const uint8_t enters = segment.enters.value_or(segment.side);
        // What comes in on the side of the end it names is never sent to it.
        send_frame(wrap(packet, segment.side == kServerSide), enters,
                   enters == segment.side ? fate : Fate::LostAfterUs);
    }
    void send_frame(const Bytes& frame, uint8_t side, Fate fate = Fate::Arrives) {
        const inspect::Verdict verdict = bench.send(frame, side);
        refused += verdict != inspect::Verdict::Forward ? 1U : 0U;
        if (verdict == inspect::Verdict::Forward && fate == Fate::Arrives) {
            arrive(frame, side);
        }
    }

    Bytes build(const Segment& segment) const {
        const bool from_client = segment.side == kClientSide;
        const std::string& source = from_client ? client_address() : server_address();
        const std::string& destination = from_client ? server_address() : client_address();
        const uint32_t usual = from_client ? client.next : client.own_next;
        Bytes bytes =
            join({number(from_client ? kClientPort : kServerPort, 2),
                  number(from_client ? kServerPort : kClientPort, 2),
                  number(segment.sequence, 4),
                  number(segment.acknowledgment.value_or(usual), 4),
                  {static_cast<uint8_t>((20 + segment.options.size()) * 4), segment.flags},
                  number(segment.window, 2),
                  number(0, 2),
                  number(segment.urgent, 2),
                  segment.options,
                  segment.payload});
        net::Checksum checksum;
        checksum.add(ip_bytes(source));
        checksum.add(ip_bytes(destination));
        checksum.add(net::kTcp);
        checksum.add(static_cast<uint16_t>(bytes.size()));
        checksum.add(bytes);
        const auto sum = static_cast<uint16_t>(checksum.finish() ^ (segment.damaged ? 0x55U : 0U));
        bytes[16] = static_cast<uint8_t>(sum >> 8);
        bytes[17] = static_cast<uint8_t>(sum);
        return ip_packet(source, destination, net::kTcp, bytes);
    }

    // --- what came of it ---
    // The client's application has all of the leaf, in one piece or over the records of TLS.
    bool delivered_leaf() const {
        return holds(client.delivered, leaf) || holds(without_records(client.delivered), leaf);
    }
    std::vector<metadata::Record> records_of_session() {
        bench.inspector.begin_burst(bench.now);
        bench.inspector.finish();
        bench.inspector.end_burst();
        return bench.records();
    }
    uint64_t refused_as_contradicting() const {
        return bench.count(inspect::Counter::DroppedContradicting) +
               bench.count(inspect::Counter::DroppedFragments);
    }

  private:
    static constexpr uint16_t kClientPort = 40'000;
    static constexpr uint16_t kServerPort = 443;
    World world_;

    const std::string& client_address() const {
        static const std::string kV4 = "10.0.1.10";
        static const std::string kV6 = "fd00::10";
        return world_.ipv6 ? kV6 : kV4;
    }
    const std::string& server_address() const {
        static const std::string kV4 = "192.0.2.1";
        static const std::string kV6 = "2001:db8::1";
        return world_.ipv6 ? kV6 : kV4;
    }

    static bool holds(const Bytes& stream, const Bytes& wanted) {
        return std::search(stream.begin(), stream.end(), wanted.begin(), wanted.end()) !=
               stream.end();
    }
    // without_records joins what the handshake records of a stream hold.
    static Bytes without_records(const Bytes& stream) {
        Bytes messages;
        for (std::size_t at = 0; at + 5 <= stream.size();) {
            const std::size_t size = static_cast<std::size_t>(stream[at + 3]) << 8 | stream[at + 4];
            const std::size_t end = std::min(stream.size(), at + 5 + size);
            if (stream[at] == static_cast<uint8_t>(tls::ContentType::Handshake)) {
                messages.insert(messages.end(),
                                stream.begin() + static_cast<std::ptrdiff_t>(at + 5),
                                stream.begin() + static_cast<std::ptrdiff_t>(end));
            }
            at = end;
        }
        return messages;
    }

    void arrive(const Bytes& frame, uint8_t side) {
        const inspect::Packet packet = inspect::classify(frame, 0, side, bench.hasher);
        const bool to_client = side == kServerSide;
        if (packet.parsed == net::ParseResult::Fragment) {
            const auto whole = (to_client ? client_ip : server_ip).receive(packet.view);
            if (whole) {
                arrive(*whole, side);
            }
            return;
        }
        if (packet.parsed != net::ParseResult::Transport || packet.view.protocol != net::kTcp) {
            return;
        }
        const bool answer = (to_client ? client : server).receive(packet.view);
        if (!to_client) {
            client.own_next = std::max(client.own_next, server.next);
        }
        if (to_client && answer && world_.acknowledges) {
            put({.side = kClientSide, .sequence = client.own_next, .flags = net::kAck});
        }
    }

  public:
    Bytes leaf;
    Bytes hello = make_hello();
    Bytes flight;  // what the server has to say
    uint32_t client_start = 1001;
    uint32_t server_start = 0xffffff00;  // wraps inside the leaf
    unsigned refused = 0;                // frames that were not forwarded
    // wrap makes the frame of an IP packet.
    std::function<Bytes(const Bytes& packet, bool from_server)> wrap =
        [](const Bytes& packet, bool) { return ethernet_frame(packet); };
    InspectBench bench{options(), drop_listed(), 8};
    TcpEndpoint client;
    TcpEndpoint server;
    IpEndpoint client_ip;
    IpEndpoint server_ip;
};

using Move = std::function<void(Stage&)>;

enum class Expected : uint8_t {
    Blocked,  // the list stops it; with another leaf nothing is refused at all
    Refused,  // what contradicts is refused, then the list stops the truth
    Starved,  // the truth contradicts what was read before: the client never gets the leaf
    Stalled,  // the client itself never takes the leaf: the trick breaks the connection
};

// Technique is one row of docs/evasion.md. moves may be made in any order where any_order says so.
struct Technique {
    std::string name;
    std::string reference;
    Expected expected = Expected::Blocked;
    std::function<std::vector<Move>(Stage&)> moves;  // begins on the stage, then says what follows
    bool any_order = false;
    bool ipv6 = false;
};

}  // namespace eti::test
