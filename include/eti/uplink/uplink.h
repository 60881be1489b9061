// The uplink thread: everything that talks to the analysis service.
#pragma once

#include "eti/base/mailbox.h"
#include "eti/uplink/messages.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace eti::uplink {

struct TlsFiles {
    std::string trusted_ca_file;          // empty: the system's bundle
    std::string client_certificate_file;  // empty: none
    std::string client_key_file;

    bool operator==(const TlsFiles&) const = default;
};

struct Options {
    std::string sensor;           // host-name
    std::string boot;             // random per daemon start
    std::string state_directory;  // spool.db, infected-hosts, feeds/ live here
    std::string analysis_url;     // scheme://host:port; empty: submit nothing
    std::string feed_url;         // empty: fetch nothing
    TlsFiles analysis_tls;
    TlsFiles feed_tls;
    std::string token_file;
    std::string feed_public_key_file;
    uint64_t spool_limit_bytes = 256ULL << 20;
    bool want_infected_hosts = true;
    bool want_certificate_feed = true;
    // How much a feed may change between two versions, in percent of the one in force; growth to
    // some thousand entries is always taken.
    uint32_t most_shrink_percent = 50;
    uint32_t most_growth_percent = 900;
    std::chrono::milliseconds backoff_first{500};
    std::chrono::milliseconds backoff_most{30'000};
    std::chrono::seconds long_poll{30};

    bool operator==(const Options&) const = default;
};

// StoredState is what an earlier run left in the state directory; in force before any answer of
// the service. Missing or damaged files give an empty part and a sentence in problems.
struct StoredState {
    InfectedHostsUpdate infected_hosts;
    std::optional<BlocklistUpdate> blocklist;
    std::optional<AllowlistUpdate> allowlist;
    std::vector<std::string> problems;
};
StoredState load_stored_state(const Options& options);

// Uplink starts its thread in start() and ends it in stop(). Events arrive in events(), which the
// control thread polls. Batches not acknowledged when stop() is called go to the spool.
class Uplink {
  public:
    explicit Uplink(Options options);
    ~Uplink();
    Uplink(const Uplink&) = delete;
    Uplink& operator=(const Uplink&) = delete;

    void start();
    void stop();

    void submit(Batch batch);  // control: never waits
    void refresh_feeds();      // control: request services security-intelligence download
    // control: another link from now on. What the old one had not finished is sent over the new
    // one: the spool stays. The state directory must stay the same.
    void reconfigure(Options options);
    Mailbox<Event>& events();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::uplink
