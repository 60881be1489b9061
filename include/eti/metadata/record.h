// One session as the dataplane saw it: plain data that travels by value from a worker to the
// control thread. Its JSON form is docs/schema/session-v1.json. Absent means not seen.
#pragma once

#include "eti/base/bounded.h"
#include "eti/base/clock.h"
#include "eti/base/digest_types.h"
#include "eti/base/direction.h"
#include "eti/net/ip_address.h"

#include <array>
#include <cstdint>
#include <optional>

namespace eti::metadata {

enum class Phase : uint8_t { Handshake, Update, End };
enum class Transport : uint8_t { Tcp, Udp };
enum class Protocol : uint8_t { Unknown, Tls, Quic, Dtls };
enum class Visibility : uint8_t {
    Certificate,           // a server certificate crossed in clear
    CertificateInherited,  // none here, taken from an earlier session to the same server
    Resumed,               // abbreviated handshake: no certificate is sent
    Tls13,                 // certificate encrypted by TLS 1.3
    Quic,
    NoServerHello,  // the server never answered with a ServerHello
    Incomplete,     // the session ended inside the handshake
    Gap,            // bytes of the handshake never crossed
    Budget,         // a limit was reached, inspection gave up
};
enum class Action : uint8_t { Permit, Block };
enum class Reason : uint8_t {
    None,
    CertificateBlocklist,
    InfectedHost,
    Allowlist,
    ServerBlocklist,
    ConflictingData,
    Fallback,
};
enum class EncryptedClientHello : uint8_t { None, GreaseOrOffered };

struct Endpoint {
    net::IpAddress ip;
    uint16_t port = 0;
};

struct ClientHelloFacts {
    bool seen = false;
    uint16_t version = 0;  // legacy_version
    BoundedList<uint16_t, 128> ciphers;
    BoundedList<uint16_t, 64> extensions;
    BoundedList<uint16_t, 32> groups;
    BoundedList<uint16_t, 48> signature_algorithms;
    BoundedList<uint16_t, 16> versions;  // supported_versions
    BoundedText<255> sni;
    BoundedList<BoundedText<31>, 8> alpn;
    EncryptedClientHello ech = EncryptedClientHello::None;
    Md5Digest ja3{};  // all zero: not computed
    BoundedText<36> ja4;
};

struct ServerHelloFacts {
    bool seen = false;
    uint16_t version = 0;             // legacy_version
    uint16_t negotiated_version = 0;  // supported_versions when present, else version
    uint16_t cipher = 0;
    BoundedList<uint16_t, 32> extensions;
    BoundedText<31> alpn;
    bool resumed = false;
    Md5Digest ja3s{};  // all zero: not computed
};

struct CertificateFacts {
    bool seen = false;
    bool inherited = false;
    Sha1Digest sha1{};                  // of the leaf's DER
    BoundedList<Sha1Digest, 32> chain;  // leaf first
};

struct PacketSample {           // one element of traffic.splt
    int32_t payload_bytes = 0;  // positive out, negative in
    uint32_t delta_us = 0;      // since the previous packet with payload; the first has 0
};

struct RecordSample {          // one element of traffic.records
    int32_t record_bytes = 0;  // fragment length, positive out, negative in
    uint32_t delta_us = 0;
    uint8_t type = 0;  // RFC 8446 ContentType
};

struct Alert {
    Direction direction = Direction::Out;
    uint8_t level = 0;
    uint8_t description = 0;
};

// Indexed by Direction. A packet counts once, with its IP length and its TCP payload length.
struct TrafficFacts {
    std::array<uint64_t, 2> packets{};
    std::array<uint64_t, 2> bytes{};    // IP header and up
    std::array<uint64_t, 2> payload{};  // above TCP or UDP
    uint32_t rtt_us = 0;                // SYN to SYN|ACK to ACK, 0 when not seen
    uint32_t retransmits = 0;
    BoundedList<PacketSample, 50> splt;
    BoundedList<RecordSample, 50> records;
    std::array<uint32_t, 32> gaps{};  // silent gaps counted by floor(log2(microseconds))
};

// The answer under which the client had looked the server up, joined on the control side.
struct DnsFacts {
    bool seen = false;
    bool cname = false;    // the address belonged to an alias of the name
    uint16_t answers = 0;  // addresses in the answer
    uint32_t ttl = 0;      // seconds
    uint64_t age_us = 0;   // of the answer when the session started
    BoundedText<255> name;
};

struct Record {
    uint64_t id = 0;  // unique within one start of the daemon; the sensor's boot id completes it
    Phase phase = Phase::End;
    Transport transport = Transport::Tcp;
    Protocol protocol = Protocol::Tls;
    Visibility visibility = Visibility::Incomplete;
    Action action = Action::Permit;
    Reason reason = Reason::None;
    uint8_t threat_level = 0;            // 0: none
    bool midstream = false;              // the flow's start was not seen
    std::optional<Direction> one_sided;  // the only direction that carried packets
    Timestamp start{};
    Timestamp end{};
    Endpoint client;
    Endpoint server;
    BoundedList<uint16_t, 4> vlans;
    BoundedText<63> from_zone;
    BoundedText<63> to_zone;
    BoundedText<63> policy;
    BoundedText<63> feed;      // the list that matched
    BoundedText<63> category;  // why the list holds the entry; for logs, not in the JSON form
    ClientHelloFacts client_hello;
    ServerHelloFacts server_hello;
    BoundedList<Alert, 16> alerts;
    CertificateFacts certificate;
    TrafficFacts traffic;
    DnsFacts dns;
};

// One answer of a name server that crossed the wire: plain data from a worker to the control
// thread.
struct DnsAnswer {
    Timestamp time{};
    net::IpAddress client;  // who asked, the answer's receiver
    BoundedText<255> name;  // as dns::Answer writes it
    BoundedList<net::IpAddress, 16> addresses;
    uint32_t ttl = 0;  // seconds
    uint16_t answers = 0;
    bool cname = false;
};

// One certificate's DER, handed over once per distinct certificate and daemon start.
struct CertificateBytes {
    static constexpr std::size_t kMaxBytes = 8192;
    Sha1Digest sha1{};
    uint32_t size = 0;
    std::array<uint8_t, kMaxBytes> der{};
};

}  // namespace eti::metadata
