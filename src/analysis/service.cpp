#include "analysis/service.h"

#include "analysis/behaviour_options.h"
#include "analysis/first_start.h"
#include "analysis/protected_addresses.h"
#include "analysis/source_watcher.h"
#include "eti/api/http_server.h"
#include "eti/api/tls_files.h"
#include "eti/engine/behaviour_worker.h"
#include "eti/ingest/encoding.h"
#include "eti/metadata/record_json.h"
#include "eti/store/country.h"
#include "eti/store/private_file.h"
#include "eti/store/schema.h"
#include "eti/store/users.h"

#include <boost/asio/ssl.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>

namespace eti::analysis {
namespace {

constexpr std::chrono::seconds kPruneEvery{60};
constexpr std::chrono::seconds kDrainTime{3};
constexpr uint64_t kWriterCacheBytes = 256UL << 20;
constexpr uint64_t kReaderCacheBytes = 64UL << 20;
constexpr uint64_t kCheckpointBytes = 64UL << 20;
constexpr std::size_t kServersInEvent = 200;

EngineOptions engine_options(const ServiceOptions& options) {
    EngineOptions engine;
    engine.hosts = {options.threshold, options.evidence_window, options.host_expiry,
                    options.half_life};
    engine.internal = options.internal;
    engine.rollup_delay = options.rollup_delay;
    engine.retention.sessions = options.keep_sessions;
    engine.retention.servers = options.keep_servers;
    engine.observe = options.observe;
    return engine;
}

// A file that was named must be there; the usual one may be.
CountryOf country_lookup(const ServiceOptions& options) {
    const std::string usual = options.data_directory + "/country.mmdb";
    const std::string& file = options.country_file.empty() ? usual : options.country_file;
    if (options.country_file.empty() && !std::filesystem::exists(usual)) {
        spdlog::info("no country database: countries stay unknown; see --country-db");
        return nullptr;
    }
    return
        [database = CountryDatabase(file)](const net::IpAddress& ip) { return database.code(ip); };
}

SourceWatcher::Options source_options(const ServiceOptions& options) {
    SourceWatcher::Options watched{options.sources, options.data_directory, options.source_limits,
                                   options.tick, options.now};
    if (!options.feed_file.empty()) {
        SourceOptions file;
        file.name = "feed";
        file.location = options.feed_file;
        watched.sources.insert(watched.sources.begin(), std::move(file));
    }
    return watched;
}

// What never appears on a list for other enforcers.
std::vector<net::IpRange> protected_ranges(const ServiceOptions& options) {
    std::vector<net::IpRange> ranges = protected_addresses(options.address);
    ranges.insert(ranges.end(), options.protect.begin(), options.protect.end());
    return ranges;
}

ServiceOptions checked(ServiceOptions options) {
    boost::system::error_code ec;
    const auto ip = asio::ip::make_address(options.address, ec);
    if (ec) {
        throw std::runtime_error("cannot listen on '" + options.address +
                                 "': not an IP address; --listen takes ADDRESS:PORT");
    }
    options.tls = options.tls || !options.tls_certificate_file.empty();
    if (!options.tls && !ip.is_loopback()) {
        throw std::runtime_error("plain HTTP is served on loopback addresses only, not on '" +
                                 options.address + "': add --tls, or listen on 127.0.0.1");
    }
    if (!options.client_ca_file.empty() && !options.tls) {
        throw std::runtime_error("--tls-client-ca needs --tls");
    }
    if (options.tls_certificate_file.empty() != options.tls_key_file.empty()) {
        throw std::runtime_error("--tls-certificate and --tls-key come together");
    }
    if (!options.now) {
        options.now = [] { return Timestamp(std::chrono::system_clock::now()); };
    }
    return options;
}

asio::ssl::context tls_context(const ServiceOptions& options) {
    std::string certificate = options.tls_certificate_file;
    std::string key = options.tls_key_file;
    if (certificate.empty()) {
        make_tls_files(options.data_directory,
                       options.tls_name.empty() ? options.address : options.tls_name);
        certificate = options.data_directory + "/server.pem";
        key = options.data_directory + "/server.key";
    }
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                        asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                        asio::ssl::context::no_tlsv1_1);
    boost::system::error_code ec;
    context.use_certificate_chain_file(certificate, ec);
    if (ec) {
        throw std::runtime_error("cannot use the certificate '" + certificate +
                                 "': " + ec.message() + "; it must be a PEM chain, leaf first");
    }
    context.use_private_key_file(key, asio::ssl::context::pem, ec);
    if (ec) {
        throw std::runtime_error("cannot use the key '" + key + "': " + ec.message() +
                                 "; it must be the PEM private key of the certificate");
    }
    if (!options.client_ca_file.empty()) {
        context.load_verify_file(options.client_ca_file, ec);
        if (ec) {
            throw std::runtime_error("cannot use the client CA '" + options.client_ca_file +
                                     "': " + ec.message() + "; it must be PEM certificates");
        }
        // Asked for, not demanded: a token does as well.
        context.set_verify_mode(asio::ssl::verify_peer);
    }
    return context;
}

}  // namespace

