#include "store/session_table.h"
#include "store/sqlite_stores.h"

namespace eti::analysis {

Appended SqliteRecordLog::append(Realm realm, std::string_view key, const RecordBatch& batch,
                                 std::string_view answer, Timestamp now) {
    if (!key.empty()) {
        Query row =
            database_.query("SELECT response FROM batches WHERE realm = ? AND key = ?", realm, key);
        if (row.next()) {
            return {0, row.text(0), true};
        }
    }
    Appended appended{0, std::string(answer), false};
    if (!batch.sessions.empty()) {
        appended.position = save_block(database_, realm, batch, now);
    }
    if (!key.empty()) {
        database_.run("INSERT INTO batches VALUES(?, ?, ?, ?)", realm, key, answer, to_micros(now));
    }
    return appended;
}

std::vector<LoggedBatch> SqliteRecordLog::read(std::string_view group, std::size_t limit) const {
    std::vector<LoggedBatch> batches;
    Query row = database_.query(
        "SELECT id, realm, received, packed, lines FROM blocks WHERE id >"
        " coalesce((SELECT position FROM log_groups WHERE name = ?), 0) ORDER BY id LIMIT ?",
        group, static_cast<int64_t>(limit));
    while (row.next()) {
        batches.push_back({row.integer(0), row.integer(1), row.integer(2),
                           block_lines(row.integer(3) != 0, row.text(4))});
    }
    return batches;
}

void SqliteRecordLog::acknowledge(std::string_view group, int64_t position) {
    database_.run(
        "INSERT INTO log_groups VALUES(?1, ?2) ON CONFLICT(name)"
        " DO UPDATE SET position = max(position, ?2)",
        group, position);
}

}  // namespace eti::analysis
