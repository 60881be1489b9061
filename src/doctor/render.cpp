#include "eti/doctor/doctor.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace eti::doctor {

std::string to_text(const std::vector<Finding>& findings) {
    constexpr std::array<std::string_view, 3> kMarks{"[OK]       ", "[WARNING]  ", "[BLOCKED]  "};
    std::string text;
    for (const Finding& finding : findings) {
        text +=
            std::string(kMarks[static_cast<std::size_t>(finding.severity)]) + finding.what + "\n";
        if (!finding.why.empty()) {
            text += "           why: " + finding.why + "\n";
        }
        if (!finding.command.empty()) {
            text += "           do:  " + finding.command + "\n";
        }
    }
    return text;
}

std::string to_json(const std::vector<Finding>& findings) {
    using Json = nlohmann::ordered_json;
    constexpr std::array<std::string_view, 3> kNames{"ok", "warning", "blocked"};
    Json json = Json::object();
    json["status"] = kNames[static_cast<std::size_t>(exit_code(findings))];
    json["findings"] = Json::array();
    for (const Finding& finding : findings) {
        json["findings"].push_back(
            {{"severity", kNames[static_cast<std::size_t>(finding.severity)]},
             {"what", finding.what},
             {"why", finding.why},
             {"command", finding.command}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int exit_code(const std::vector<Finding>& findings) {
    Severity worst = Severity::Fine;
    for (const Finding& finding : findings) {
        worst = std::max(worst, finding.severity);
    }
    return static_cast<int>(worst);
}

}  // namespace eti::doctor