struct Service::Impl {
    explicit Impl(ServiceOptions given);

    std::function<BehaviourFigures()> behaviour_figures();
    void start_feeds();
    void stop_threads();
    void after_commit();
    void tell_pages();
    void tell_feeds();
    void store_in_background(Writer::Job job, std::function<void()> failed);
    asio::awaitable<void> tick_forever();
    asio::awaitable<void> drain();

    ServiceOptions options;
    std::unique_ptr<Database> database;     // writer thread, once it runs
    std::unique_ptr<Database> reader;       // I/O thread
    std::unique_ptr<Database> page_reader;  // page thread
    std::unique_ptr<Database> log_reader;   // behaviour's thread
    ServerIndex index;
    std::optional<Stores> stores;        // over database
    std::optional<Stores> reading;       // over reader
    std::optional<Stores> page_reading;  // over page_reader
    std::optional<SigningKey> key;
    std::unique_ptr<Engine> engine;  // writer thread, once it runs
    std::optional<SourceWatcher> sources;
    asio::io_context io{1};
    std::optional<asio::ssl::context> ssl;
    ChangeSignal infected_changed;
    std::unique_ptr<EventHub> events;
    ApiMetrics metrics;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<BehaviourWorker> behaviour;  // null: not wanted
    std::unique_ptr<ApiContext> context;
    std::unique_ptr<HttpServer> server;
    asio::thread_pool page_thread{1};
    int64_t last_version = 0;                                     // writer thread
    std::map<std::pair<Realm, std::string>, int64_t> told_feeds;  // serials; writer thread
    Timestamp pruned{};                                           // I/O thread
    std::string last_problem;  // I/O thread: a lasting problem is logged once
};

