// show services openeti ...: what the vendor has no command for
#include "cli/commands/commands.h"
#include "cli/metrics.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

Reply show_metrics(const Invocation& invocation) {
    std::optional<CommitStatus> commits;
    if (const config::Workspace* workspace = invocation.backend.workspace()) {
        commits = {workspace->commit_counts(), workspace->pending_confirm().has_value()};
    }
    const std::string text = render_metrics(invocation.status, commits);
    return {Element::group("openeti-metrics", {Element::leaf("text", text)}), text};
}

Reply show_log_streams(const Invocation& invocation) {
    constexpr std::size_t kName = 24;
    constexpr std::size_t kShort = 11;
    const auto line = [](std::string_view name, std::string_view transport, std::string_view state,
                         std::string_view sent, std::string_view queued, std::string_view dropped) {
        return pad(name, kName) + pad(transport, kShort) + pad(state, kShort) + pad(sent, kShort) +
               pad(queued, kShort) + std::string(dropped) + "\n";
    };
    Reply reply{Element::group("openeti-log-streams"),
                line("Stream", "Transport", "State", "Sent", "Queued", "Dropped")};
    for (const control::LogStreamStatus& stream : invocation.status.log_streams) {
        const std::string state = stream.connected ? "up" : "down";
        reply.text += line(stream.name, stream.transport, state, std::to_string(stream.sent),
                           std::to_string(stream.queued), std::to_string(stream.dropped));
        if (!stream.problem.empty()) {
            reply.text += "    " + stream.problem + "\n";
        }
        reply.tree.children.push_back(Element::group(
            "log-stream",
            {Element::leaf("name", stream.name), Element::leaf("transport", stream.transport),
             Element::leaf("state", state), Element::leaf("sent", stream.sent),
             Element::leaf("queued", stream.queued), Element::leaf("dropped", stream.dropped),
             Element::leaf("problem", or_unknown(stream.problem))}));
    }
    return reply;
}

// The vendor's table has no room for why a host is on the list.
Reply show_infected_hosts(const Invocation& invocation) {
    constexpr std::size_t kAddress = 41;  // the longest IPv6 address, and two blanks
    constexpr std::size_t kLevel = 7;
    constexpr std::size_t kTime = 25;
    const auto line = [](std::string_view address, std::string_view level, std::string_view since,
                         std::string_view expires) {
        return pad(address, kAddress) + pad(level, kLevel) + pad(since, kTime) +
               std::string(expires) + "\n";
    };
    Reply reply{Element::group("openeti-infected-hosts"),
                line("Host", "Level", "Since", "Expires")};
    for (const intel::InfectedHost& host : invocation.status.infected_hosts->entries()) {
        const std::string expires =
            host.expires == Timestamp{} ? std::string("never") : local_time(host.expires);
        const std::string since = local_time(host.since);
        reply.text +=
            line(net::to_string(host.ip), std::to_string(host.threat_level), since, expires);
        reply.text += "    " + or_unknown(host.reason) + "\n";
        reply.tree.children.push_back(Element::group(
            "infected-host", {Element::leaf("ip", net::to_string(host.ip)),
                              Element::leaf("threat-level", uint64_t{host.threat_level}),
                              Element::leaf("since", since), Element::leaf("expires", expires),
                              Element::leaf("reason", or_unknown(host.reason))}));
    }
    return reply;
}

}  // namespace

std::vector<Command> openeti_commands() {
    return {{"show services openeti metrics",
             "Show metrics in OpenMetrics text",
             {},
             show_metrics,
             "openeti-metrics{text}",
             "get-openeti-metrics"},
            {"show services openeti infected-hosts",
             "Show infected hosts and why they are on the list",
             {},
             show_infected_hosts,
             "openeti-infected-hosts{infected-host*{ip,threat-level#,since,expires,reason}}",
             "get-openeti-infected-hosts"},
            {"show services openeti log-streams",
             "Show receivers of events",
             {},
             show_log_streams,
             "openeti-log-streams{log-stream*{name,transport,state,sent#,queued#,dropped#,"
             "problem}}",
             "get-openeti-log-streams"}};
}

}  // namespace eti::cli
