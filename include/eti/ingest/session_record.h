// What the service keeps of a posted line: the fields it judges by, and the line itself.
#pragma once

#include "eti/net/ip_address.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

enum class Phase : uint8_t { Handshake, Update, End };  // a later one supersedes

// What could be seen of the server's certificate; names as in the record's schema.
inline constexpr std::array<std::string_view, 9> kVisibilityNames{
    "certificate", "certificate-inherited", "resumed",    "tls13",
    "quic",        "no-server-hello",       "incomplete", "gap",
    "budget"};
inline constexpr std::array<std::string_view, 4> kProtocolNames{"tls", "quic", "dtls", "unknown"};

// Where a server's name was seen; a later one is the better one.
enum class NameSource : uint8_t { None, Dns, Certificate, Sni };

struct SessionRecord {
    std::string sensor;
    std::string id;  // with sensor: the session's key
    Phase phase = Phase::End;
    int64_t start_us = 0;
    int64_t last_us = 0;  // end, or start while the session has none
    net::IpAddress client;
    net::IpAddress server;
    uint16_t server_port = 0;
    std::string protocol;  // "unknown": a blocked attempt, no session behind it
    std::string reason;
    std::string action;
    std::string hostname;     // SNI, lower case; empty when not seen
    std::string server_name;  // the best of SNI, certificate and DNS, lower case
    NameSource name_source = NameSource::None;
    uint8_t visibility = 6;  // index into kVisibilityNames; incomplete when the record says none
    std::string ja3;
    std::string ja4;
    std::string sha1;  // of the leaf, lower-case hex; empty when not seen
    std::string sha256;
    bool self_signed = false;
    std::optional<uint8_t> threat_level;
    std::string feed;
    // The line, valid JSON, within RecordBatch::text.
    std::size_t offset = 0;
    std::size_t length = 0;

    uint8_t protocol_index() const {
        for (uint8_t i = 0; i < kProtocolNames.size(); ++i) {
            if (kProtocolNames[i] == protocol) {
                return i;
            }
        }
        return kProtocolNames.size() - 1;
    }
    // An attempt of an infected host that was dropped says nothing about the server; one that was
    // dropped because of the server does.
    bool counts_for_server() const { return protocol != "unknown" || reason == "server-blocklist"; }
};

struct CertificateRecord {
    std::string sha1;
    std::string der;
};

struct RejectedRecord {
    std::size_t line = 0;  // from 1
    std::string why;
};

struct RecordBatch {
    std::string text;    // the lines, as they were posted
    std::string packed;  // the same by zstd; empty: not packed
    std::vector<SessionRecord> sessions;
    std::vector<CertificateRecord> certificates;
    std::vector<RejectedRecord> rejected;
    std::string_view line_of(const SessionRecord& session) const {
        return std::string_view(text).substr(session.offset, session.length);
    }
    std::size_t accepted() const { return sessions.size() + certificates.size(); }
};

}  // namespace eti::analysis
