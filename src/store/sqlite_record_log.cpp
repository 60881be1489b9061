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
    return read_from(acknowledged(group), limit);
}

std::vector<LoggedBatch> SqliteRecordLog::read_from(int64_t position, std::size_t limit) const {
    std::vector<LoggedBatch> batches;
    Query row = database_.query(
        "SELECT id, realm, received, packed, lines FROM blocks WHERE id > ? ORDER BY id LIMIT ?",
        position, static_cast<int64_t>(limit));
    while (row.next()) {
        batches.push_back({row.integer(0), row.integer(1), row.integer(2),
                           block_lines(row.integer(3) != 0, row.text(4))});
    }
    return batches;
}

int64_t SqliteRecordLog::acknowledged(std::string_view group) const {
    Query row = database_.query("SELECT position FROM log_groups WHERE name = ?", group);
    return row.next() ? row.integer(0) : 0;
}

// Positions grow with time, and no index is worth its place for this: halving finds it.
int64_t SqliteRecordLog::last_before(Timestamp received) const {
    int64_t low = 0;
    int64_t high = 0;
    {
        Query ends = database_.query("SELECT min(id), max(id) FROM blocks");
        if (ends.next() && !ends.is_null(0)) {
            low = ends.integer(0) - 1;
            high = ends.integer(1);
        }
    }
    const int64_t none = low;
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        Query row = database_.query(
            "SELECT id, received FROM blocks WHERE id <= ? ORDER BY id DESC LIMIT 1", middle);
        const bool before = row.next() && row.integer(1) < to_micros(received);
        low = before ? middle : low;
        high = before ? high : row.integer(0) - 1;
    }
    return low == none ? 0 : low;
}

void SqliteRecordLog::acknowledge(std::string_view group, int64_t position) {
    database_.run(
        "INSERT INTO log_groups VALUES(?1, ?2) ON CONFLICT(name)"
        " DO UPDATE SET position = max(position, ?2)",
        group, position);
}

}  // namespace eti::analysis
