// eti: runs commands on a daemon, or a prompt for them.
#include "eti/cli/protocol.h"
#include "eti/client.h"
#include "eti/script.h"
#include "eti/shell.h"
#include "eti/tools.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr int kCommandFailed = 1;
constexpr int kUnreachable = 2;

using eti::client::Client;

int exit_code(bool ok) {
    return ok ? 0 : kCommandFailed;
}

int run_file(Client& client, const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        std::cerr << "cannot read " << path << "; check that it exists and may be read\n";
        return kCommandFailed;
    }
    const int code = exit_code(eti::client::run_stream(client, file, path));
    if (file.bad()) {  // a folder opens, and fails when it is read
        std::cerr << "cannot read " << path << "; name a file of commands\n";
        return kCommandFailed;
    }
    return code;
}

// What could be typed next, one word a line: for the completion of the user's own shell.
int list_words(Client& client, const std::string& line) {
    for (const std::string& word : client.complete(line, '?').words) {
        if (!word.starts_with('<')) {
            std::cout << word << '\n';
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Runs commands on the etid daemon; without -c or -f, interactively."};
    std::optional<std::string> complete;
    std::vector<std::string> commands;
    std::string file;
    std::string socket = eti::cli::kDefaultSocket;
    app.add_option("-c", commands, "Run COMMAND and exit; may be given several times")
        ->type_name("COMMAND")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_option("-f", file, "Run the commands of FILE, one a line")->type_name("FILE");
    app.add_option("--socket", socket, "The daemon's control socket")->capture_default_str();
    app.add_option("--complete", complete, "Print what may follow LINE, one word a line")
        ->type_name("LINE");
    const CLI::App* metrics =
        app.add_subcommand("metrics", "Print the daemon's metrics in OpenMetrics text");
    CLI::App* doctor = app.add_subcommand(
        "doctor",
        "Look for what keeps the daemon from working well, with the command that mends it");
    std::string config;
    bool json = false;
    doctor->add_option("--config", config, "The daemon's configuration file")->type_name("FILE");
    doctor->add_flag("--json", json, "Print findings as JSON");
    app.set_version_flag("--version", "eti " ETI_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kCommandFailed;
    }

    Client client(socket);
    try {
        if (metrics->parsed()) {
            return eti::client::run_metrics(client);
        }
        if (doctor->parsed()) {
            return eti::client::run_doctor(client, config, json);
        }
        if (complete) {
            return list_words(client, *complete);
        }
        if (!commands.empty()) {
            return exit_code(eti::client::run_commands(client, commands));
        }
        if (!file.empty()) {
            return run_file(client, file);
        }
        if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
            return exit_code(eti::client::run_stream(client, std::cin, "standard input"));
        }
        eti::client::run_shell(client);
        return 0;
    } catch (const eti::client::Unreachable& error) {
        std::cerr << "error: " << error.what() << '\n';
        return kUnreachable;
    }
}
