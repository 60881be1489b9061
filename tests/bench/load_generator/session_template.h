// Sessions written once and cloned to any number of flows.
#pragma once

#include "tests/support/tls_builder.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eti::bench {

using test::Bytes;

enum class Way : uint8_t { ToServer, ToClient };

// TemplatePacket is a frame of flow 0, and where the fields lie that differ from flow to flow.
// The checksums of flow 0 are right, so those of others follow by addition (RFC 1624).
struct TemplatePacket {
    Way way = Way::ToServer;
    Bytes frame;
    uint16_t address_at = 0;             // the last four bytes of the client's address
    uint16_t port_at = 0;                // the client's port; 0: there is none
    uint16_t ip_checksum_at = 0;         // 0: there is none
    uint16_t transport_checksum_at = 0;  // 0: there is none
    uint16_t stamp_at = 0;               // eight zero bytes for write_stamp; 0: there are none
    bool last = false;                   // of its session
};

struct SessionTemplate {
    std::string name;
    std::vector<TemplatePacket> packets;
    uint32_t opening = 0;  // packets of the handshake, where those after it are what is measured

    std::size_t bytes() const;
};

// write_packet writes the packet as flow number says it; out has the frame's size. Flows below
// 2^30 have distinct clients: 64 ports at each of 2^24 addresses.
void write_packet(const TemplatePacket& packet, uint32_t flow, std::span<uint8_t> out);

// A stamp is any number; the checksum follows it. read_stamp finds it in the frame that came back.
void write_stamp(const TemplatePacket& packet, uint64_t stamp, std::span<uint8_t> out);
uint64_t read_stamp(const TemplatePacket& packet, std::span<const uint8_t> frame);

// SessionBuilder writes the packets of one TCP session.
class SessionBuilder {
  public:
    struct Link {
        bool ipv6 = false;
        std::vector<uint16_t> vlans = {};
        uint16_t server_port = 443;
    };
    SessionBuilder(std::string name, const Link& link);

    SessionBuilder& open();
    SessionBuilder& send(Way way, const Bytes& payload);  // in segments of 1,400 bytes
    SessionBuilder& acknowledge(Way way);
    SessionBuilder& close();
    // established marks the end of the opening.
    SessionBuilder& established();
    // probe sends a record that holds a stamp.
    SessionBuilder& probe(Way way);
    // early sends a segment that begins gap bytes after the next one expected.
    SessionBuilder& early(Way way, uint32_t gap, const Bytes& payload);
    SessionTemplate build() { return std::move(session_); }

  private:
    void segment(Way way, uint8_t flags, uint32_t sequence, const Bytes& payload);

    Link link_;
    SessionTemplate session_;
    std::array<uint32_t, 2> next_{1000, 5000};
};

// handshake12 opens a TLS 1.2 session in which the server shows these certificates, leaf first.
void handshake12(SessionBuilder& session, const std::vector<Bytes>& certificates);
// finish12 exchanges a request and an answer in such a session and closes it.
void finish12(SessionBuilder& session);

// The kinds of traffic.
SessionTemplate tls12_session(const SessionBuilder::Link& link = {});
SessionTemplate tls13_session(const SessionBuilder::Link& link = {});
SessionTemplate bulk_session(std::size_t megabytes);    // TLS 1.2, then a download
SessionTemplate small_session(unsigned packets);        // TLS 1.2, then frames of 54 and 64 bytes
SessionTemplate large_session(unsigned packets);        // TLS 1.2, then frames of 1,400 bytes
SessionTemplate young_small_session(unsigned packets);  // the same without a past in which etid has
SessionTemplate young_large_session(unsigned packets);  // described all it wants to
SessionTemplate probe_session(unsigned packets);        // TLS 1.2, then stamps and acknowledgments
SessionTemplate plain_session(unsigned packets);        // no TLS, frames of 64 bytes
SessionTemplate http_session();
SessionTemplate udp_session();
SessionTemplate arp_session();
SessionTemplate half_open_session(unsigned segments);
SessionTemplate syn_session();

}  // namespace eti::bench
