// The committed configuration as plain, typed values. Built from the validated tree, never edited.
#pragma once

#include "eti/intel/allowlist.h"
#include "eti/intel/sha1_blocklist.h"
#include "eti/net/ip_address.h"
#include "eti/policy/policy.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace eti::config {

struct AfPacketPort {
    std::string device;

    bool operator==(const AfPacketPort&) const = default;
};
struct AfXdpPort {
    std::string device;

    bool operator==(const AfXdpPort&) const = default;
};
struct PciPort {
    std::string address;  // 0000:03:00.0

    bool operator==(const PciPort&) const = default;
};
struct MemifPort {
    std::string socket;
    unsigned id = 0;
    bool server = false;

    bool operator==(const MemifPort&) const = default;
};
struct PcapPort {
    std::string receive_file;   // or
    std::string device;         // a kernel device through libpcap
    std::string transmit_file;  // empty: discard

    bool operator==(const PcapPort&) const = default;
};
using PortKind = std::variant<AfPacketPort, AfXdpPort, PciPort, MemifPort, PcapPort>;

struct Interface {
    std::string name;  // ge-0/0/0
    std::string zone;  // security zone of unit 0; empty: none
    uint16_t mtu = 1500;
    PortKind port;

    bool operator==(const Interface&) const = default;
};

struct Wire {
    std::string name;
    std::array<Interface, 2> interfaces;

    bool operator==(const Wire&) const = default;
};

struct TlsProfile {  // services ssl initiation profile
    std::string name;
    std::string trusted_ca_file;  // empty: the system's CA bundle
    std::string client_certificate_file;
    std::string client_key_file;

    bool operator==(const TlsProfile&) const = default;
};

struct CloudLink {
    std::string analysis_url;  // scheme://host:port; empty: nothing is submitted
    std::string feed_url;      // same of services security-intelligence url; empty: no feeds
    std::optional<TlsProfile> analysis_tls;
    std::optional<TlsProfile> feed_tls;
    std::string token_file;              // bearer token; empty: none
    std::string feed_public_key_file;    // Ed25519, PEM; empty: signatures cannot be checked
    uint32_t feed_shrink_percent = 50;   // a new list may be so much smaller
    uint32_t feed_growth_percent = 900;  // or larger
};

enum class LogTransport : uint8_t { Udp, Tcp, Tls };

struct LoginUser {  // system login user
    std::string name;
    std::string class_name;  // read-only, operator, super-user
};

struct LogStream {
    std::string name;
    std::string category;  // "all", "secintel", "aamw", ...
    std::string host;
    uint16_t port = 514;
    LogTransport transport = LogTransport::Udp;
    std::optional<TlsProfile> tls =
        std::nullopt;  // absent: the system's CA bundle, no client certificate

    bool operator==(const LogStream&) const = default;
};

// Every capacity with its default; ranges are in the YANG model.
struct Limits {
    uint32_t flows_per_worker = 65'536;
    uint32_t sessions_per_worker = 16'384;  // sessions under inspection
    uint32_t inspected_bytes_per_direction = 262'144;
    uint32_t out_of_order_segments_per_direction = 64;
    uint32_t stream_blocks_per_worker = 8'192;  // of 2 KiB
    uint32_t fragmented_datagrams_per_worker = 4'096;
    uint32_t fragment_blocks_per_worker = 8'192;  // of 2 KiB
    uint32_t dns_ring_slots = 1'024;
    uint32_t record_ring_slots = 4'096;
    uint32_t certificate_ring_slots = 256;
    uint32_t batch_records = 100;
    std::chrono::milliseconds batch_age{1000};
    uint64_t spool_bytes = 256ULL << 20;
    std::chrono::seconds submission_timeout{60};
    uint32_t mbufs = 16'384;
    uint32_t handoff_ring_slots = 1'024;
    uint32_t recent_sessions = 1'000;  // last records of sessions, for display
    std::chrono::seconds tcp_idle_timeout{1800};
    std::chrono::seconds tcp_handshake_timeout{20};
    std::chrono::seconds udp_idle_timeout{60};

    bool operator==(const Limits&) const = default;
};

// What happens to sessions that a fault keeps from being judged: forwarded, or cut.
struct Exceptions {
    bool block_service_not_ready = false;
    bool block_out_of_resources = false;
    bool block_submission_timeout = false;
    bool judge_service_not_ready = false;  // by the model on this device

    bool operator==(const Exceptions&) const = default;
};

// What records do not tell the analysis service.
struct Privacy {
    bool hash_client_addresses = false;
    bool registrable_domains = false;  // in place of host names

    bool operator==(const Privacy&) const = default;
};

struct Settings {
    std::string host_name = "eti";
    unsigned workers = 1;
    std::vector<Wire> wires;
    policy::Policy policy;
    CloudLink cloud;
    std::vector<LogStream> log_streams;
    std::vector<LoginUser> login_users;
    std::vector<std::string> certificate_lists;  // local files, read beside the feed
    std::vector<intel::Sha1Blocklist::Source> local_certificates;  // lists that are typed in
    std::vector<intel::AllowlistEntry> allowlist;                  // beside the service's
    bool infected_hosts_used = false;    // a rule references an Infected-Hosts profile
    bool certificate_feed_used = false;  // some rule is inspected, and CC not disabled
    Limits limits;
    Exceptions exceptions;
    Privacy privacy;
    unsigned most_rollbacks = 49;       // revisions kept behind the active one
    std::vector<std::string> warnings;  // "accepted, not enforced: ..."
};

}  // namespace eti::config
