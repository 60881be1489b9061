// What the service keeps of a posted line: the fields it judges by, and the line itself.
#pragma once

#include "eti/net/ip_address.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

enum class Phase : uint8_t { Handshake, Update, End };  // a later one supersedes

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
    std::string hostname;  // SNI, lower case; empty when not seen
    std::string sha1;      // of the leaf, lower-case hex; empty when not seen
    std::string sha256;
    bool self_signed = false;
    std::optional<uint8_t> threat_level;
    std::string feed;
    std::string json;  // the whole line, valid JSON
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
    std::vector<SessionRecord> sessions;
    std::vector<CertificateRecord> certificates;
    std::vector<RejectedRecord> rejected;
    std::size_t accepted() const { return sessions.size() + certificates.size(); }
};

}  // namespace eti::analysis
