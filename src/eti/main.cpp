// eti: runs commands on a daemon, or a prompt for them.
#include "eti/cli/protocol.h"
#include "eti/client.h"
#include "eti/interactive.h"
#include "eti/tools.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr int kCommandFailed = 1;
constexpr int kUnreachable = 2;

using eti::client::Client;

// run_command prints the answer; false when the command failed.
bool run_command(const Client& client, const std::string& line) {
    const eti::client::Reply reply = client.execute(line);
    if (reply.ok) {
        std::cout << reply.output << std::flush;
        return true;
    }
    if (reply.column) {
        std::cerr << line << '\n' << eti::client::caret_line("", line, *reply.column) << '\n';
    }
    std::cerr << reply.output << std::flush;
    return false;
}

int run_commands(const Client& client, const std::vector<std::string>& commands) {
    for (const std::string& command : commands) {
        if (!run_command(client, command)) {
            return kCommandFailed;
        }
    }
    return 0;
}

int run_stream(const Client& client, std::istream& lines, const std::string& name) {
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') {
            continue;
        }
        if (!run_command(client, line)) {
            std::cerr << name << ':' << number << ": the command failed, the rest was not run\n";
            return kCommandFailed;
        }
    }
    return 0;
}

int run_file(const Client& client, const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        std::cerr << "cannot read " << path << "; check that it exists and may be read\n";
        return kCommandFailed;
    }
    const int code = run_stream(client, file, path);
    if (file.bad()) {  // a folder opens, and fails when it is read
        std::cerr << "cannot read " << path << "; name a file of commands\n";
        return kCommandFailed;
    }
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Runs operational commands on the etid daemon; without -c or -f, interactively."};
    std::vector<std::string> commands;
    std::string file;
    std::string socket = eti::cli::kDefaultSocket;
    app.add_option("-c", commands, "Run COMMAND and exit; may be given several times")
        ->type_name("COMMAND")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_option("-f", file, "Run the commands of FILE, one a line")->type_name("FILE");
    app.add_option("--socket", socket, "The daemon's control socket")->capture_default_str();
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

    const Client client(socket);
    try {
        if (metrics->parsed()) {
            return eti::client::run_metrics(client);
        }
        if (doctor->parsed()) {
            return eti::client::run_doctor(client, config, json);
        }
        if (!commands.empty()) {
            return run_commands(client, commands);
        }
        if (!file.empty()) {
            return run_file(client, file);
        }
        if (::isatty(STDIN_FILENO) == 0) {
            return run_stream(client, std::cin, "standard input");
        }
        eti::client::run_interactive(client);
        return 0;
    } catch (const eti::client::Unreachable& error) {
        std::cerr << "error: " << error.what() << '\n';
        return kUnreachable;
    }
}
