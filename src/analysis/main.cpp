// eti-analysis: the command line of the analysis service.
#include "analysis/imports.h"
#include "analysis/offline.h"
#include "analysis/rescore.h"
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
#include <set>
#include <string>
#include <thread>

namespace {

using eti::analysis::ScoreOptions;
using eti::analysis::Service;
using eti::analysis::ServiceOptions;
using eti::analysis::TokenKind;

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
    int observe_d = 0;
    int usual_d = 7;
    std::string token_name;
    std::string realm = "default";
    bool export_token = false;
    std::vector<std::string> sources;
    std::vector<std::string> protect;
    eti::analysis::SourceOptions list;  // its location is the file
    std::string list_format = "auto";
    int list_max_age_d = 0;
    bool check_only = false;
    bool remove = false;
    ScoreOptions offline;
    bool thresholds = false;
    bool documentation = false;
};

void add_options(CLI::App& app, CommandLine& line) {
    ServiceOptions& service = line.service;
    app.set_config("--config", "", "Read options from FILE: one 'name = value' a line");
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.add_option("--listen", line.listen, "ADDRESS:PORT to serve; port 0 takes a free one")
        ->capture_default_str();
    app.add_option("--data", service.data_directory, "Folder of the store, keys and tokens");
    app.add_option("--feed", service.feed_file, "Certificate blocklist served as cc_cert_sha1");
    app.add_option("--source", line.sources,
                   "NAME=LOCATION[,format=F][,max-age=DAYS][,interval=SECONDS]: a list to publish "
                   "from, file or URL; repeat it");
    app.add_option("--max-source-bytes", service.source_limits.max_bytes,
                   "Largest document of a source")
        ->capture_default_str();
    app.add_option("--protect", line.protect,
                   "Networks that no exported list names: gateways, resolvers; repeat it");
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

void add_behaviour_options(CLI::App& app, CommandLine& line) {
    app.add_flag("!--no-behaviour", line.service.behaviour,
                 "Judge by lists and certificates only, not by the model");
    app.add_option("--model", line.service.model_directory,
                   "Folder of another model.json and side.json than the built-in ones");
    app.add_option("--site-roots", line.service.site_roots_file,
                   "PEM: this site's own authorities, trusted beside the system's");
    app.add_option("--popularity", line.service.popularity_file,
                   "Popular domains, 'rank,domain' a line: proven by certificate they are usual")
        ->check(CLI::ExistingFile);
    app.add_option("--observe-days", line.observe_d,
                   "Days after the first record in which behaviour only reports")
        ->check(CLI::Range(0, 366))
        ->capture_default_str();
    app.add_option("--usual-days", line.usual_d,
                   "Days after which what many clients use is normal here; 0: never")
        ->check(CLI::Range(0, 366))
        ->capture_default_str();
}

std::vector<eti::net::IpRange> ranges_of(const char* option,
                                         const std::vector<std::string>& networks) {
    std::vector<eti::net::IpRange> ranges;
    for (const std::string& network : networks) {
        const auto range = eti::net::parse_ip_range(network);
        if (!range) {
            throw std::runtime_error(std::string(option) + " '" + network + "' is not a network");
        }
        ranges.push_back(*range);
    }
    return ranges;
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
    line.service.observe = std::chrono::hours(24 * line.observe_d);
    line.service.usual_after = std::chrono::hours(24 * line.usual_d);
    line.service.internal = ranges_of("--internal", line.internal);
    line.service.protect = ranges_of("--protect", line.protect);
    std::set<std::string> names{"feed"};  // --feed's
    for (const std::string& source : line.sources) {
        line.service.sources.push_back(eti::analysis::parse_source(source));
        if (!names.insert(line.service.sources.back().name).second) {
            throw std::runtime_error("--source '" + source + "': the name is taken");
        }
    }
    if (line.service.data_directory.empty() && !line.check_only) {
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

// The commands beside serving; each but the last one is done and gone.
struct Commands {
    CLI::App* token;
    CLI::App* realm;
    CLI::App* user;
    CLI::App* import_list;
    CLI::App* score;
    CLI::App* features;
    CLI::App* rescore;
};

void add_offline_commands(CLI::App& app, CommandLine& line, Commands& commands) {
    commands.score =
        app.add_subcommand("score", "Records on stdin come back with score, level and reasons");
    commands.score->add_option("--hosts", line.offline.hosts,
                               "File for each client's highest level");
    commands.score->add_option("--model", line.offline.model,
                               "Folder of another model.json and side.json");
    commands.score->add_flag("--thresholds", line.thresholds,
                             "Print the model's thresholds and do nothing else");
    commands.features =
        app.add_subcommand("features", "Records on stdin to a table of their vectors");
    commands.features->add_flag("--documentation", line.documentation,
                                "Print what a vector holds, as Markdown");
}

void print_rescore(const ServiceOptions& options) {
    const eti::analysis::RescoreReport report = eti::analysis::rescore(options, std::cout);
    std::cout << report.sessions << " records of sessions judged again: " << report.identical
              << " verdicts identical, " << report.different << " different, " << report.not_found
              << " not found any more, " << report.not_held << " that were not held\n";
    if (report.different + report.not_found > 0) {
        throw std::runtime_error("verdicts differ from the stored ones");
    }
}

Commands add_commands(CLI::App& app, CommandLine& line) {
    Commands commands{};
    commands.token = app.add_subcommand("token", "Print a new bearer token, once");
    commands.token->add_option("NAME", line.token_name, "Whose token it is")->required();
    commands.token->add_option("--realm", line.realm, "Whose data it reads and writes")
        ->capture_default_str();
    commands.token->add_flag("--export", line.export_token,
                             "A token that reads the lists under /v1/export and nothing else");
    commands.realm = app.add_subcommand("realm", "Make a realm for client certificates");
    commands.realm->add_option("NAME", line.realm, "The organization (O) of its certificates")
        ->required();
    commands.user = app.add_subcommand("user", "Set a user's password, read from stdin");
    commands.user->add_option("NAME", line.token_name, "Who logs in")->required();
    commands.user->add_option("--realm", line.realm, "Whose data is shown")->capture_default_str();
    commands.import_list =
        app.add_subcommand("import", "Keep a list from a file and publish from it");
    commands.import_list->add_option("FILE", line.list.location, "The list; with --remove its name")
        ->required();
    commands.import_list->add_option("--name", line.list.name,
                                     "Its name as a source; else the file's");
    commands.import_list->add_option("--format", line.list_format, "What it is written in")
        ->check(CLI::IsMember({"auto", "csv", "threatfox", "feodo", "misp"}))
        ->capture_default_str();
    commands.import_list
        ->add_option("--max-age", line.list_max_age_d, "Days since an entry's listing; 0: any")
        ->check(CLI::Range(0, 36'500))
        ->capture_default_str();
    commands.import_list->add_flag("--check", line.check_only, "Only say what is in it");
    commands.import_list->add_flag("--remove", line.remove, "Forget an import");
    commands.rescore = app.add_subcommand(
        "rescore", "Judge every stored record again and compare with the stored verdicts");
    for (CLI::App* command :
         {commands.token, commands.realm, commands.user, commands.import_list, commands.rescore}) {
        command->fallthrough();
    }
    add_offline_commands(app, line, commands);
    return commands;
}

void run_import(CommandLine& line) {
    const std::string& directory = line.service.data_directory;
    if (line.remove) {
        eti::analysis::remove_import(directory, line.list.location);
        return;
    }
    line.list.format = *eti::analysis::feed_format(line.list_format);
    line.list.max_age = std::chrono::hours(24 * line.list_max_age_d);
    if (line.list.name.empty()) {
        line.list.name = eti::analysis::import_name(line.list.location);
    }
    const auto& limits = line.service.source_limits;
    const eti::analysis::ImportReport report =
        line.check_only ? eti::analysis::check_import(line.list, limits)
                        : eti::analysis::import_list(directory, line.list, limits);
    std::printf("%s: %lld entries, %zu lines left out\n", report.name.c_str(),
                static_cast<long long>(report.entries), report.rejected_count);
    for (const eti::intel::RejectedLine& rejected : report.rejected) {
        std::printf("line %zu: %s\n", rejected.line, rejected.why.c_str());
    }
}

void set_password(const CommandLine& line) {
    std::string password;
    if (!std::getline(std::cin, password) || password.size() < 8) {
        throw std::runtime_error("a password has 8 characters or more, on one line");
    }
    eti::analysis::set_password(line.service.data_directory, line.token_name, password, line.realm);
}

bool run_offline(const Commands& commands, const CommandLine& line) {
    if (!*commands.score && !*commands.features) {
        return false;
    }
    std::ios::sync_with_stdio(false);
    if (*commands.score && line.thresholds) {
        eti::analysis::write_thresholds(line.offline, std::cout);
    } else if (*commands.score) {
        eti::analysis::write_scores(line.offline, std::cin, std::cout, std::cerr);
    } else if (*commands.features && line.documentation) {
        std::cout << eti::features::documentation();
    } else {
        eti::analysis::write_features(std::cin, std::cout, std::cerr);
    }
    return true;
}

void run(const Commands& commands, CommandLine& line) {
    if (run_offline(commands, line)) {
        return;
    }
    finish_options(line);
    const std::string& directory = line.service.data_directory;
    if (*commands.token) {
        const auto kind = line.export_token ? TokenKind::Export : TokenKind::Issued;
        std::printf(
            "%s\n",
            eti::analysis::issue_token(directory, line.token_name, line.realm, kind).c_str());
    } else if (*commands.realm) {
        eti::analysis::make_realm(directory, line.realm);
    } else if (*commands.user) {
        set_password(line);
    } else if (*commands.import_list) {
        run_import(line);
    } else if (*commands.rescore) {
        print_rescore(line.service);
    } else {
        serve(line);
    }
}

}  // namespace

int main(int argc, char** argv) {
    CommandLine line;
    CLI::App app{"Analysis service: takes session records, scores hosts, serves feeds"};
    app.set_version_flag("--version", std::string("eti-analysis ") + ETI_VERSION);
    add_options(app, line);
    add_behaviour_options(app, line);
    const Commands commands = add_commands(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsageError;
    }
    spdlog::set_default_logger(spdlog::stderr_logger_mt("eti-analysis"));
    try {
        run(commands, line);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "eti-analysis: %s\n", error.what());
        return 1;
    }
}
