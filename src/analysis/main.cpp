// eti-analysis: the command line of the analysis service.
#include "analysis/offline.h"
#include "analysis/service.h"
#include "eti/features/table.h"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <thread>

namespace {

using eti::analysis::ScoreOptions;
using eti::analysis::Service;
using eti::analysis::ServiceOptions;

constexpr int kUsageError = 2;

struct CommandLine {
    ServiceOptions service;
    std::string listen = "127.0.0.1:8443";
    std::vector<std::string> internal;
    int64_t host_expiry_s = 24 * 3600;
    int64_t half_life_s = 24 * 3600;
    int64_t rollup_delay_ms = 1000;
    int keep_sessions_d = 30;
    int keep_servers_d = 180;
    std::string token_name;
    std::string realm = "default";
};

void add_options(CLI::App& app, CommandLine& line) {
    ServiceOptions& service = line.service;
    app.set_config("--config", "", "Read options from FILE: one 'name = value' a line");
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.add_option("--listen", line.listen, "ADDRESS:PORT to serve; port 0 takes a free one")
        ->capture_default_str();
    app.add_option("--data", service.data_directory, "Folder of the store, keys and tokens");
    app.add_option("--feed", service.feed_file, "Certificate blocklist served as cc_cert_sha1");
    app.add_option("--feed-key", service.feed_key_file, "Ed25519 key that signs feeds, PEM");
    app.add_flag("--tls", service.tls, "Serve HTTPS, with a certificate of its own if none given");
    app.add_option("--tls-certificate", service.tls_certificate_file, "PEM chain, leaf first");
    app.add_option("--tls-key", service.tls_key_file, "PEM private key of the certificate");
    app.add_option("--tls-name", service.tls_name, "Name or address sensors use");
    app.add_option("--threshold", service.threshold, "Host score that makes a host infected")
        ->check(CLI::Range(1, 10))
        ->capture_default_str();
    app.add_option("--internal", line.internal, "Networks whose hosts are scored; none: all");
    app.add_option("--host-expiry", line.host_expiry_s, "Seconds an infected host stays listed")
        ->check(CLI::Range(1, 366 * 24 * 3600))
        ->capture_default_str();
    app.add_option("--country-db", service.country_file,
                   "Countries, MaxMind format; DIR/country.mmdb is used when it is there");
    app.add_option("--tls-client-ca", service.client_ca_file,
                   "CA whose client certificates are taken: CN is the name, O the realm");
    app.add_option("--half-life", line.half_life_s, "Seconds after which a host's score is half")
        ->check(CLI::Range(60, 366 * 24 * 3600))
        ->capture_default_str();
    app.add_option("--rollup-delay", line.rollup_delay_ms,
                   "Milliseconds that changes of the pages' sums may wait for others")
        ->check(CLI::Range(0, 60'000))
        ->capture_default_str();
    app.add_option("--keep-sessions", line.keep_sessions_d, "Days a session is kept")
        ->check(CLI::Range(1, 3660))
        ->capture_default_str();
    app.add_option("--keep-servers", line.keep_servers_d, "Days an unseen server is kept")
        ->check(CLI::Range(1, 3660))
        ->capture_default_str();
    app.add_option("--max-store-bytes", service.max_store_bytes, "Largest size of the store")
        ->capture_default_str();
    app.add_option("--max-connections", service.max_connections, "Connections served at a time")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
}

void finish_options(CommandLine& line) {
    const std::size_t colon = line.listen.rfind(':');
    std::string address = line.listen.substr(0, colon);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    const std::string port = colon == std::string::npos ? "" : line.listen.substr(colon + 1);
    const char* end = port.data() + port.size();
    const auto result = std::from_chars(port.data(), end, line.service.port);
    if (port.empty() || result.ec != std::errc() || result.ptr != end) {
        throw std::runtime_error("--listen '" + line.listen + "' is not ADDRESS:PORT");
    }
    line.service.address = address;
    line.service.host_expiry = std::chrono::seconds(line.host_expiry_s);
    line.service.half_life = std::chrono::seconds(line.half_life_s);
    line.service.rollup_delay = std::chrono::milliseconds(line.rollup_delay_ms);
    line.service.keep_sessions = std::chrono::hours(24 * line.keep_sessions_d);
    line.service.keep_servers = std::chrono::hours(24 * line.keep_servers_d);
    for (const std::string& network : line.internal) {
        const auto range = eti::net::parse_ip_range(network);
        if (!range) {
            throw std::runtime_error("--internal '" + network + "' is not a network");
        }
        line.service.internal.push_back(*range);
    }
    if (line.service.data_directory.empty()) {
        throw std::runtime_error("name the data folder with --data DIR");
    }
}

// Signals are waited for on a thread of their own: nothing runs inside a handler.
void watch_signals(Service& service, const sigset_t& signals) {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0) {
        if (signal != SIGHUP) {
            service.stop();
            return;
        }
        service.reload_feed();
    }
}

// A thousand sensors keep their connections: the usual soft limit on open files is too low.
void raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void serve(CommandLine& line) {
    raise_file_limit();
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread: all inherit it
    std::signal(SIGPIPE, SIG_IGN);
    Service service(line.service);
    std::thread watcher([&] { watch_signals(service, signals); });
    const std::string shown = line.service.address.find(':') == std::string::npos
                                  ? line.service.address
                                  : "[" + line.service.address + "]";
    std::printf("listening on %s:%u\n", shown.c_str(), static_cast<unsigned>(service.port()));
    std::fflush(stdout);
    if (!service.tls()) {
        spdlog::info(
            "plain HTTP on loopback: requests without a token are taken until one is "
            "made with 'eti-analysis token NAME'");
    }
    service.run();
    pthread_kill(watcher.native_handle(), SIGTERM);  // already gone unless run() ended by itself
    watcher.join();
}

}  // namespace

int main(int argc, char** argv) {
    CommandLine line;
    CLI::App app{"Analysis service: takes session records, scores hosts, serves feeds"};
    app.set_version_flag("--version", std::string("eti-analysis ") + ETI_VERSION);
    add_options(app, line);
    CLI::App* token = app.add_subcommand("token", "Print a new bearer token, once");
    token->add_option("NAME", line.token_name, "Whose token it is")->required();
    token->add_option("--realm", line.realm, "Whose data it reads and writes")
        ->capture_default_str();
    token->fallthrough();
    CLI::App* realm = app.add_subcommand("realm", "Make a realm for client certificates");
    realm->add_option("NAME", line.realm, "The organization (O) of its certificates")->required();
    realm->fallthrough();
    CLI::App* user = app.add_subcommand("user", "Set a user's password, read from stdin");
    user->add_option("NAME", line.token_name, "Who logs in")->required();
    user->add_option("--realm", line.realm, "Whose data is shown")->capture_default_str();
    user->fallthrough();
    ScoreOptions offline;
    bool thresholds = false;
    CLI::App* score =
        app.add_subcommand("score", "Records on stdin come back with score, level and reasons");
    score->add_option("--hosts", offline.hosts, "File for each client's highest level");
    score->add_option("--model", offline.model, "Folder of another model.json and side.json");
    score->add_flag("--thresholds", thresholds, "Print the model's thresholds and do nothing else");
    CLI::App* features =
        app.add_subcommand("features", "Records on stdin to a table of their vectors");
    bool documentation = false;
    features->add_flag("--documentation", documentation, "Print what a vector holds, as Markdown");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsageError;
    }
    spdlog::set_default_logger(spdlog::stderr_logger_mt("eti-analysis"));
    try {
        if (*score) {
            std::ios::sync_with_stdio(false);
            if (thresholds) {
                eti::analysis::write_thresholds(offline, std::cout);
            } else {
                eti::analysis::write_scores(offline, std::cin, std::cout, std::cerr);
            }
            return 0;
        }
        if (*features) {
            std::ios::sync_with_stdio(false);
            if (documentation) {
                std::cout << eti::features::documentation();
                return 0;
            }
            eti::analysis::write_features(std::cin, std::cout, std::cerr);
            return 0;
        }
        finish_options(line);
        if (*token) {
            std::printf("%s\n", eti::analysis::issue_token(line.service.data_directory,
                                                           line.token_name, line.realm)
                                    .c_str());
            return 0;
        }
        if (*realm) {
            eti::analysis::make_realm(line.service.data_directory, line.realm);
            return 0;
        }
        if (*user) {
            std::string password;
            if (!std::getline(std::cin, password) || password.size() < 8) {
                throw std::runtime_error("a password has 8 characters or more, on one line");
            }
            eti::analysis::set_password(line.service.data_directory, line.token_name, password,
                                        line.realm);
            return 0;
        }
        serve(line);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "eti-analysis: %s\n", error.what());
        return 1;
    }
}
