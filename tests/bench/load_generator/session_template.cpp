#include "session_template.h"

#include "tests/support/certificate_builder.h"
#include "tests/support/packet_builder.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace eti::bench {
namespace {

using test::TcpSpec;

constexpr uint32_t kSegmentBytes = 1400;
constexpr uint16_t kFirstClientPort = 32768;
constexpr uint32_t kPortsPerClient = 64;

struct Ends {
    std::string_view client;
    std::string_view server;
};

Ends ends(bool ipv6) {
    return ipv6 ? Ends{"fd00:a::", "2001:db8::1"} : Ends{"10.0.0.0", "192.0.2.1"};
}

TemplatePacket locate(Way way, Bytes frame, std::size_t vlans, bool ipv6, uint8_t protocol) {
    const bool to_server = way == Way::ToServer;
    const std::size_t ip = 14 + 4 * vlans;
    const std::size_t transport = ip + (ipv6 ? 40 : 20);
    TemplatePacket packet{way, std::move(frame)};
    const std::size_t source = ip + (ipv6 ? 8 + 12 : 12);
    packet.address_at = static_cast<uint16_t>(source + (to_server ? 0 : ipv6 ? 16U : 4U));
    packet.port_at = static_cast<uint16_t>(transport + (to_server ? 0U : 2U));
    packet.ip_checksum_at = static_cast<uint16_t>(ipv6 ? 0 : ip + 10);
    packet.transport_checksum_at =
        static_cast<uint16_t>(protocol == net::kTcp ? transport + 16 : 0);
    return packet;
}

void store_u16(std::span<uint8_t> out, std::size_t at, uint32_t value) {
    const uint16_t big = htons(static_cast<uint16_t>(value));
    std::memcpy(out.data() + at, &big, sizeof big);
}

uint32_t load_u16(std::span<const uint8_t> bytes, std::size_t at) {
    uint16_t big = 0;
    std::memcpy(&big, bytes.data() + at, sizeof big);
    return ntohs(big);
}

// add_to_checksum: RFC 1624, for words that grew by a total of sum, less than 2^31 (two folds are
// enough). The old checksum is read from where it was, not from out: a load that waits for the copy
// to be stored took half of all time here.
void add_to_checksum(std::span<const uint8_t> old, std::span<uint8_t> out, std::size_t at,
                     uint32_t sum) {
    if (at == 0) {
        return;
    }
    uint32_t total = (~load_u16(old, at) & 0xffff) + sum;
    total = (total & 0xffff) + (total >> 16);
    total = (total & 0xffff) + (total >> 16);
    store_u16(out, at, ~total);
}

Bytes filler(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), uint8_t{0});
    return bytes;
}

Bytes application_data(std::size_t size) {
    return test::records(tls::ContentType::ApplicationData, filler(size));
}

Bytes in_record(const Bytes& messages) {
    return test::records(tls::ContentType::Handshake, messages);
}

// Two certificates as sites have them, made once.
const std::vector<Bytes>& chain() {
    static const std::vector<Bytes> made = [] {
        const test::TestCertificate issuer = test::CertificateBuilder()
                                                 .subject("O", "openeti load")
                                                 .subject("CN", "Load CA")
                                                 .key(test::KeyKind::Rsa2048)
                                                 .authority()
                                                 .self_signed();
        const test::TestCertificate leaf = test::CertificateBuilder()
                                               .subject("CN", "www.example.com")
                                               .dns("www.example.com")
                                               .key(test::KeyKind::Rsa2048)
                                               .serial("4242")
                                               .signed_by(issuer);
        return std::vector<Bytes>{leaf.der, issuer.der};
    }();
    return made;
}

Bytes client_hello(bool tls13) {
    test::ClientHelloSpec hello;
    hello.session_id = tls13 ? Bytes(32, 0x55) : Bytes{};
    hello.extensions = test::join(
        {test::server_name("www.example.com"), test::alpn({"h2", "http/1.1"}),
         test::supported_groups({29, 23, 24}), test::point_formats({0}),
         test::signature_algorithms({0x0403, 0x0804, 0x0401}),
         tls13
             ? test::join({test::supported_versions({0x0304, 0x0303}),
                           test::extension(
                               51, test::prefixed(2, test::join({test::number(29, 2),
                                                                 test::prefixed(2, filler(32))})))})
             : Bytes{}});
    return in_record(test::client_hello(hello));
}

}  // namespace

