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
using Command = std::variant<Batch, RefreshFeeds, Options, Stop>;

// What may wait for the uplink thread while it waits for a slow disk.
constexpr std::size_t kMostWaitingBytes = 64U << 20;
constexpr std::chrono::milliseconds kLongestWait{60'000};

Random make_random() {
    std::random_device seed;
    return [engine = std::mt19937(seed())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

// Clients speak over one link; other options are another link. Uplink thread only.
struct Clients {
    Clients(Options wanted, Spool& spool, Mailbox<Event>& events)
        : options(std::move(wanted)),
          link(options, events),
          uploader(options, http, link, events, spool, make_random()),
          poller(options, http, link, events, make_random()),
          feeds(options, http, link, events, make_random()) {
        spool.set_limit(options.spool_limit_bytes);
        uploader.open();
        poller.open();
        feeds.open();
    }

    std::chrono::milliseconds time_until_due() const;

    const Options options;
    HttpClient http;
    LinkState link;
    MetadataUploader uploader;
    InfectedHostPoller poller;
    FeedUpdater feeds;
};

std::chrono::milliseconds Clients::time_until_due() const {
    const SteadyTime now = std::chrono::steady_clock::now();
    SteadyTime next = now + kLongestWait;
    for (const auto& due : {uploader.due(), poller.due(), feeds.due(), link.due()}) {
        next = due ? std::min(next, *due) : next;
    }
    // Rounded up, so that the loop does not turn idly through the last part of a millisecond.
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(next - now),
                    std::chrono::milliseconds(0));
}

}  // namespace

struct Uplink::Impl {
    explicit Impl(Options wanted)
        : first_options(std::move(wanted)),
          spool(first_options.state_directory + "/spool.db", first_options.spool_limit_bytes) {}

    void run();
    bool take_commands();  // false: it is time to stop
    void open_link(Options options);

    const Options first_options;
    Mailbox<Command> commands;                  // any thread posts, the uplink thread takes
    std::atomic<std::size_t> waiting_bytes{0};  // of batches in commands
    Mailbox<Event> events;                      // the uplink thread posts, control takes
    std::thread thread;                         // control: start, stop

    // uplink thread only
    Spool spool;
    std::unique_ptr<Clients> clients;
};

// open_link ends exchanges under way. Their batches are in the spool and are sent again under the
// same key, which the service counts once.
void Uplink::Impl::open_link(Options options) {
    if (clients && clients->options == options) {
        return;
    }
    if (clients) {
        clients->uploader.settle();
        clients.reset();
    }
    clients = std::make_unique<Clients>(std::move(options), spool, events);
}

bool Uplink::Impl::take_commands() {
    bool go_on = true;
    std::vector<Batch> batches;
    for (Command& command : commands.take_all()) {
        if (auto* batch = std::get_if<Batch>(&command)) {
            waiting_bytes.fetch_sub(batch->ndjson.size(), std::memory_order_relaxed);
            batches.push_back(std::move(*batch));
        } else if (std::holds_alternative<RefreshFeeds>(command)) {
            clients->feeds.refresh();
        } else if (auto* options = std::get_if<Options>(&command)) {
            open_link(std::move(*options));
        } else {
            go_on = false;
        }
    }
    if (!batches.empty()) {
        clients->uploader.take(std::move(batches));
    }
    return go_on;
}

void Uplink::Impl::run() {
    spool.open();
    open_link(first_options);
    while (take_commands()) {
        clients->http.run_handlers();
        const SteadyTime now = std::chrono::steady_clock::now();
        clients->uploader.run(now);
        clients->poller.run(now);
        clients->feeds.run(now);
        clients->uploader.settle();
        clients->link.publish(now);
        clients->http.wait(commands.fd(), clients->time_until_due());
    }
    clients->uploader.close();
    clients->link.publish(std::chrono::steady_clock::now() + LinkState::kQuiet);
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
        impl_->events.post(
            SubmissionResult{SubmissionResult::Outcome::SpoolFull, batch.records, batch.sessions});
        return;
    }
    impl_->waiting_bytes.fetch_add(bytes, std::memory_order_relaxed);
    impl_->commands.post(std::move(batch));
}

void Uplink::refresh_feeds() {
    impl_->commands.post(RefreshFeeds{});
}

void Uplink::reconfigure(Options options) {
    impl_->commands.post(std::move(options));
}

Mailbox<Event>& Uplink::events() {
    return impl_->events;
}

}  // namespace eti::uplink
