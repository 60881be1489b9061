// What every handler may use. All of it lives on the I/O thread, but for the writer's queue.
#pragma once

#include "eti/api/asio.h"
#include "eti/api/change_signal.h"
#include "eti/api/events.h"
#include "eti/api/message.h"
#include "eti/api/metrics.h"
#include "eti/engine/behaviour_figures.h"
#include "eti/engine/engine.h"
#include "eti/engine/writer.h"
#include "eti/feeds/signing_key.h"

#include <functional>

namespace eti::analysis {

struct BodyLimits {
    std::size_t max_body_bytes = 32UL << 20;     // of records, as sent
    std::size_t max_records_bytes = 32UL << 20;  // of records, decompressed
    std::size_t max_other_bytes = 64UL << 10;    // of every other request
};

struct ApiContext {
    Stores& reader;  // over a read-only connection of its own
    Writer& writer;
    const SigningKey& key;
    ChangeSignal& infected_changed;
    HostPolicy hosts;
    BodyLimits limits;
    std::chrono::seconds update_interval{300};
    std::function<Timestamp()> now;
    bool always_login = false;  // set with TLS; else only once a token was issued
    // Page queries run on a thread of their own with a read-only connection of their own.
    ServerIndex& index;
    Stores& page_reader;
    asio::thread_pool& page_thread;
    EventHub& events;
    ApiMetrics& metrics;
    std::string version;
    uint64_t max_store_bytes = 0;
    std::vector<net::IpRange> protected_addresses;  // never on an exported list
    std::function<BehaviourFigures()> behaviour;    // empty: behaviour is not judged
};

// on_page_thread runs a query there; it rethrows what the query threw. One query at a time. The
// query stands in a variable before the co_await: GCC 12 copies a temporary lambda there bit by
// bit.
using PageQuery = std::function<Response(Stores&)>;
asio::awaitable<Response> on_page_thread(ApiContext& context, PageQuery query);

// in_store runs a job on the writer thread and returns when it is on disk. It rethrows what the
// job threw, StorageError, or RequestError 429 when the queue is full.
asio::awaitable<void> in_store(ApiContext& context, Writer::Job job, std::size_t bytes = 0);

// authorize is the empty answer's status 200, or a 401 problem.
// It sets whose request it is.
Response authorize(ApiContext& context, Request& request);

bool login_required(ApiContext& context);
std::string cookie_of(const Request& request);  // the login's secret; empty without one

// handle_request answers every request that passed authorize; it never throws.
asio::awaitable<Response> handle_request(ApiContext& context, Request& request);

// The handlers, by file. Each throws RequestError or StorageError.
asio::awaitable<Response> post_records(ApiContext& context, Request& request);
asio::awaitable<Response> get_infected_hosts(ApiContext& context, const Request& request);
Response get_manifest(ApiContext& context, const Request& request);
// get_feed: /v1/feeds/NAME, and what is behind it: /versions, /diff, /entry.
Response get_feed(ApiContext& context, Stores& stores, const Request& request);
asio::awaitable<Response> roll_back_feed(ApiContext& context, const Request& request);
Response get_export(ApiContext& context, Stores& stores, const Request& request);
// with_tag answers If-None-Match with 304; the body may be made only when it is asked for.
Response with_tag(const Request& request, const std::string& tag, std::string type,
                  const std::function<std::string()>& body);
asio::awaitable<Response> get_hosts(ApiContext& context, const Request& request);
Response get_host(ApiContext& context, Stores& stores, const Request& request,
                  const std::string& ip);
asio::awaitable<Response> patch_host(ApiContext& context, const Request& request,
                                     const std::string& ip);
asio::awaitable<Response> get_servers(ApiContext& context, const Request& request);
asio::awaitable<Response> get_server(ApiContext& context, const Request& request,
                                     const std::string& id);
asio::awaitable<Response> post_false_positive(ApiContext& context, const Request& request,
                                              const std::string& id);
asio::awaitable<Response> delete_false_positive(ApiContext& context, const Request& request,
                                                const std::string& id);
asio::awaitable<Response> get_sessions(ApiContext& context, const Request& request);
Response get_verdict(ApiContext& context, Stores& stores, const Request& request,
                     const std::string& id);
Response get_sensors(ApiContext& context, Stores& stores, const Request& request);
Response get_audit(ApiContext& context, Stores& stores, const Request& request);
Response get_status(ApiContext& context, Stores& stores, const Request& request);
Response get_events(ApiContext& context, const Request& request);
Response get_metrics(ApiContext& context, Stores& stores, const Request& request);
Response get_ready(ApiContext& context, const Stores& stores);
asio::awaitable<Response> post_login(ApiContext& context, const Request& request);
asio::awaitable<Response> post_logout(ApiContext& context, const Request& request);
Response get_me(ApiContext& context, const Request& request);
Response get_allowlist(ApiContext& context);
asio::awaitable<Response> post_allowlist(ApiContext& context, const Request& request);
asio::awaitable<Response> delete_allowlist(ApiContext& context, const Request& request,
                                           const std::string& id);

}  // namespace eti::analysis
