// The spool's SQLite file. For one thread.
#pragma once

#include "uplink/spool.h"

#include <sqlite3.h>

#include <string>
#include <string_view>

namespace eti::uplink {

// Database is an open spool file; every call returns an SQLite result code.
struct Spool::Database {
    Database() = default;
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    int open(const std::string& path);  // creates it when missing; SQLITE_CORRUPT when damaged
    int begin(bool durable);            // durable: the commit waits for the disk
    int commit();
    void roll_back();
    int insert(uint64_t id, const Item& item, std::string_view body);
    int erase(uint64_t id);
    int load(Items& items);
    // read gives SQLITE_CORRUPT when the row's own checksum disagrees.
    int read(uint64_t id, const Item& item, std::string& body);
    uint64_t free_bytes_inside();  // pages that deleted rows left for new ones
    const char* message() const { return sqlite3_errmsg(handle_); }

  private:
    int run(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }
    int prepare(const char* sql, sqlite3_stmt** statement) {
        return sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, nullptr);
    }
    int check_integrity();
    int add_missing_column();

    sqlite3* handle_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* erase_ = nullptr;
    sqlite3_stmt* read_ = nullptr;
    sqlite3_stmt* free_ = nullptr;
};

bool is_damage(int sqlite_code);

}  // namespace eti::uplink