Service::Impl::Impl(ServiceOptions given) : options(checked(std::move(given))) {
    prepare_directory(options.data_directory);
    database =
        std::make_unique<Database>(store_file(options.data_directory), Database::Access::ReadWrite);
    migrate(*database, options.now());
    write_credentials(*database, options.data_directory, options.now());
    database->limit_size(options.max_store_bytes);
    key.emplace(feed_key(options.data_directory, options.feed_key_file));
    if (options.tls) {
        ssl.emplace(tls_context(options));
    }
    database->tune(kWriterCacheBytes, kCheckpointBytes);
    index.load(*database, options.now());
    stores.emplace(embedded_stores(*database, &index, country_lookup(options)));
    engine = std::make_unique<Engine>(*stores, engine_options(options), &index);
    page_reader =
        std::make_unique<Database>(store_file(options.data_directory), Database::Access::ReadOnly);
    page_reader->tune(kReaderCacheBytes, kCheckpointBytes);
    page_reading.emplace(embedded_stores(*page_reader, &index));
    events = std::make_unique<EventHub>(static_cast<uint64_t>(to_micros(options.now())));
    reader =
        std::make_unique<Database>(store_file(options.data_directory), Database::Access::ReadOnly);
    reading.emplace(embedded_stores(*reader, &index));
    sources.emplace(source_options(options));
    start_feeds();
    last_version = reading->verdicts->version();
    for (const FeedRow& feed : reading->feeds->feeds()) {
        told_feeds[{feed.realm, feed.name}] = feed.serial;
    }
    writer = std::make_unique<Writer>(
        *database, *engine, [this] { after_commit(); }, Writer::Limits{options.max_queued_batches});
    if (options.behaviour) {
        log_reader = std::make_unique<Database>(store_file(options.data_directory),
                                                Database::Access::ReadOnly);
        log_reader->tune(kReaderCacheBytes, kCheckpointBytes);
        behaviour =
            std::make_unique<BehaviourWorker>(*log_reader, *writer, behaviour_options(options));
    }
    context = std::make_unique<ApiContext>(ApiContext{
        *reading, *writer, *key, infected_changed, engine_options(options).hosts,
        BodyLimits{options.max_records_bytes, options.max_records_bytes}, std::chrono::seconds(300),
        options.now, options.tls, index, *page_reading, page_thread, *events, metrics, ETI_VERSION,
        options.max_store_bytes, protected_ranges(options), behaviour_figures()});
    ServerLimits limits;
    limits.max_connections = options.max_connections;
    server = std::make_unique<HttpServer>(io, *context, ssl ? &*ssl : nullptr, options.address,
                                          options.port, limits);
}

std::function<BehaviourFigures()> Service::Impl::behaviour_figures() {
    return behaviour ? [this] { return behaviour->figures(); }
                     : std::function<BehaviourFigures()>();
}

// Before the first request: a sensor that asks at once gets the feeds, not an empty manifest.
void Service::Impl::start_feeds() {
    database->script("BEGIN IMMEDIATE");
    sources->load_files(*database, *engine);
    engine->tick(options.now());
    database->script("COMMIT");
}

// What the page hears of a commit. Writer thread; sent from the I/O thread.
void Service::Impl::tell_pages() {
    std::map<Realm, nlohmann::json> servers;
    for (const ServerState& state : engine->last_changed()) {
        nlohmann::json& list = servers[state.realm];
        if (list.size() < kServersInEvent) {
            list.push_back({{"ip", net::to_string(state.ip)},
                            {"level", state.level},
                            {"last_seen", metadata::format_time(from_micros(state.last_us))}});
        }
    }
    for (auto& [realm, list] : servers) {
        const bool more = list.size() == kServersInEvent;
        const std::string data =
            nlohmann::json{{"servers", std::move(list)}, {"more", more}}.dump();
        asio::post(io,
                   [this, realm_id = realm, data] { events->publish(realm_id, "server", data); });
    }
}

void Service::Impl::tell_feeds() {
    for (const FeedRow& feed : stores->feeds->feeds()) {
        if (std::exchange(told_feeds[{feed.realm, feed.name}], feed.serial) == feed.serial) {
            continue;
        }
        const nlohmann::json news{
            {"name", feed.name}, {"version", feed.version}, {"entries", feed.entries}};
        const std::vector<Realm> realms =
            feed.realm == kEveryRealm ? all_realms(*database) : std::vector<Realm>{feed.realm};
        asio::post(io, [this, realms, data = news.dump()] {
            for (const Realm realm : realms) {
                events->publish(realm, "feed", data);
            }
        });
    }
}

void Service::Impl::after_commit() {
    if (behaviour) {
        behaviour->wake();
    }
    tell_pages();
    tell_feeds();
    const int64_t version = stores->verdicts->version();
    if (version != last_version) {
        last_version = version;
        asio::post(io, [this] { infected_changed.notify(); });
    }
}