std::size_t SessionTemplate::bytes() const {
    return std::accumulate(
        packets.begin(), packets.end(), std::size_t{0},
        [](std::size_t sum, const TemplatePacket& packet) { return sum + packet.frame.size(); });
}

void write_packet(const TemplatePacket& packet, uint32_t flow, std::span<uint8_t> out) {
    std::memcpy(out.data(), packet.frame.data(), packet.frame.size());
    const uint32_t client = flow / kPortsPerClient & 0xffffff;
    const uint32_t port = flow % kPortsPerClient;
    store_u16(out, packet.address_at, load_u16(packet.frame, packet.address_at) + (client >> 16));
    store_u16(out, packet.address_at + 2U, client);
    const uint32_t address_sum = (client >> 16) + (client & 0xffff);
    add_to_checksum(packet.frame, out, packet.ip_checksum_at, address_sum);
    if (packet.port_at != 0) {
        store_u16(out, packet.port_at, kFirstClientPort + port);
        add_to_checksum(packet.frame, out, packet.transport_checksum_at, address_sum + port);
    }
}

void write_stamp(const TemplatePacket& packet, uint64_t stamp, std::span<uint8_t> out) {
    uint32_t sum = 0;
    for (unsigned i = 0; i < 4; ++i) {
        const auto word = static_cast<uint32_t>(stamp >> (48 - 16 * i)) & 0xffff;
        store_u16(out, packet.stamp_at + 2U * i, word);
        sum += word;
    }
    add_to_checksum(out, out, packet.transport_checksum_at, sum);
}

uint64_t read_stamp(const TemplatePacket& packet, std::span<const uint8_t> frame) {
    uint64_t stamp = 0;
    for (unsigned i = 0; i < 4; ++i) {
        stamp = stamp << 16 | load_u16(frame, packet.stamp_at + 2U * i);
    }
    return stamp;
}

SessionBuilder::SessionBuilder(std::string name, const Link& link) : link_(link) {
    session_.name = std::move(name);
}

SessionBuilder& SessionBuilder::open() {
    segment(Way::ToServer, net::kSyn, next_[0]++, {});
    segment(Way::ToClient, net::kSyn | net::kAck, next_[1]++, {});
    return acknowledge(Way::ToServer);
}

SessionBuilder& SessionBuilder::send(Way way, const Bytes& payload) {
    uint32_t& next = next_[static_cast<std::size_t>(way)];
    for (std::size_t at = 0; at < payload.size(); at += kSegmentBytes) {
        const auto from = payload.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t size = std::min<std::size_t>(kSegmentBytes, payload.size() - at);
        segment(way, net::kAck, next, {from, from + static_cast<std::ptrdiff_t>(size)});
        next += static_cast<uint32_t>(size);
    }
    return *this;
}

SessionBuilder& SessionBuilder::acknowledge(Way way) {
    segment(way, net::kAck, next_[static_cast<std::size_t>(way)], {});
    return *this;
}

SessionBuilder& SessionBuilder::close() {
    segment(Way::ToServer, net::kFin | net::kAck, next_[0]++, {});
    segment(Way::ToClient, net::kFin | net::kAck, next_[1]++, {});
    return acknowledge(Way::ToServer);
}

SessionBuilder& SessionBuilder::established() {
    session_.opening = static_cast<uint32_t>(session_.packets.size());
    return *this;
}

// One byte between the record's header and the stamp makes its offset even, as checksums want it.
SessionBuilder& SessionBuilder::probe(Way way) {
    send(way, test::record(tls::ContentType::ApplicationData, Bytes(1 + sizeof(uint64_t))));
    TemplatePacket& packet = session_.packets.back();
    packet.stamp_at = static_cast<uint16_t>(packet.frame.size() - sizeof(uint64_t));
    return *this;
}

SessionBuilder& SessionBuilder::early(Way way, uint32_t gap, const Bytes& payload) {
    segment(way, net::kAck, next_[static_cast<std::size_t>(way)] + gap, payload);
    return *this;
}

