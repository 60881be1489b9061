#include "eti/uplink/uplink.h"

#include "uplink/feed_updater.h"
#include "uplink/http_client.h"
#include "uplink/infected_host_poller.h"
#include "uplink/link_state.h"
#include "uplink/metadata_uploader.h"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <utility>

namespace eti::uplink {
namespace {

struct RefreshFeeds {};
struct Stop {};
using Command = std::variant<Batch, RefreshFeeds, Stop>;

// What may wait for the uplink thread while it waits for a slow disk.
constexpr std::size_t kMostWaitingBytes = 64U << 20;
constexpr std::chrono::milliseconds kLongestWait{60'000};

Random make_random() {
    std::random_device seed;
    return [engine = std::mt19937(seed())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

}  // namespace

struct Uplink::Impl {
    explicit Impl(Options wanted)
        : options(std::move(wanted)),
          link(options, events),
          uploader(options, http, link, events, make_random()),
          poller(options, http, link, events, make_random()),
          feeds(options, http, link, events, make_random()) {}

    void run();
    bool take_commands();  // false: it is time to stop
    std::chrono::milliseconds time_until_due() const;

    const Options options;
    Mailbox<Command> commands;                  // any thread posts, the uplink thread takes
    std::atomic<std::size_t> waiting_bytes{0};  // of batches in commands
    Mailbox<Event> events;                      // the uplink thread posts, control takes
    std::thread thread;                         // control: start, stop

    // uplink thread only
    HttpClient http;
    LinkState link;
    MetadataUploader uploader;
    InfectedHostPoller poller;
    FeedUpdater feeds;
};

bool Uplink::Impl::take_commands() {
    bool go_on = true;
    std::vector<Batch> batches;
    for (Command& command : commands.take_all()) {
        if (auto* batch = std::get_if<Batch>(&command)) {
            waiting_bytes.fetch_sub(batch->ndjson.size(), std::memory_order_relaxed);
            batches.push_back(std::move(*batch));
        } else if (std::holds_alternative<RefreshFeeds>(command)) {
            feeds.refresh();
        } else {
            go_on = false;
        }
    }
    if (!batches.empty()) {
        uploader.take(std::move(batches));
    }
    return go_on;
}

std::chrono::milliseconds Uplink::Impl::time_until_due() const {
    const SteadyTime now = std::chrono::steady_clock::now();
    SteadyTime next = now + kLongestWait;
    for (const auto& due : {uploader.due(), poller.due(), feeds.due(), link.due()}) {
        next = due ? std::min(next, *due) : next;
    }
    // Rounded up, so that the loop does not turn idly through the last part of a millisecond.
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(next - now),
                    std::chrono::milliseconds(0));
}

void Uplink::Impl::run() {
    uploader.open();
    poller.open();
    feeds.open();
    while (take_commands()) {
        http.run_handlers();
        const SteadyTime now = std::chrono::steady_clock::now();
        uploader.run(now);
        poller.run(now);
        feeds.run(now);
        uploader.settle();
        link.publish(now);
        http.wait(commands.fd(), time_until_due());
    }
    uploader.close();
    link.publish(std::chrono::steady_clock::now() + LinkState::kQuiet);
}

Uplink::Uplink(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Uplink::~Uplink() {
    stop();
}

void Uplink::start() {
    impl_->thread = std::thread([this] { impl_->run(); });
}

void Uplink::stop() {
    if (impl_->thread.joinable()) {
        impl_->commands.post(Stop{});
        impl_->thread.join();
    }
}

void Uplink::submit(Batch batch) {
    const std::size_t bytes = batch.ndjson.size();
    if (impl_->waiting_bytes.load(std::memory_order_relaxed) + bytes > kMostWaitingBytes) {
        impl_->events.post(SubmissionResult{SubmissionResult::Outcome::SpoolFull, batch.records});
        return;
    }
    impl_->waiting_bytes.fetch_add(bytes, std::memory_order_relaxed);
    impl_->commands.post(std::move(batch));
}

void Uplink::refresh_feeds() {
    impl_->commands.post(RefreshFeeds{});
}

Mailbox<Event>& Uplink::events() {
    return impl_->events;
}

}  // namespace eti::uplink
