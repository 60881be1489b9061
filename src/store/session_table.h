// Rows of "blocks" and "sessions".
#pragma once

#include "eti/store/server_pages.h"
#include "eti/store/sessions.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

// save_block keeps a batch's lines and returns the block's number.
int64_t save_block(Database& database, Realm realm, const RecordBatch& batch, Timestamp now);
// block_lines is what a block's columns hold, unpacked; empty when they are damaged.
std::string block_lines(bool packed, std::string bytes);

std::optional<StoredSession> find_session(Database& database, int64_t sensor, std::string_view id);
// put_session stores the record, in its predecessor's place if there is one, and returns its row.
int64_t put_session(Database& database, const SessionPlace& place, const SessionRecord& record,
                    const Contribution& contribution, const std::optional<StoredSession>& before);
void read_facts(int64_t column, Contribution& contribution);

std::vector<SessionRow> read_sessions(Database& database, Realm realm,
                                      const std::vector<int64_t>& rows);
std::vector<int64_t> sessions_named(Database& database, Realm realm, std::string_view id);

struct SessionRows {
    std::vector<int64_t> rows;
    std::optional<SessionCursor> next;  // before, for the next page
};
SessionRows session_rows(Database& database, const SessionQuery& query);

}  // namespace eti::analysis