void SessionBuilder::segment(Way way, uint8_t flags, uint32_t sequence, const Bytes& payload) {
    const Ends ip = ends(link_.ipv6);
    const bool to_server = way == Way::ToServer;
    TcpSpec spec;
    spec.source = to_server ? ip.client : ip.server;
    spec.destination = to_server ? ip.server : ip.client;
    spec.source_port = to_server ? kFirstClientPort : link_.server_port;
    spec.destination_port = to_server ? link_.server_port : kFirstClientPort;
    spec.sequence = sequence;
    spec.acknowledgment = (flags & net::kAck) != 0 ? next_[to_server ? 1 : 0] : 0;
    spec.flags = flags;
    spec.payload = payload;
    spec.vlans = link_.vlans;
    session_.packets.push_back(
        locate(way, test::tcp_frame(spec), link_.vlans.size(), link_.ipv6, net::kTcp));
}

void handshake12(SessionBuilder& session, const std::vector<Bytes>& certificates) {
    const Bytes server_key_exchange = test::handshake(12, filler(300));
    const Bytes client_key_exchange = test::handshake(16, filler(33));
    const Bytes finished = test::record(tls::ContentType::Handshake, filler(40));
    session.open()
        .send(Way::ToServer, client_hello(false))
        .acknowledge(Way::ToClient)
        .send(Way::ToClient,
              in_record(test::join({test::server_hello(), test::certificate(certificates),
                                    server_key_exchange, test::server_hello_done()})))
        .acknowledge(Way::ToServer)
        .send(Way::ToServer,
              test::join({in_record(client_key_exchange), test::change_cipher_spec(), finished}))
        .send(Way::ToClient, test::join({test::change_cipher_spec(), finished}));
}

void finish12(SessionBuilder& session) {
    session.send(Way::ToServer, application_data(400))
        .send(Way::ToClient, application_data(1200))
        .acknowledge(Way::ToServer)
        .send(Way::ToServer, test::record(tls::ContentType::Alert, filler(26)))
        .close();
}

SessionTemplate tls12_session(const SessionBuilder::Link& link) {
    SessionBuilder session("tls12", link);
    handshake12(session, chain());
    finish12(session);
    return session.build();
}

SessionTemplate tls13_session(const SessionBuilder::Link& link) {
    SessionBuilder session("tls13", link);
    test::ServerHelloSpec hello;
    hello.session_id = Bytes(32, 0x55);
    hello.cipher_suite = 0x1301;
    hello.extensions = test::join(
        {test::selected_version(0x0304),
         test::extension(51, test::join({test::number(29, 2), test::prefixed(2, filler(32))}))});
    return session.open()
        .send(Way::ToServer, client_hello(true))
        .acknowledge(Way::ToClient)
        .send(Way::ToClient, test::join({in_record(test::server_hello(hello)),
                                         test::change_cipher_spec(), application_data(2600)}))
        .acknowledge(Way::ToServer)
        .send(Way::ToServer, test::join({test::change_cipher_spec(), application_data(53)}))
        .send(Way::ToServer, application_data(400))
        .send(Way::ToClient, application_data(1200))
        .acknowledge(Way::ToServer)
        .close()
        .build();
}

SessionTemplate bulk_session(std::size_t megabytes) {
    SessionBuilder session("bulk", {});
    handshake12(session, chain());
    session.send(Way::ToServer, application_data(400));
    constexpr std::size_t kRecord = 14'000;  // ten segments, then an acknowledgment
    for (std::size_t sent = 0; sent < megabytes * 1'000'000; sent += kRecord) {
        session.send(Way::ToClient, application_data(kRecord)).acknowledge(Way::ToServer);
    }
    return session.close().build();
}

