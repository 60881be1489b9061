// The thread that judges behaviour. It reads the record log behind the writer, so that ingest never
// waits for a score, and hands what it finds to the writer together with how far it got: after a
// crash, what was not stored is judged again. It belongs to the log's group "behaviour".
#pragma once

#include "eti/engine/behaviour_figures.h"
#include "eti/engine/engine.h"
#include "eti/ingest/record_reader.h"
#include "eti/scoring/behaviour.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace eti::analysis {

class Writer;

struct BehaviourWorkerOptions {
    model::Files model;
    features::Knowledge knowledge;
    BehaviourOptions behaviour;
    // Records this old are read again at the start, for what the site did before.
    std::chrono::seconds memory{std::chrono::hours(25)};
    std::chrono::milliseconds retry{1000};  // after the disk or the queue refused
    std::function<Timestamp()> now;
};

// BehaviourJudge judges one batch after the other: the worker's part that needs no thread.
class BehaviourJudge {
  public:
    // database: a connection of the caller's thread.
    BehaviourJudge(Database& database, const BehaviourWorkerOptions& options);
    ~BehaviourJudge();

    std::vector<BehaviourFinding> judge(const LoggedBatch& batch);
    // forget leaves it as it was constructed.
    void forget();
    const BehaviourFigures& figures() const { return figures_; }

  private:
    BehaviourScorer& scorer_of(Realm realm);
    void learn(BehaviourScorer& scorer, Realm realm, const metadata::Record& record);

    Database& database_;
    const BehaviourWorkerOptions& options_;
    std::shared_ptr<const model::Model> model_;  // of all realms
    RecordReader reader_;
    std::map<Realm, std::unique_ptr<BehaviourScorer>> scorers_;
    BehaviourFigures figures_;
};

class BehaviourWorker {
  public:
    static constexpr const char* kGroup = "behaviour";

    // database is the worker's own connection, read-only. Nothing runs before start. Throws as
    // model::Model does.
    BehaviourWorker(Database& database, Writer& writer, BehaviourWorkerOptions options);
    ~BehaviourWorker();
    BehaviourWorker(const BehaviourWorker&) = delete;
    BehaviourWorker& operator=(const BehaviourWorker&) = delete;

    void start();
    void stop();                       // joins; before the writer stops
    void wake();                       // any thread: there may be new batches
    BehaviourFigures figures() const;  // any thread

  private:
    void run();
    void remember();
    bool judge_next();
    bool store(std::vector<BehaviourFinding> findings, Realm realm, int64_t position);
    bool sleep(std::chrono::milliseconds time);

    Database& database_;
    Stores stores_;
    Writer& writer_;
    const BehaviourWorkerOptions options_;
    BehaviourJudge judge_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool woken_ = false;        // guarded by mutex_
    bool stopping_ = false;     // guarded by mutex_
    BehaviourFigures figures_;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace eti::analysis
