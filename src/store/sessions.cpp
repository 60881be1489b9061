#include "eti/ingest/decompress.h"
#include "eti/x509/certificate.h"
#include "store/session_table.h"

#include <algorithm>

namespace eti::analysis {
namespace {

// The column "facts": small enumerations in one number.
constexpr unsigned kProtocolShift = 4;
constexpr uint64_t kBlocked = 1U << 6U;
constexpr uint64_t kCounted = 1U << 7U;
constexpr uint64_t kInternal = 1U << 8U;
constexpr std::size_t kMaxBlockBytes = 64UL << 20;

int64_t facts_of(const Contribution& contribution) {
    uint64_t facts = contribution.visibility;
    facts |= static_cast<uint64_t>(contribution.protocol) << kProtocolShift;
    facts |= contribution.blocked ? kBlocked : 0;
    facts |= contribution.counted ? kCounted : 0;
    facts |= contribution.internal ? kInternal : 0;
    return static_cast<int64_t>(facts);
}

}  // namespace

void read_facts(int64_t column, Contribution& contribution) {
    const auto facts = static_cast<uint64_t>(column);
    contribution.visibility = std::min<uint8_t>(facts & 15U, kVisibilityNames.size() - 1);
    contribution.protocol = static_cast<uint8_t>((facts >> kProtocolShift) & 3U);
    contribution.blocked = (facts & kBlocked) != 0;
    contribution.counted = (facts & kCounted) != 0;
    contribution.internal = (facts & kInternal) != 0;
}

int64_t save_block(Database& database, Realm realm, const RecordBatch& batch, Timestamp now) {
    const bool packed = !batch.packed.empty();
    database.run("INSERT INTO blocks(realm, received, packed, lines) VALUES(?, ?, ?, ?)", realm,
                 to_micros(now), int64_t{packed ? 1 : 0}, Blob{packed ? batch.packed : batch.text});
    return database.last_row_id();
}

std::string block_lines(bool packed, std::string bytes) {
    std::string text;
    if (!packed) {
        text = std::move(bytes);
    } else if (decompress("zstd", bytes, kMaxBlockBytes, text) != DecompressResult::Ok) {
        text.clear();
    }
    return text;
}

std::optional<StoredSession> find_session(Database& database, int64_t sensor, std::string_view id) {
    Query row = database.query(
        "SELECT row, phase, start, last, client, server, port, facts, level FROM sessions"
        " WHERE sensor = ? AND id = ?",
        sensor, id);
    if (!row.next()) {
        return std::nullopt;
    }
    StoredSession stored;
    stored.row = row.integer(0);
    stored.phase = static_cast<Phase>(row.integer(1));
    Contribution& contribution = stored.contribution;
    contribution.start_us = row.integer(2);
    contribution.last_us = row.integer(3);
    contribution.client = ip_from(row.text(4));
    contribution.server = ip_from(row.text(5));
    contribution.port = static_cast<uint16_t>(row.integer(6));
    read_facts(row.integer(7), contribution);
    contribution.level = static_cast<uint8_t>(row.integer(8));
    return stored;
}

bool is_older(const StoredSession& stored, const SessionRecord& record) {
    return record.phase < stored.phase ||
           (record.phase == stored.phase && record.last_us < stored.contribution.last_us);
}

int64_t put_session(Database& database, const SessionPlace& place, const SessionRecord& record,
                    const Contribution& contribution, const std::optional<StoredSession>& before) {
    const auto phase = static_cast<int64_t>(record.phase);
    const auto offset = static_cast<int64_t>(record.offset);
    const auto length = static_cast<int64_t>(record.length);
    if (before) {
        database.run(
            "UPDATE sessions SET phase = ?2, start = ?3, last = ?4, port = ?5, facts = ?6,"
            " level = ?7, block = ?8, place = ?9, length = ?10 WHERE row = ?1",
            before->row, phase, contribution.start_us, contribution.last_us,
            int64_t{contribution.port}, facts_of(contribution), int64_t{contribution.level},
            place.block, offset, length);
        return before->row;
    }
    database.run(
        "INSERT INTO sessions(realm, sensor, id, phase, start, last, received, client, server,"
        " port, facts, level, block, place, length)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        place.realm, place.sensor, record.id, phase, contribution.start_us, contribution.last_us,
        to_micros(place.received), ip_key(contribution.client), ip_key(contribution.server),
        int64_t{contribution.port}, facts_of(contribution), int64_t{contribution.level},
        place.block, offset, length);
    return database.last_row_id();
}

void save_certificate(Database& database, Realm realm, const CertificateRecord& certificate,
                      Timestamp now) {
    {
        Query known = database.query(
            "SELECT 1 FROM certificates WHERE realm = ? AND sha1 = ? AND length(der) > 0", realm,
            certificate.sha1);
        if (known.next()) {
            return;
        }
    }
    const std::vector<uint8_t> der(certificate.der.begin(), certificate.der.end());
    const metadata::CertificateSummary summary = x509::summarize(der);
    database.run("INSERT OR REPLACE INTO certificates VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", realm,
                 certificate.sha1, Blob{certificate.der}, summary.subject, summary.issuer,
                 summary.not_before, summary.not_after, int64_t{summary.self_signed ? 1 : 0},
                 to_micros(now));
}

void save_certificate_summary(Database& database, Realm realm, const CertificateText& certificate,
                              Timestamp now) {
    database.run("INSERT OR IGNORE INTO certificates VALUES(?, ?, x'', ?, ?, ?, ?, ?, ?)", realm,
                 certificate.sha1, certificate.subject, certificate.issuer, certificate.not_before,
                 certificate.not_after, int64_t{certificate.self_signed ? 1 : 0}, to_micros(now));
}

std::optional<int64_t> first_at_endpoint(Database& database, Realm realm,
                                         const net::IpAddress& server, uint16_t port) {
    Query row =
        database.query("SELECT session FROM endpoints WHERE realm = ? AND server = ? AND port = ?",
                       realm, ip_key(server), int64_t{port});
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

void note_endpoint(Database& database, Realm realm, const net::IpAddress& server, uint16_t port,
                   int64_t session) {
    database.run("INSERT OR IGNORE INTO endpoints VALUES(?, ?, ?, ?)", realm, ip_key(server),
                 int64_t{port}, session);
}

int64_t sensor_id(Database& database, Realm realm, std::string_view name, Timestamp now) {
    {
        Query row =
            database.query("SELECT id FROM sensors WHERE realm = ? AND name = ?", realm, name);
        if (row.next()) {
            return row.integer(0);
        }
    }
    {
        Query row = database.query("SELECT count(*) FROM sensors WHERE realm = ?", realm);
        if (row.next() && row.integer(0) >= kMaxSensors) {
            return 0;
        }
    }
    database.run(
        "INSERT INTO sensors(realm, name, first_seen, last_seen, records)"
        " VALUES(?1, ?2, ?3, ?3, 0)",
        realm, name, to_micros(now));
    return database.last_row_id();
}

std::optional<Timestamp> first_sensor_seen(Database& database, Realm realm) {
    Query row = database.query("SELECT min(first_seen) FROM sensors WHERE realm = ?", realm);
    return row.next() && !row.is_null(0) ? std::optional(from_micros(row.integer(0)))
                                         : std::nullopt;
}

void note_sensor(Database& database, int64_t sensor, int64_t records, Timestamp now) {
    database.run(
        "UPDATE sensors SET last_seen = max(last_seen, ?2), records = records + ?3"
        " WHERE id = ?1",
        sensor, to_micros(now), records);
}

}  // namespace eti::analysis
