// Batches that the service has not acknowledged yet, on disk. See docs/decisions/0003-spool.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

struct sqlite3;

namespace eti::uplink {

struct SpoolBatch {
    std::string key;  // the Idempotency-Key
    uint32_t records = 0;
    std::string body;  // compressed
    uint32_t sessions = 0;
};

// Spool keeps batches in the order they came, in one SQLite file (WAL, synchronous=FULL), and
// what the disk does not take in memory. It never holds more than its byte limit, nor lets the
// file system fall below a twentieth free: the oldest batches give way. For one thread.
class Spool {
  public:
    static constexpr uint64_t kMostMemoryBytes = 32ULL << 20;

    struct Item {
        std::string key;
        uint32_t records = 0;
        uint64_t bytes = 0;
        std::string body;  // only when the disk did not take it
        bool on_disk = false;
        uint32_t sessions = 0;
    };
    using Items = std::map<uint64_t, Item>;  // by id, oldest first

    Spool(std::string path, uint64_t limit_bytes);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    // open reads what an earlier run left. A damaged file is moved aside to PATH.damaged.
    void open();
    // problem is empty, or says why batches are not safe on disk, with the remedy.
    const std::string& problem() const { return problem_; }

    void set_limit(uint64_t bytes) { limit_bytes_ = bytes; }  // kept from the next add on

    struct Added {
        std::vector<uint64_t> ids;      // of the new batches that are kept
        std::vector<uint64_t> dropped;  // ids of older ones that gave way
        uint64_t lost_records = 0;      // in dropped ones and in new ones that found no room
        uint64_t lost_sessions = 0;
    };
    // add stores all batches with one commit: durable when it returns, unless problem() says
    // otherwise. Batches in busy are not dropped.
    Added add(std::vector<SpoolBatch> batches, const std::set<uint64_t>& busy);
    // body returns nothing when the stored bytes are damaged.
    std::optional<std::string> body(uint64_t id);
    // remove forgets batches with one commit. A crash before it reaches the disk only means that
    // they are sent again under the same key.
    void remove(std::span<const uint64_t> ids);
    // flush tries once more to bring to disk what is only in memory.
    void flush();

    const Items& items() const { return items_; }
    uint64_t bytes() const { return bytes_; }
    uint64_t records() const { return records_; }
    uint64_t sessions() const { return sessions_; }

  private:
    struct Database;
    bool load();
    void open_database();
    uint64_t room_on_disk() const;
    bool store(std::span<const uint64_t> ids);
    void forget(uint64_t id);
    bool drop_oldest(const std::set<uint64_t>& busy, bool only_memory, Added& result);

    std::string path_;
    uint64_t limit_bytes_;
    std::unique_ptr<Database> database_;
    Items items_;
    uint64_t next_id_ = 1;
    uint64_t bytes_ = 0;
    uint64_t memory_bytes_ = 0;
    uint64_t records_ = 0;
    uint64_t sessions_ = 0;
    std::string problem_;
};

}  // namespace eti::uplink
