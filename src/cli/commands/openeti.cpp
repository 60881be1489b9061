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

}  // namespace

std::vector<Command> openeti_commands() {
    return {{"show services openeti metrics",
             "Show metrics in OpenMetrics text",
             {},
             show_metrics,
             "openeti-metrics{text}",
             "get-openeti-metrics"},
            {"show services openeti log-streams",
             "Show receivers of events",
             {},
             show_log_streams,
             "openeti-log-streams{log-stream*{name,transport,state,sent#,queued#,dropped#,"
             "problem}}",
             "get-openeti-log-streams"}};
}

}  // namespace eti::cli
