#include "eti/engine/writer.h"

#include "eti/engine/engine.h"
#include "eti/store/sqlite.h"

#include <chrono>
#include <utility>

namespace eti::analysis {

Writer::Writer(Database& database, Engine& engine, std::function<void()> after_commit,
               Limits limits)
    : database_(database),
      engine_(engine),
      after_commit_(std::move(after_commit)),
      limits_(limits),
      thread_([this] { run(); }) {}

Writer::~Writer() {
    stop();
}

bool Writer::submit(Job job, Done done, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= limits_.max_jobs ||
        (queued_bytes_ > 0 && queued_bytes_ + bytes > limits_.max_bytes)) {
        return false;
    }
    queue_.push_back({std::move(job), std::move(done), bytes, nullptr});
    queued_bytes_ += bytes;
    wake_.notify_one();
    return true;
}

bool Writer::full() const {
    const std::lock_guard lock(mutex_);
    return queue_.size() >= limits_.max_jobs || queued_bytes_ >= limits_.max_bytes;
}

void Writer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Writer::run() {
    while (true) {
        std::vector<Entry> group;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) {
                return;
            }
            group.swap(queue_);
        }
        const auto begin = std::chrono::steady_clock::now();
        commit(group);
        note_figures(std::chrono::steady_clock::now() - begin);
        std::size_t bytes = 0;
        for (Entry& entry : group) {
            bytes += entry.bytes;
            entry.job = nullptr;
            entry.done(entry.error);
        }
        const std::lock_guard lock(mutex_);
        queued_bytes_ -= bytes;
    }
}

void Writer::note_figures(std::chrono::steady_clock::duration duration) {
    const std::lock_guard lock(mutex_);
    figures_.commits.observe(std::chrono::duration<double>(duration).count());
    figures_.pruned = engine_.pruned();
    figures_.verdicts = engine_.counts().verdicts;
}

WriterFigures Writer::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

void Writer::commit(std::vector<Entry>& group) {
    try {
        database_.script("BEGIN IMMEDIATE");
        for (Entry& entry : group) {
            run_job(entry);
        }
        engine_.settle(std::chrono::steady_clock::now());
        database_.script("COMMIT");
        engine_.committed();
        after_commit_();
    } catch (const StorageError&) {
        for (Entry& entry : group) {
            entry.error = std::current_exception();
        }
        roll_back();
    }
}

void Writer::run_job(Entry& entry) {
    database_.script("SAVEPOINT job");
    try {
        entry.job(engine_);
    } catch (const StorageError&) {
        throw;
    } catch (...) {
        entry.error = std::current_exception();
        database_.script("ROLLBACK TO job");
        engine_.reload();
    }
    database_.script("RELEASE job");
}

void Writer::roll_back() {
    try {
        if (database_.in_transaction()) {
            database_.script("ROLLBACK");
        }
        engine_.roll_back();
    } catch (const StorageError&) {
        return;  // unreadable too: memory keeps what it has, and the next job fails with a sentence
    }
}

}  // namespace eti::analysis
