// The writer thread: the only one that changes the store. Jobs that wait together share one
// transaction, and so one disk flush; a job is answered only after the flush.
#pragma once

#include "eti/engine/histogram.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace eti::analysis {

class Database;
class Engine;

// What the writer thread counted since the start.
struct WriterFigures {
    Histogram commits;
    uint64_t pruned = 0;
    std::map<std::pair<std::string, std::string>, uint64_t> verdicts;  // by source and severity
};

class Writer {
  public:
    using Job = std::function<void(Engine&)>;
    // Called on the writer thread; null: the job's changes are on disk. A StorageError fails
    // every job of the transaction, any other exception only its own job.
    using Done = std::function<void(std::exception_ptr)>;

    struct Limits {
        std::size_t max_jobs = 1024;
        std::size_t max_bytes = 128UL << 20;
    };
    // after_commit runs on the writer thread after every transaction that succeeded.
    Writer(Database& database, Engine& engine, std::function<void()> after_commit, Limits limits);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // submit is false, and nothing is kept, when the queue is full. Any thread. bytes is what the
    // job holds in memory.
    bool submit(Job job, Done done, std::size_t bytes = 0);
    WriterFigures figures() const;              // any thread
    bool full() const;                          // any thread
    Database& database() { return database_; }  // for jobs, inside their transaction
    void stop();                                // finishes the queued jobs and joins

  private:
    struct Entry {
        Job job;
        Done done;
        std::size_t bytes = 0;
        std::exception_ptr error;
    };
    void run();
    void commit(std::vector<Entry>& group);
    void run_job(Entry& entry);
    void roll_back();
    void note_figures(std::chrono::steady_clock::duration duration);

    Database& database_;
    Engine& engine_;
    const std::function<void()> after_commit_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Entry> queue_;      // guarded by mutex_
    std::size_t queued_bytes_ = 0;  // guarded by mutex_; counts the running group too
    bool stopping_ = false;         // guarded by mutex_
    WriterFigures figures_;         // guarded by mutex_
    std::thread thread_;
};

}  // namespace eti::analysis