namespace {

SessionBuilder young(std::string name) {
    SessionBuilder session(std::move(name), {});
    handshake12(session, chain());
    return session;
}

// Past every list of what a session is described by.
SessionBuilder grown(std::string name) {
    constexpr unsigned kDescribed = 50;
    SessionBuilder session = young(std::move(name));
    for (unsigned i = 0; i < kDescribed; ++i) {
        session.send(Way::ToServer, application_data(1));
    }
    session.acknowledge(Way::ToClient);
    return session;
}

SessionTemplate exchange_small(SessionBuilder session, unsigned packets) {
    session.established();
    for (unsigned i = 0; i < packets; i += 2) {
        session.send(Way::ToServer, application_data(5)).acknowledge(Way::ToClient);
    }
    return session.close().build();
}

SessionTemplate exchange_large(SessionBuilder session, unsigned packets) {
    constexpr std::size_t kRecord = 1400 - 54 - 5;
    session.established();
    for (unsigned i = 0; i < packets; i += 2) {
        session.send(Way::ToServer, application_data(kRecord))
            .send(Way::ToClient, application_data(kRecord));
    }
    return session.close().build();
}

}  // namespace

SessionTemplate small_session(unsigned packets) {
    return exchange_small(grown("small"), packets);
}

SessionTemplate large_session(unsigned packets) {
    return exchange_large(grown("large"), packets);
}

SessionTemplate young_small_session(unsigned packets) {
    return exchange_small(young("young-small"), packets);
}

SessionTemplate young_large_session(unsigned packets) {
    return exchange_large(young("young-large"), packets);
}

SessionTemplate probe_session(unsigned packets) {
    SessionBuilder session("probe", {});
    handshake12(session, chain());
    session.established();
    for (unsigned i = 0; i < packets; i += 2) {
        session.probe(Way::ToServer).acknowledge(Way::ToClient);
    }
    return session.close().build();
}

SessionTemplate plain_session(unsigned packets) {
    SessionBuilder session("plain", {.server_port = 80});
    session.open().send(Way::ToServer, filler(10)).established();
    for (unsigned i = 0; i < packets; ++i) {
        session.send(Way::ToServer, filler(10));
    }
    return session.close().build();
}

SessionTemplate http_session() {
    SessionBuilder session("http", {.server_port = 80});
    const Bytes head = test::text("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n");
    return session.open()
        .send(Way::ToServer, test::text("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n"))
        .send(Way::ToClient, test::join({head, filler(4000)}))
        .acknowledge(Way::ToServer)
        .close()
        .build();
}

SessionTemplate udp_session() {
    SessionTemplate session{"udp", {}};
    const Ends ip = ends(false);
    constexpr uint16_t kServerPort = 5004;
    for (int i = 0; i < 8; ++i) {
        session.packets.push_back(locate(
            Way::ToServer,
            test::udp_frame(ip.client, kFirstClientPort, ip.server, kServerPort, filler(160)), 0,
            false, net::kUdp));
        session.packets.push_back(locate(
            Way::ToClient,
            test::udp_frame(ip.server, kServerPort, ip.client, kFirstClientPort, filler(900)), 0,
            false, net::kUdp));
    }
    return session;
}

// A request and its answer (RFC 826): frames without IP are part of every link.
SessionTemplate arp_session() {
    const Ends ip = ends(false);
    const Bytes mac = {0x02, 0, 0, 0, 0, 0x0a};
    const auto arp = [&](uint16_t operation, std::string_view sender, std::string_view target) {
        return test::join({test::ethernet(0x0806), test::number(1, 2), test::number(0x0800, 2),
                           test::number(6, 1), test::number(4, 1), test::number(operation, 2), mac,
                           test::ip_bytes(sender), mac, test::ip_bytes(target)});
    };
    constexpr uint16_t kSenderAt = 14 + 14;
    constexpr uint16_t kTargetAt = 14 + 24;
    return {"arp",
            {{Way::ToServer, arp(1, ip.client, ip.server), kSenderAt},
             {Way::ToClient, arp(2, ip.server, ip.client), kTargetAt}}};
}

SessionTemplate half_open_session(unsigned segments) {
    SessionBuilder session("halfopen", {});
    session.open();
    for (unsigned i = 0; i < segments; ++i) {
        // Apart, so that each is a run of its own.
        session.early(Way::ToClient, 1 + i * 2 * kSegmentBytes, filler(kSegmentBytes));
    }
    return session.build();
}

SessionTemplate syn_session() {
    SessionTemplate session = SessionBuilder("scan", {}).open().build();
    session.packets.resize(1);
    return session;
}

}  // namespace eti::bench
