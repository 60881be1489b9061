// Sessions and the posted lines behind them. A batch's lines are kept as one packed block, as they
// were posted; a session row says where in it its line is. Writer thread, inside its transaction,
// unless a function says "any connection"; every function throws StorageError.
#pragma once

#include "eti/ingest/session_record.h"
#include "eti/store/keys.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

// Contribution is what a session adds to the roll-ups. A later phase takes its predecessor's
// contribution back and adds its own.
struct Contribution {
    net::IpAddress server;
    net::IpAddress client;
    int64_t start_us = 0;
    int64_t last_us = 0;
    uint16_t port = 0;
    uint8_t protocol = 0;    // index into kProtocolNames
    uint8_t visibility = 0;  // index into kVisibilityNames
    uint8_t level = 0;
    bool blocked = false;
    bool counted = false;   // by its server: a session, or an attempt at a listed server
    bool internal = false;  // its client is a host of ours
};

struct StoredSession {
    int64_t row = 0;  // grows with arrival
    Phase phase = Phase::End;
    Contribution contribution;
};
// is_older: the record is an earlier phase than the stored one and changes nothing.
bool is_older(const StoredSession& stored, const SessionRecord& record);
struct SessionPlace {
    Realm realm = kDefaultRealm;
    int64_t sensor = 0;
    int64_t block = 0;
    Timestamp received;
};

void save_certificate(Database& database, Realm realm, const CertificateRecord& certificate,
                      Timestamp now);
// CertificateText is what a session record says of its leaf; texts as in the record's schema.
struct CertificateText {
    std::string sha1;
    std::string subject;
    std::string issuer;
    std::string not_before;
    std::string not_after;
    bool self_signed = false;
};
// save_certificate_summary stands in until the certificate itself comes, if it ever does.
void save_certificate_summary(Database& database, Realm realm, const CertificateText& certificate,
                              Timestamp now);

// first_at_endpoint is the row of the first session that met this address and port.
std::optional<int64_t> first_at_endpoint(Database& database, Realm realm,
                                         const net::IpAddress& server, uint16_t port);
void note_endpoint(Database& database, Realm realm, const net::IpAddress& server, uint16_t port,
                   int64_t session);

// sensor_id is the sensor's number, made on its first batch; 0 when the realm has too many.
int64_t sensor_id(Database& database, Realm realm, std::string_view name, Timestamp now);
// first_sensor_seen is when the realm's first record came; none: not yet. Any connection.
std::optional<Timestamp> first_sensor_seen(Database& database, Realm realm);
void note_sensor(Database& database, int64_t sensor, int64_t records, Timestamp now);
inline constexpr int64_t kMaxSensors = 10'000;

// What a query reads.
struct SessionRow {
    int64_t row = 0;
    std::string sensor;
    std::string id;
    Contribution contribution;
    std::string record;  // its line; empty when its block is gone or damaged
};

}  // namespace eti::analysis
