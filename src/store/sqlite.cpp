#include "eti/store/sqlite.h"

#include "eti/base/check.h"
#include "eti/net/ip_address.h"
#include "store/session_lists.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <limits>

namespace eti::analysis {
namespace {

[[noreturn]] void fail(sqlite3* connection, int result) {
    const std::string text = sqlite3_errmsg(connection);
    const char* name = sqlite3_db_filename(connection, "main");
    const std::string file = name == nullptr ? "the store" : name;
    if ((result & 0xff) == SQLITE_FULL) {
        throw StorageError("no room left for '" + file +
                           "': free space on its disk or raise --max-store-bytes");
    }
    if ((result & 0xff) == SQLITE_CORRUPT || (result & 0xff) == SQLITE_NOTADB) {
        throw StorageError("'" + file + "' is damaged: " + text +
                           "; restore it, or move it away and start again with an empty store");
    }
    throw StorageError("cannot use '" + file + "': " + text +
                       "; check that the disk is mounted, writable and has room");
}

// ip_text(blob) is an address of a key as text.
void ip_text(sqlite3_context* context, int, sqlite3_value** values) {
    std::array<uint8_t, 16> bytes{};
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
    const auto* data = static_cast<const uint8_t*>(sqlite3_value_blob(values[0]));
    std::copy_n(data, data == nullptr ? 0 : std::min(size, bytes.size()), bytes.begin());
    const std::string text = net::to_string(net::IpAddress(bytes));
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

std::string_view bytes_of(sqlite3_value* value) {
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    return {static_cast<const char*>(sqlite3_value_blob(value)), size};
}

// join_sessions(list, list), see session_lists.h.
void join_lists(sqlite3_context* context, int, sqlite3_value** values) {
    const std::string joined = join_sessions(bytes_of(values[0]), bytes_of(values[1]));
    sqlite3_result_blob64(context, joined.data(), joined.size(), SQLITE_TRANSIENT);
}

sqlite3_destructor_type destructor_of(Query::Values keep) {
    return keep == Query::Values::Borrow ? SQLITE_STATIC : SQLITE_TRANSIENT;
}

// Nobody reads the library's memory statistics, and they take a lock with every allocation.
void configure_library() {
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    ETI_CHECK(done == SQLITE_OK);
}

}  // namespace

Query::~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Query::check(int result) const {
    if (result != SQLITE_OK) {
        fail(connection_, result);
    }
}

void Query::bind(int64_t value) {
    check(sqlite3_bind_int64(statement_, ++bound_, value));
}

void Query::bind(double value) {
    check(sqlite3_bind_double(statement_, ++bound_, value));
}

void Query::bind(std::string_view text) {
    check(sqlite3_bind_text64(statement_, ++bound_, text.data() == nullptr ? "" : text.data(),
                              text.size(), destructor_of(keep_), SQLITE_UTF8));
}

void Query::bind(const Blob& blob) {
    check(sqlite3_bind_blob64(statement_, ++bound_,
                              blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
                              blob.bytes.size(), destructor_of(keep_)));
}

void Query::bind(std::nullopt_t) {
    check(sqlite3_bind_null(statement_, ++bound_));
}

bool Query::next() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
        fail(connection_, result);
    }
    return result == SQLITE_ROW;
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Query::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

std::string Query::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes == nullptr) {
        return {};
    }
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return std::string(static_cast<const char*>(bytes), size);
}

Database::Database(const std::string& file, Access access) : file_(file) {
    configure_library();
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                      (access == Access::ReadWrite ? SQLITE_OPEN_CREATE : 0);
    const int result = sqlite3_open_v2(file.c_str(), &connection_, flags, nullptr);
    if (result != SQLITE_OK) {
        const std::string why = sqlite3_errstr(result);
        sqlite3_close(connection_);
        throw StorageError("cannot open '" + file + "': " + why +
                           "; check the folder's owner and permissions");
    }
    sqlite3_busy_timeout(connection_, 5000);
    try {
        script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        sqlite3_create_function_v2(connection_, "ip_text", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   nullptr, &ip_text, nullptr, nullptr, nullptr);
        sqlite3_create_function_v2(connection_, "join_sessions", 2,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, &join_lists,
                                   nullptr, nullptr, nullptr);
        if (access == Access::ReadOnly) {
            script("PRAGMA query_only=ON;");
        }
    } catch (...) {
        sqlite3_close(connection_);
        throw;
    }
}

Database::~Database() {
    forget_statements();
    sqlite3_close(connection_);
}

void Database::forget_statements() {
    for (const auto& [sql, statement] : statements_) {
        sqlite3_finalize(statement);
    }
    statements_.clear();
}

void Database::tune(uint64_t cache_bytes, uint64_t checkpoint_bytes) {
    constexpr uint64_t kPageBytes = 4096;
    script(("PRAGMA cache_size=-" + std::to_string(cache_bytes >> 10U) +
            "; PRAGMA wal_autocheckpoint=" + std::to_string(checkpoint_bytes / kPageBytes) +
            "; PRAGMA journal_size_limit=" + std::to_string(2 * checkpoint_bytes))
               .c_str());
}

sqlite3_stmt* Database::prepare(const char* sql) {
    const auto known = statements_.find(std::string_view(sql));
    if (known != statements_.end()) {
        ETI_CHECK(sqlite3_stmt_busy(known->second) == 0);
        return known->second;
    }
    sqlite3_stmt* statement = nullptr;
    const int result =
        sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) {
        fail(connection_, result);
    }
    statements_.emplace(sql, statement);
    return statement;
}

void Database::script(const char* sql) {
    const int result = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) {
        fail(connection_, result);
    }
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(connection_) == 0;
}

int64_t Database::last_row_id() const {
    return sqlite3_last_insert_rowid(connection_);
}

int64_t Database::changes() const {
    return sqlite3_changes64(connection_);
}

void Database::limit_size(uint64_t bytes) {
    int64_t page_size = 4096;
    {
        Query page = query("PRAGMA page_size");
        if (page.next()) {
            page_size = page.integer(0);
        }
    }
    const int64_t most = std::numeric_limits<int32_t>::max() - 1;
    const int64_t pages = std::clamp<int64_t>(
        static_cast<int64_t>(std::min<uint64_t>(bytes, 1ULL << 60)) / page_size, 1, most);
    script(("PRAGMA max_page_count=" + std::to_string(pages)).c_str());
}

ReadSnapshot::ReadSnapshot(Database& database) : database_(database) {
    database_.script("BEGIN");
}

ReadSnapshot::~ReadSnapshot() {
    try {
        database_.script("COMMIT");
    } catch (const StorageError&) {
        return;  // nothing was changed; the next use of the connection says what is wrong
    }
}

}  // namespace eti::analysis
