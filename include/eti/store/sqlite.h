// SQLite behind three small types. One Database belongs to one thread.
#pragma once

#include "eti/base/clock.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace eti::analysis {

// StorageError: the disk or the file failed; what() is a sentence with the remedy. The whole
// transaction must be given up.
class StorageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct Blob {
    std::string_view bytes;
};

// Query is one use of a prepared statement; the destructor hands it back to its Database.
class Query {
  public:
    // Borrow: texts and blobs outlive the query.
    enum class Values : uint8_t { Copy, Borrow };
    template <typename... Each>
    Query(sqlite3* connection, sqlite3_stmt* statement, Values keep, const Each&... values)
        : connection_(connection), statement_(statement), keep_(keep) {
        (bind(values), ...);
    }
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    // Parameters are numbered in the order of the calls.
    void bind(int64_t value);
    void bind(double value);
    void bind(std::string_view text);
    void bind(const Blob& bytes);
    void bind(std::nullopt_t);
    template <typename T>
    void bind(const std::optional<T>& value) {
        value ? bind(*value) : bind(std::nullopt);
    }

    bool next();  // a row is ready; throws StorageError
    bool is_null(int column) const;
    int64_t integer(int column) const;
    std::string text(int column) const;  // also reads blobs
    double real(int column) const;

  private:
    void check(int result) const;

    sqlite3* connection_;
    sqlite3_stmt* statement_;
    Values keep_;
    int bound_ = 0;
};

class Database {
  public:
    enum class Access : uint8_t { ReadWrite, ReadOnly };
    // Opens FILE with WAL and synchronous=FULL; throws StorageError with the file's name.
    Database(const std::string& file, Access access);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // query prepares once per distinct text; the same text must not be in use twice at a time.
    template <typename... Values>
    Query query(const char* sql, const Values&... values) {
        return Query(connection_, prepare(sql), Query::Values::Copy, values...);
    }
    // run executes a statement without result rows and returns how many rows it changed.
    template <typename... Values>
    int64_t run(const char* sql, const Values&... values) {
        Query statement(connection_, prepare(sql), Query::Values::Borrow, values...);
        while (statement.next()) {
        }
        return changes();
    }
    // forget_statements frees the prepared ones; none may be in use.
    void forget_statements();
    void script(const char* sql);  // several statements, no parameters
    bool in_transaction() const;
    int64_t last_row_id() const;
    // cache_bytes is how much of the file is kept in this process; checkpoint_bytes how far the
    // write-ahead log grows before its pages go to the file.
    void tune(uint64_t cache_bytes, uint64_t checkpoint_bytes);
    void limit_size(uint64_t bytes);  // the file grows no further: StorageError instead

  private:
    sqlite3_stmt* prepare(const char* sql);
    int64_t changes() const;

    std::string file_;
    sqlite3* connection_ = nullptr;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements_;
};

// ReadSnapshot: until it goes, every query of its Database sees the same state of the file.
class ReadSnapshot {
  public:
    explicit ReadSnapshot(Database& database);
    ~ReadSnapshot();
    ReadSnapshot(const ReadSnapshot&) = delete;
    ReadSnapshot& operator=(const ReadSnapshot&) = delete;

  private:
    Database& database_;
};

inline int64_t to_micros(Timestamp time) {
    return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}
inline Timestamp from_micros(int64_t micros) {
    return Timestamp(std::chrono::microseconds(micros));
}

}  // namespace eti::analysis
