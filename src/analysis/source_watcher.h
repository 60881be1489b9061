// The thread that reads the feeds' sources: files when they change, URLs when they are due.
#pragma once

#include "eti/engine/feed_publisher.h"
#include "eti/engine/writer.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace eti::analysis {

class SourceWatcher {
  public:
    struct Options {
        std::vector<SourceOptions> sources;
        std::string data_directory;  // whose imports are sources too
        SourceLimits limits;
        std::chrono::milliseconds look{1000};  // how often files are looked at
        std::function<Timestamp()> now;
    };
    explicit SourceWatcher(Options options);
    ~SourceWatcher() { stop(); }
    SourceWatcher(const SourceWatcher&) = delete;
    SourceWatcher& operator=(const SourceWatcher&) = delete;

    // load_files reads every file once, on the caller's thread and into engine, whose transaction
    // is open: a sensor that asks at once gets the feeds.
    void load_files(Database& database, Engine& engine);
    void start(Writer& writer);  // writer must outlive stop()
    void stop();
    void read_all();  // any thread: every source is due now

  private:
    using Clock = std::chrono::steady_clock;

    bool stopping() const;
    void run(Writer& writer);
    // wait returns false when it is time to stop.
    bool wait();
    // find_imports is true when imports came or went.
    bool find_imports();
    // store runs a job on the writer's thread and is true when it is on disk.
    bool store(Writer& writer, Writer::Job job);
    void look_at(const SourceOptions& source, Writer& writer);
    void report(const SourceOptions& source, const FeedPublisher::Taken& taken);
    void remember(const SourceOptions& source, const SourceReading& reading, bool refused);

    const Options options_;
    std::vector<SourceOptions> sources_;  // with the imports; the watcher's thread, once it runs
    bool told_engine_ = true;             // of sources_; the watcher's thread
    std::map<std::string, SourceState> states_;  // the watcher's thread, once it runs
    std::map<std::string, Clock::time_point> due_;
    std::map<std::string, std::string> told_;    // a lasting problem is logged once
    std::map<std::string, std::string> failed_;  // and stored once
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;  // guarded by mutex_
    bool all_due_ = false;   // guarded by mutex_
    std::thread thread_;
};

}  // namespace eti::analysis
