#include "analysis/source_watcher.h"

#include "analysis/imports.h"
#include "eti/engine/engine.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace eti::analysis {
namespace {

using Result = SourceReading::Result;

SourceState stored_state(Database& database, const std::string& source) {
    SourceState state;
    for (const SourceRow& row : source_rows(database)) {
        if (row.name == source) {
            state.etag = row.etag;
            state.last_modified = row.last_modified;
        }
    }
    for (const SourcePart& part : source_parts(database, source)) {
        state.stamps[part.part] = part.stamp;
    }
    return state;
}

}  // namespace

SourceWatcher::SourceWatcher(Options options)
    : options_(std::move(options)), sources_(options_.sources) {
    find_imports();
}

bool SourceWatcher::find_imports() {
    std::vector<SourceOptions> sources = options_.sources;
    for (SourceOptions& found : imported_sources(options_.data_directory)) {
        const auto same_name = [&](const auto& source) { return source.name == found.name; };
        if (std::none_of(sources.begin(), sources.end(), same_name)) {
            sources.push_back(std::move(found));
        }
    }
    if (sources == sources_) {
        return false;
    }
    sources_ = std::move(sources);
    std::erase_if(states_, [&](const auto& state) {
        return std::none_of(sources_.begin(), sources_.end(),
                            [&](const auto& source) { return source.name == state.first; });
    });
    return true;
}

void SourceWatcher::load_files(Database& database, Engine& engine) {
    engine.use_sources(sources_, options_.now());
    for (const SourceOptions& source : sources_) {
        states_[source.name] = stored_state(database, source.name);
        if (source.is_url()) {
            continue;
        }
        const SourceReading reading =
            read_source(source, states_[source.name], options_.limits, [] { return false; });
        const FeedPublisher::Taken taken = engine.take_source(source, reading, options_.now());
        report(source, taken);
        remember(source, reading, taken.refused);
    }
}

void SourceWatcher::start(Writer& writer) {
    thread_ = std::thread([this, &writer] { run(writer); });
}

void SourceWatcher::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void SourceWatcher::read_all() {
    const std::lock_guard lock(mutex_);
    all_due_ = true;
    wake_.notify_all();
}

bool SourceWatcher::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void SourceWatcher::run(Writer& writer) {
    do {
        told_engine_ = !find_imports() && told_engine_;
        if (!told_engine_) {
            told_engine_ = store(writer, [this, sources = sources_](Engine& engine) {
                engine.use_sources(sources, options_.now());
            });
        }
        for (const SourceOptions& source : sources_) {
            if (!stopping() && Clock::now() >= due_[source.name]) {
                look_at(source, writer);
            }
        }
    } while (wait());
}

bool SourceWatcher::wait() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, options_.look, [this] { return stopping_ || all_due_; });
    if (std::exchange(all_due_, false)) {
        due_.clear();
    }
    return !stopping_;
}

bool SourceWatcher::store(Writer& writer, Writer::Job job) {
    // Shared with the writer, which may still be setting it when this thread goes on.
    const auto done = std::make_shared<std::promise<std::exception_ptr>>();
    return writer.submit(std::move(job), [done](std::exception_ptr error) {
        done->set_value(error);
    }) && !done->get_future().get();
}

// look_at reads a source and waits until the store has it: a reading that could not be stored is
// read again.
void SourceWatcher::look_at(const SourceOptions& source, Writer& writer) {
    const auto reading = std::make_shared<const SourceReading>(
        read_source(source, states_[source.name], options_.limits, [this] { return stopping(); }));
    due_[source.name] = Clock::now() + (source.is_url() ? std::chrono::milliseconds(source.interval)
                                                        : options_.look);
    const bool same_file =
        !source.is_url() &&
        (reading->result == Result::Unchanged ||
         (reading->result == Result::Failed && reading->why == failed_[source.name]));
    failed_[source.name] = reading->result == Result::Failed ? reading->why : "";
    if (stopping() || same_file) {
        return;
    }
    const auto taken = std::make_shared<FeedPublisher::Taken>();
    if (!store(writer, [this, source, reading, taken](Engine& engine) {
            *taken = engine.take_source(source, *reading, options_.now());
        })) {
        due_[source.name] = Clock::now() + options_.look;
        failed_[source.name].clear();
        return;
    }
    report(source, *taken);
    remember(source, *reading, taken->refused);
}

void SourceWatcher::report(const SourceOptions& source, const FeedPublisher::Taken& taken) {
    std::string& told = told_[source.name];
    if (!taken.refused && taken.sentence != "unchanged") {
        spdlog::info("feed '{}': {}", source.shown(), taken.sentence);
    } else if (taken.refused && taken.sentence != told) {
        spdlog::error("feed '{}' is refused: {}", source.shown(), taken.sentence);
    }
    told = taken.refused ? taken.sentence : "";
}

// remember keeps what tells whether a source changed. A refused file is not looked at again until
// it does change; a refused URL is asked again in full.
void SourceWatcher::remember(const SourceOptions& source, const SourceReading& reading,
                             bool refused) {
    SourceState& state = states_[source.name];
    if (reading.result == Result::New && !refused) {
        state.etag = reading.etag;
        state.last_modified = reading.last_modified;
        std::map<std::string, std::string> stamps;
        for (const std::string& part : reading.kept) {
            stamps[part] = state.stamps[part];
        }
        for (const SourcePart& part : reading.parts) {
            stamps[part.part] = part.stamp;
        }
        state.stamps = std::move(stamps);
    } else if (!source.is_url() && refused && reading.result != Result::Failed) {
        state.etag = reading.etag;
    }
}

}  // namespace eti::analysis
