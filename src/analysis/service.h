// The whole service: store, writer thread, HTTP on the thread that calls run().
#pragma once

#include "eti/base/clock.h"
#include "eti/feeds/source.h"
#include "eti/net/ip_address.h"
#include "eti/store/lists.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace eti::analysis {

struct ServiceOptions {
    std::string address = "127.0.0.1";
    uint16_t port = 8443;  // 0: any free one
    std::string data_directory;
    std::string feed_file;               // certificate blocklist; empty: none is served
    std::vector<SourceOptions> sources;  // beside it
    SourceLimits source_limits;
    std::vector<net::IpRange> protect;  // addresses that no exported list names
    std::string feed_key_file;          // empty: DIR/feed.key, made on the first start
    bool tls = false;
    std::string tls_certificate_file;  // empty with tls: DIR/server.pem under DIR/ca.pem
    std::string tls_key_file;
    std::string tls_name;  // the name or address sensors use; empty: address
    uint8_t threshold = 7;
    std::chrono::seconds host_expiry{24 * 3600};
    std::chrono::seconds evidence_window{7 * 24 * 3600};
    std::chrono::seconds half_life{24 * 3600};  // of a host's score
    std::string country_file;    // MaxMind format; empty: DIR/country.mmdb if it is there
    std::string client_ca_file;  // whose client certificates are taken; empty: none are
    std::chrono::milliseconds rollup_delay{1000};
    std::chrono::hours keep_sessions{24 * 30};
    std::chrono::hours keep_servers{24 * 180};
    std::vector<net::IpRange> internal;
    bool behaviour = true;          // judge sessions by the model, see scoring
    std::string model_directory;    // empty: the built-in one
    std::string site_roots_file;    // PEM: authorities of this site, trusted beside the system's
    std::string popularity_file;    // "rank,domain" lines; empty: no name is popular
    std::chrono::hours observe{0};  // behaviour only reports for this long after a first record
    std::chrono::hours usual_after{24 * 7};  // see BehaviourOptions
    uint64_t max_store_bytes = 16ULL << 30;
    std::size_t max_records_bytes = 32UL << 20;
    std::size_t max_connections = 1200;
    std::size_t max_queued_batches = 1024;
    std::chrono::milliseconds tick{1000};
    std::function<Timestamp()> now;  // empty: the wall clock
};

class Service {
  public:
    // Opens the store, writes the first start's files, loads the feed, binds. Throws
    // std::runtime_error with a sentence; nothing runs then.
    explicit Service(ServiceOptions options);
    ~Service();

    uint16_t port() const;
    bool tls() const;
    void run();          // returns after stop(), with everything durable
    void stop();         // any thread; requests under way get their answer first
    void reload_feed();  // any thread: every source is read now

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// issue_token stores a new token's digest and returns the token. A running service takes it at
// once. Throws std::runtime_error when the name is in use.
std::string issue_token(const std::string& data_directory, const std::string& name,
                        const std::string& realm = "default", TokenKind kind = TokenKind::Issued);
// make_realm makes a realm that client certificates may name; set_password adds a user of the page.
void make_realm(const std::string& data_directory, const std::string& name);
void set_password(const std::string& data_directory, const std::string& user,
                  const std::string& password, const std::string& realm);

}  // namespace eti::analysis
