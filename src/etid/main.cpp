// etid: reads its arguments and runs one of its two jobs.
#include "daemon.h"
#include "eti/config/store.h"
#include "eti/replay/replay.h"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>

namespace {

constexpr int kUsageError = 2;

int run_replay(eti::replay::Options options, const std::string& config) {
    if (!config.empty()) {
        options.settings =
            eti::config::load_settings(config, eti::config::default_yang_directory());
    }
    return eti::replay::run(options, std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Encrypted traffic insights without decryption: the daemon"};
    app.set_version_flag("--version", std::string("etid ") + ETI_VERSION);
    eti::DaemonOptions daemon;
    app.add_option("--config", daemon.config,
                   "configuration of the first start; later the last commit in --state is used");
    app.add_option("--socket", daemon.socket, "control socket")->capture_default_str();
    app.add_option("--state", daemon.state, "folder for what must survive a restart")
        ->capture_default_str();

    eti::replay::Options replay;
    std::string replay_config;
    CLI::App* replaying =
        app.add_subcommand("replay", "run a capture through the same core, in packet time");
    replaying->add_option("CAPTURE", replay.capture, "pcap or pcapng file")->required();
    replaying->add_option("--config", replay_config, "configuration; without: inspect every flow");
    replaying->add_option("--blocklist", replay.blocklists, "certificate list, may be repeated");
    replaying->add_option("--records", replay.records, "session records as NDJSON, - for stdout");
    replaying->add_flag("--certificates", replay.certificates,
                        "among the records, one line with the bytes of each distinct certificate");
    replaying->add_option("--out", replay.out, "pcap of the packets that would be forwarded");
    app.footer(
        "Examples:\n  etid --config /etc/openeti/etid.conf\n"
        "  etid replay capture.pcap --blocklist sslblacklist.csv --records -");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : kUsageError;
    }
    try {
        if (replaying->parsed()) {
            return run_replay(replay, replay_config);
        }
    } catch (const std::exception& error) {
        std::cerr << "etid: " << error.what() << "\n";
        return kUsageError;
    }
    return eti::run_daemon(daemon, std::string("etid ") + ETI_VERSION);
}
