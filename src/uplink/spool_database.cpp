#include "uplink/spool_database.h"

#include "uplink/signature.h"

#include <sys/stat.h>

#include <utility>

namespace eti::uplink {
namespace {

constexpr uint64_t kPageBytes = 4096;

// Exclusive locking keeps a second daemon off the same folder and needs no shared-memory file.
constexpr const char* kSetUp =
    "PRAGMA page_size=4096;"
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA journal_size_limit=16777216;"
    "PRAGMA trusted_schema=OFF;"
    "CREATE TABLE IF NOT EXISTS batches(id INTEGER PRIMARY KEY, key TEXT NOT NULL,"
    " records INTEGER NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL,"
    " sessions INTEGER NOT NULL DEFAULT 0) STRICT;";

// SQLite keeps no checksum of its pages, so each row carries one over all that matters of it.
std::string checksum(const Spool::Item& item, std::string_view body) {
    std::string text = item.key + '\n' + std::to_string(item.records) + '\n';
    text += body;
    return sha256_hex(text);
}

std::string column_text(sqlite3_stmt* statement, int column) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return bytes == nullptr ? std::string{} : std::string(bytes, size);
}

void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
    sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int done(sqlite3_stmt* statement) {
    const int stepped = sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return stepped == SQLITE_DONE ? SQLITE_OK : stepped;
}

}  // namespace

bool is_damage(int code) {
    const int primary = code & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
           primary == SQLITE_MISMATCH;
}

Spool::Database::~Database() {
    for (sqlite3_stmt* statement : {insert_, erase_, read_, free_}) {
        sqlite3_finalize(statement);
    }
    sqlite3_close(handle_);
}

int Spool::Database::open(const std::string& path) {
    int code = sqlite3_open_v2(
        path.c_str(), &handle_,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
        nullptr);
    if (code != SQLITE_OK) {
        return code;
    }
    ::chmod(path.c_str(), 0600);
    code = run(kSetUp);
    code = code == SQLITE_OK ? check_integrity() : code;
    code = code == SQLITE_OK ? add_missing_column() : code;
    const std::pair<const char*, sqlite3_stmt**> statements[] = {
        {"INSERT INTO batches VALUES(?1,?2,?3,?4,?5,?6)", &insert_},
        {"DELETE FROM batches WHERE id=?1", &erase_},
        {"SELECT key,records,sha256,body FROM batches WHERE id=?1", &read_},
        {"PRAGMA freelist_count", &free_},
    };
    for (const auto& [sql, statement] : statements) {
        code = code == SQLITE_OK ? prepare(sql, statement) : code;
    }
    return code;
}

int Spool::Database::check_integrity() {
    sqlite3_stmt* check = nullptr;
    int code = prepare("PRAGMA quick_check(1)", &check);
    if (code == SQLITE_OK) {
        code = sqlite3_step(check);
        code = code != SQLITE_ROW              ? code
               : column_text(check, 0) == "ok" ? SQLITE_OK
                                               : SQLITE_CORRUPT;
    }
    sqlite3_finalize(check);
    return code;
}

// A spool of before sessions were counted: its batches count none.
int Spool::Database::add_missing_column() {
    sqlite3_stmt* probe = nullptr;
    const bool there = prepare("SELECT sessions FROM batches LIMIT 0", &probe) == SQLITE_OK;
    sqlite3_finalize(probe);
    return there ? SQLITE_OK
                 : run("ALTER TABLE batches ADD COLUMN sessions INTEGER NOT NULL DEFAULT 0");
}

int Spool::Database::begin(bool durable) {
    const int code = run(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    return code == SQLITE_OK ? run("BEGIN IMMEDIATE") : code;
}

int Spool::Database::commit() {
    return run("COMMIT");
}

void Spool::Database::roll_back() {
    if (sqlite3_get_autocommit(handle_) == 0) {
        run("ROLLBACK");
    }
}

int Spool::Database::insert(uint64_t id, const Item& item, std::string_view body) {
    const std::string sum = checksum(item, body);
    sqlite3_bind_int64(insert_, 1, static_cast<sqlite3_int64>(id));
    bind_text(insert_, 2, item.key);
    sqlite3_bind_int64(insert_, 3, item.records);
    bind_text(insert_, 4, sum);
    sqlite3_bind_blob64(insert_, 5, body.data(), body.size(), SQLITE_STATIC);
    sqlite3_bind_int64(insert_, 6, item.sessions);
    return done(insert_);
}

int Spool::Database::erase(uint64_t id) {
    sqlite3_bind_int64(erase_, 1, static_cast<sqlite3_int64>(id));
    return done(erase_);
}

int Spool::Database::load(Items& items) {
    sqlite3_stmt* list = nullptr;
    int code =
        prepare("SELECT id,key,records,length(body),sessions FROM batches ORDER BY id", &list);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(list);
        if (code == SQLITE_ROW) {
            Item item;
            item.key = column_text(list, 1);
            item.records = static_cast<uint32_t>(sqlite3_column_int64(list, 2));
            item.bytes = static_cast<uint64_t>(sqlite3_column_int64(list, 3));
            item.on_disk = true;
            item.sessions = static_cast<uint32_t>(sqlite3_column_int64(list, 4));
            items.emplace(static_cast<uint64_t>(sqlite3_column_int64(list, 0)), std::move(item));
        }
    }
    sqlite3_finalize(list);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int Spool::Database::read(uint64_t id, const Item& item, std::string& body) {
    sqlite3_bind_int64(read_, 1, static_cast<sqlite3_int64>(id));
    int code = sqlite3_step(read_);
    if (code == SQLITE_ROW) {
        const std::string sum = column_text(read_, 2);
        body = column_text(read_, 3);
        code = sum == checksum(item, body) ? SQLITE_OK : SQLITE_CORRUPT;
    } else if (code == SQLITE_DONE) {
        code = SQLITE_CORRUPT;
    }
    sqlite3_reset(read_);
    return code;
}

uint64_t Spool::Database::free_bytes_inside() {
    const bool row = sqlite3_step(free_) == SQLITE_ROW;
    const uint64_t pages = row ? static_cast<uint64_t>(sqlite3_column_int64(free_, 0)) : 0;
    sqlite3_reset(free_);
    return pages * kPageBytes;
}

}  // namespace eti::uplink
