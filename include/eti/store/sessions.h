// Sessions, certificates, batches and the roll-up by external server. Writer thread, inside its
// transaction; every function throws StorageError.
#pragma once

#include "eti/ingest/session_record.h"
#include "eti/store/sqlite.h"

#include <optional>
#include <string>

namespace eti::analysis {

// stored_response is the answer an earlier batch with this key got.
std::optional<std::string> stored_response(Database& database, std::string_view key);
void save_response(Database& database, std::string_view key, std::string_view response,
                   Timestamp now);

enum class SaveResult : uint8_t { New, Superseded, Older };  // Older: an earlier phase, dropped
SaveResult save_session(Database& database, const SessionRecord& session, Timestamp now);
void save_certificate(Database& database, const CertificateRecord& certificate, Timestamp now);

// meet_endpoint is true when no other session met this address and port before; it notes it.
bool meet_endpoint(Database& database, const SessionRecord& session);

struct ServerNote {
    uint8_t level = 0;
    std::string category;
    bool count = false;  // false for a later phase of a counted session
};
// note_server keeps the roll-up row (address, hostname) current.
void note_server(Database& database, const SessionRecord& session, const ServerNote& note);

struct Retention {
    std::chrono::hours batches{24 * 30};
    std::chrono::hours sessions{24 * 30};
    std::chrono::hours evidence{24 * 60};
    std::chrono::hours servers{24 * 180};
    int64_t max_sessions = 5'000'000;
};
// prune removes what is older than its retention, and the oldest sessions while the store is
// nearly full; a bounded number of rows per call.
void prune(Database& database, const Retention& retention, Timestamp now);

}  // namespace eti::analysis
