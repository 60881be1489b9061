#include "cli/configuration/commit_history.h"

#include "cli/configuration/editor.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

constexpr unsigned kMostRevision = 49;

std::string minutes_left(const config::PendingConfirm& pending, Timestamp now) {
    const auto left =
        std::chrono::floor<std::chrono::minutes>(pending.deadline - now - std::chrono::seconds(1))
            .count();
    return std::to_string(left < 0 ? 0 : left);
}

// revision_of reads the words of a command's rest; the caller asked for that many.
unsigned revision_of(const Part& rest, std::size_t word) {
    require_arguments(rest.after(word));
    return number_of(rest.words[word], 0, kMostRevision);
}

std::string pending_text(const config::Workspace& workspace, Timestamp now) {
    std::string text;
    if (const auto pending = workspace.pending_commit()) {
        text += "commit requested by " + pending->user + " via cli at " +
                local_time(pending->time) + "\n";
        text += pending->comment.empty() ? "" : "    " + pending->comment + "\n";
    }
    if (const auto pending = workspace.pending_confirm()) {
        text += "commit confirmed, rollback in " + minutes_left(*pending, now) + "mins\n";
    }
    return text;
}

}  // namespace

config::Workspace& workspace_of(Backend& backend) {
    if (config::Workspace* workspace = backend.workspace(); workspace != nullptr) {
        return *workspace;
    }
    throw CommandError("this daemon has no configuration to edit");
}

std::string commit_facts(const config::CommitInfo& info) {
    return local_time(info.time) + " by " + info.user + " via " + info.client;
}

Reply show_commits(const Invocation& invocation) {
    constexpr std::size_t kNumber = 4;
    const config::Workspace& workspace = workspace_of(invocation.backend);
    const bool identify = invocation.has("include-configuration-revision");
    Reply reply{Element::group("commit-information"),
                pending_text(workspace, invocation.backend.now())};
    for (const config::CommitInfo& info : workspace.history()) {
        reply.text += pad(std::to_string(info.revision), kNumber) + commit_facts(info);
        reply.text += identify ? " " + info.id + "\n" : "\n";
        reply.text += info.comment.empty() ? "" : "    " + info.comment + "\n";
        for (const std::string& file : info.passed_over) {
            reply.text += "    in force because " + file + " is damaged\n";
        }
        Element entry =
            Element::group("commit-history",
                           {Element::leaf("sequence-number", uint64_t{info.revision}),
                            Element::leaf("user", info.user), Element::leaf("client", info.client),
                            Element::leaf("date-time", local_time(info.time))});
        if (!info.comment.empty()) {
            entry.children.push_back(Element::leaf("comment", info.comment));
        }
        for (const std::string& file : info.passed_over) {
            entry.children.push_back(Element::leaf("damaged-revision", file));
        }
        if (identify) {
            entry.children.push_back(Element::leaf("configuration-revision", info.id));
        }
        reply.tree.children.push_back(std::move(entry));
    }
    return reply;
}

Reply show_rollback(const Invocation& invocation) {
    require_end(invocation.rest, 1);
    const std::string text =
        workspace_of(invocation.backend).revision_text(revision_of(invocation.rest, 0));
    return {Element::group("rollback-information",
                           {Element::group("configuration-information",
                                           {Element::leaf("configuration-output", text)})}),
            text};
}

Reply compare_rollbacks(const Invocation& invocation) {
    require_end(invocation.rest, 2);
    const std::string text =
        workspace_of(invocation.backend)
            .compare(revision_of(invocation.rest, 0), revision_of(invocation.rest, 1));
    return {Element::group("rollback-information",
                           {Element::group("configuration-information",
                                           {Element::leaf("configuration-output", text)})}),
            text};
}

Reply clear_commit(const Invocation& invocation) {
    const bool cleared = workspace_of(invocation.backend).clear_pending_commit();
    return {Element::group("clear-commit"),
            cleared ? "Pending commit cleared.\n" : "warning: no commit is pending\n"};
}

}  // namespace eti::cli
