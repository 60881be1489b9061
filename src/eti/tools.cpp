#include "eti/tools.h"

#include "eti/config/store.h"
#include "eti/doctor/doctor.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <vector>

namespace eti::client {
namespace {

constexpr char kUsualConfig[] = "/etc/openeti/etid.conf";
constexpr char kStateDirectory[] = "/var/lib/etid";

using doctor::Finding;
using doctor::Severity;

std::optional<config::Settings> read_settings(const std::string& path,
                                              std::vector<Finding>& findings) {
    if (path.empty() && ::access(kUsualConfig, R_OK) != 0) {
        return std::nullopt;
    }
    const std::string file = path.empty() ? kUsualConfig : path;
    try {
        return config::load_settings(file, config::default_yang_directory());
    } catch (const std::exception& error) {
        findings.push_back({Severity::Blocked, "configuration: " + std::string(error.what()),
                            "the daemon refuses it and does not start", "editor " + file});
        return std::nullopt;
    }
}

// The daemon's own walk over the cloud link, each check a finding.
void add_link_checks(Client& client, std::vector<Finding>& findings) {
    constexpr char kWalk[] = "request services advanced-anti-malware diagnostics";
    try {
        const Reply reply = client.execute(std::string(kWalk) + " | display json flat");
        const auto json = nlohmann::json::parse(reply.output, nullptr, false);
        if (!reply.ok || json.is_discarded()) {
            findings.push_back({Severity::Warning, "cloud link: not checked: " + reply.output,
                                "records and verdicts may not travel",
                                "sudo eti -c '" + std::string(kWalk) + "'"});
            return;
        }
        for (const auto& check : json.at("aamw-diagnostics").at("check")) {
            const bool good = check.at("result") == "ok";
            findings.push_back({good ? Severity::Fine : Severity::Blocked,
                                "cloud link: " + check.at("name").get<std::string>(),
                                good ? std::string() : check.at("detail").get<std::string>(),
                                good ? std::string() : "eti -c '" + std::string(kWalk) + "'"});
        }
    } catch (const Unreachable& error) {
        findings.push_back({Severity::Warning, "daemon: " + std::string(error.what()),
                            "the cloud link is not checked", "systemctl start etid"});
    }
}

}  // namespace

int run_metrics(Client& client) {
    const Reply reply = client.execute("show services openeti metrics");
    (reply.ok ? std::cout : std::cerr) << reply.output << std::flush;
    return reply.ok ? 0 : 1;
}

int run_doctor(Client& client, const std::string& config, bool json) {
    std::vector<Finding> findings;
    const auto settings = read_settings(config, findings);
    const auto machine = doctor::examine(doctor::gather(settings, kStateDirectory));
    findings.insert(findings.end(), machine.begin(), machine.end());
    add_link_checks(client, findings);
    std::cout << (json ? doctor::to_json(findings) : doctor::to_text(findings)) << std::flush;
    return doctor::exit_code(findings);
}

}  // namespace eti::client