void Service::Impl::store_in_background(Writer::Job job, std::function<void()> failed) {
    const auto done = [this, failed](std::exception_ptr error) {
        std::string problem;
        try {
            if (error) {
                std::rethrow_exception(error);
            }
        } catch (const std::exception& failure) {
            problem = failure.what();
        }
        asio::post(io, [this, problem, failed] {
            if (!problem.empty()) {
                failed();
            }
            if (!problem.empty() && problem != last_problem) {
                spdlog::error("{}", problem);
            }
            last_problem = problem;
        });
    };
    if (!writer->submit(std::move(job), done)) {
        failed();
    }
}

asio::awaitable<void> Service::Impl::tick_forever() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!infected_changed.closed()) {
        const Timestamp now = options.now();
        const bool prune_too = now - pruned >= kPruneEvery;
        if (prune_too) {
            pruned = now;
        }
        store_in_background(
            [now, prune_too](Engine& target) {
                target.tick(now);
                if (prune_too) {
                    target.prune_old(now);
                }
            },
            [this, prune_too] { pruned = prune_too ? Timestamp{} : pruned; });
        timer.expires_after(options.tick);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> Service::Impl::drain() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + kDrainTime;
    while (server->connections() > 0 && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(std::chrono::milliseconds(10));
        co_await timer.async_wait(asio::use_awaitable);
    }
    io.stop();
}

Service::Service(ServiceOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

void Service::Impl::stop_threads() {
    sources->stop();
    if (behaviour) {
        behaviour->stop();
    }
    writer->stop();
}

Service::~Service() {
    impl_->stop_threads();  // before anything the writer's jobs refer to goes
}

uint16_t Service::port() const {
    return impl_->server->port();
}

bool Service::tls() const {
    return impl_->options.tls;
}

void Service::run() {
    impl_->server->start();
    impl_->sources->start(*impl_->writer);
    if (impl_->behaviour) {
        impl_->behaviour->start();
    }
    asio::co_spawn(impl_->io, impl_->tick_forever(), asio::detached);
    impl_->io.run();
    impl_->page_thread.join();  // its queries may lean on coroutines of io
    impl_->stop_threads();
}

void Service::stop() {
    asio::post(impl_->io, [this] {
        if (!impl_->infected_changed.closed()) {
            impl_->infected_changed.close();
            impl_->events->close();
            impl_->server->stop();
            asio::co_spawn(impl_->io, impl_->drain(), asio::detached);
        }
    });
}

void Service::reload_feed() {
    impl_->sources->read_all();
}

std::string issue_token(const std::string& data_directory, const std::string& name,
                        const std::string& realm, TokenKind kind) {
    prepare_directory(data_directory);
    const Timestamp now(std::chrono::system_clock::now());
    Database database(store_file(data_directory), Database::Access::ReadWrite);
    migrate(database, now);
    for (const TokenDigest& token : token_digests(database)) {
        if (token.name == name) {
            throw std::runtime_error("a token named '" + name +
                                     "' exists already and cannot be shown again: choose another "
                                     "name");
        }
    }
    std::string secret = random_hex(32);
    // Together: a token must never be of the default realm first.
    database.script("BEGIN IMMEDIATE");
    save_token(database, name, kind, secret, now);
    database.run("UPDATE tokens SET realm = ? WHERE name = ?", realm_named(database, realm), name);
    database.script("COMMIT");
    return secret;
}

void make_realm(const std::string& data_directory, const std::string& name) {
    prepare_directory(data_directory);
    Database database(store_file(data_directory), Database::Access::ReadWrite);
    migrate(database, Timestamp(std::chrono::system_clock::now()));
    realm_named(database, name);
}

void set_password(const std::string& data_directory, const std::string& user,
                  const std::string& password, const std::string& realm) {
    prepare_directory(data_directory);
    const Timestamp now(std::chrono::system_clock::now());
    Database database(store_file(data_directory), Database::Access::ReadWrite);
    migrate(database, now);
    put_user(database, {realm_named(database, realm), user}, password, now);
}

}  // namespace eti::analysis
