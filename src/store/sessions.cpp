#include "eti/store/sessions.h"

#include "eti/x509/certificate.h"

#include <algorithm>
#include <vector>

namespace eti::analysis {
namespace {

constexpr int64_t kPruneRows = 20'000;

int64_t pragma(Database& database, const char* sql) {
    Query row = database.query(sql);
    return row.next() ? row.integer(0) : 0;
}

// A store at its limit would refuse every batch until its oldest rows reach their age.
bool nearly_full(Database& database) {
    const int64_t used =
        pragma(database, "PRAGMA page_count") - pragma(database, "PRAGMA freelist_count");
    return used > pragma(database, "PRAGMA max_page_count") / 10 * 9;
}

int64_t before(Timestamp now, std::chrono::hours age) {
    return to_micros(now - age);
}

}  // namespace

std::optional<std::string> stored_response(Database& database, std::string_view key) {
    Query row = database.query("SELECT response FROM batches WHERE key = ?", key);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
}

void save_response(Database& database, std::string_view key, std::string_view response,
                   Timestamp now) {
    database.run("INSERT INTO batches VALUES(?, ?, ?)", key, response, to_micros(now));
}

SaveResult save_session(Database& database, const SessionRecord& session, Timestamp now) {
    const auto phase = static_cast<int64_t>(session.phase);
    std::optional<int64_t> known;
    {
        Query row = database.query("SELECT phase, last FROM sessions WHERE sensor = ? AND id = ?",
                                   session.sensor, session.id);
        if (row.next()) {
            known = row.integer(0);
            if (phase < *known || (phase == *known && session.last_us < row.integer(1))) {
                return SaveResult::Older;
            }
        }
    }
    database.run(
        "INSERT INTO sessions(sensor, id, phase, start, last, received, client, server,"
        " server_port, record) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        " ON CONFLICT(sensor, id) DO UPDATE SET phase = ?3, start = ?4, last = ?5, client = ?7,"
        " server = ?8, server_port = ?9, record = ?10",
        session.sensor, session.id, phase, session.start_us, session.last_us, to_micros(now),
        net::to_string(session.client), net::to_string(session.server),
        int64_t{session.server_port}, session.json);
    return known ? SaveResult::Superseded : SaveResult::New;
}

void save_certificate(Database& database, const CertificateRecord& certificate, Timestamp now) {
    {
        Query known = database.query("SELECT 1 FROM certificates WHERE sha1 = ?", certificate.sha1);
        if (known.next()) {
            return;
        }
    }
    const std::vector<uint8_t> der(certificate.der.begin(), certificate.der.end());
    const metadata::CertificateSummary summary = x509::summarize(der);
    database.run("INSERT INTO certificates VALUES(?, ?, ?, ?, ?, ?, ?, ?)", certificate.sha1,
                 Blob{certificate.der}, summary.subject, summary.issuer, summary.not_before,
                 summary.not_after, int64_t{summary.self_signed ? 1 : 0}, to_micros(now));
}

bool meet_endpoint(Database& database, const SessionRecord& session) {
    const std::string server = net::to_string(session.server);
    const int64_t port = session.server_port;
    bool known = false;
    bool other = false;
    {
        Query row = database.query("SELECT sensor, id FROM endpoints WHERE ip = ? AND port = ?",
                                   server, port);
        known = row.next();
        other = known && (row.text(0) != session.sensor || row.text(1) != session.id);
    }
    if (known) {
        database.run("UPDATE endpoints SET last_seen = max(last_seen, ?) WHERE ip = ? AND port = ?",
                     session.last_us, server, port);
    } else {
        database.run("INSERT INTO endpoints VALUES(?, ?, ?, ?, ?)", server, port, session.sensor,
                     session.id, session.last_us);
    }
    return !other;
}

void note_server(Database& database, const SessionRecord& session, const ServerNote& note) {
    const std::string ip = net::to_string(session.server);
    const int64_t count = note.count ? 1 : 0;
    database.run(
        "INSERT INTO servers(ip, hostname, level, count, first_seen, last_seen, category)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(ip, hostname) DO UPDATE SET"
        " category = CASE WHEN ?3 >= level AND ?7 <> '' THEN ?7 ELSE category END,"
        " level = max(level, ?3), count = count + ?4, first_seen = min(first_seen, ?5),"
        " last_seen = max(last_seen, ?6)",
        ip, session.hostname, int64_t{note.level}, count, session.start_us, session.last_us,
        note.category);
    int64_t server = 0;
    {
        Query row = database.query("SELECT row FROM servers WHERE ip = ? AND hostname = ?", ip,
                                   session.hostname);
        row.next();
        server = row.integer(0);
    }
    database.run("UPDATE sessions SET server_row = ? WHERE sensor = ? AND id = ?", server,
                 session.sensor, session.id);
    database.run(
        "INSERT INTO server_hosts VALUES(?1, ?2, ?3, ?4) ON CONFLICT(server_row, client)"
        " DO UPDATE SET count = count + ?3, last_seen = max(last_seen, ?4)",
        server, net::to_string(session.client), count, session.last_us);
}

void prune(Database& database, const Retention& retention, Timestamp now) {
    database.run(
        "DELETE FROM batches WHERE key IN"
        " (SELECT key FROM batches WHERE received < ? ORDER BY received LIMIT ?)",
        before(now, retention.batches), kPruneRows);
    // Row numbers grow with arrival, so the oldest rows are the smallest ones.
    database.run(
        "DELETE FROM sessions WHERE row IN"
        " (SELECT row FROM sessions ORDER BY row LIMIT ?1) AND (received < ?2"
        " OR row <= (SELECT max(row) FROM sessions) - ?3)",
        kPruneRows, nearly_full(database) ? to_micros(now) : before(now, retention.sessions),
        retention.max_sessions);
    database.run(
        "DELETE FROM evidence WHERE row IN (SELECT row FROM evidence ORDER BY row LIMIT ?1)"
        " AND received < ?2",
        kPruneRows, before(now, retention.evidence));
    const int64_t servers = before(now, retention.servers);
    database.run("DELETE FROM endpoints WHERE last_seen < ?", servers);
    database.run(
        "DELETE FROM server_hosts WHERE server_row IN"
        " (SELECT row FROM servers WHERE last_seen < ?)",
        servers);
    database.run("DELETE FROM servers WHERE last_seen < ?", servers);
}

}  // namespace eti::analysis
