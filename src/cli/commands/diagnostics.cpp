// request services advanced-anti-malware diagnostics and the data connection's test
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

// One line for each check, as the vendor's enrolment prints them.
Reply diagnose(const Invocation& invocation) {
    constexpr std::size_t kName = 38;
    if (invocation.has("routing-instance")) {
        throw CommandError(
            "there is one routing table, the kernel's; repeat without routing-instance");
    }
    Reply reply{Element::group("aamw-diagnostics"), "Communicate with cloud...\n"};
    std::size_t failures = 0;
    for (const uplink::Check& check : invocation.checks) {
        const std::string result = check.ok ? "[OK]" : "[FAILED]";
        failures += check.ok ? 0 : 1;
        reply.text += pad(check.name + ":", kName) + result + "\n";
        if (!check.ok || invocation.has("detail")) {
            reply.text += "    " + check.detail + "\n";
        }
        reply.tree.children.push_back(Element::group(
            "check", {Element::leaf("name", check.name),
                      Element::leaf("result", check.ok ? std::string("ok") : "failed"),
                      Element::leaf("detail", check.detail)}));
    }
    reply.text += failures == 0 ? "The cloud link works.\n"
                                : "The cloud link does not work: " + std::to_string(failures) +
                                      (failures == 1 ? " check" : " checks") + " failed.\n";
    return reply;
}

Reply refuse_data_connection(const Invocation&) {
    throw CommandError(
        "there is no separate data connection to test, records travel over the one of request "
        "services advanced-anti-malware diagnostics");
}

}  // namespace

std::vector<Command> diagnostics_commands() {
    return {{"request services advanced-anti-malware diagnostics",
             "Walk the whole link to the analysis service",
             {{"detail", "", "Show what each check found"},
              {"pre-detection", "", "Check before enrolling; there is none, so all is checked"},
              {"routing-instance", "<instance>", "Check by way of a routing instance"},
              {"", "<host>", "Host to try instead of the configured one"}},
             diagnose,
             "aamw-diagnostics{check*{name,result,detail}}",
             "request-aamw-diagnostics",
             Needs::LinkChecks},
            {"request services advanced-anti-malware data-connection test start",
             "Test the data connection",
             {{"", "<payload>", "Bytes to send (0..4096)"}},
             refuse_data_connection,
             "aamw-conn-test",
             "start-aamw-conn-test"},
            {"request services advanced-anti-malware data-connection test status",
             "Show the test of the data connection",
             {},
             refuse_data_connection,
             "aamw-conn-test",
             "get-aamw-conn-test-status"}};
}

}  // namespace eti::cli
