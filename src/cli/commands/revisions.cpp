// show system commit, show system rollback compare
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

constexpr uint64_t kMostRevisions = 49;

Reply show_commits(const Invocation& invocation) {
    Reply reply{Element::group("commit-information"), {}};
    for (const config::CommitInfo& commit : invocation.backend.commits()) {
        const std::string time = local_time(commit.time);
        reply.text += pad(std::to_string(commit.revision), 4) + time + " by " + commit.user +
                      " via " + commit.client +
                      (invocation.has("include-configuration-revision") ? " " + commit.id : "") +
                      (commit.comment.empty() ? "" : "\n    " + commit.comment) + "\n";
        Element history = Element::group(
            "commit-history",
            {Element::leaf("sequence-number", uint64_t{commit.revision}),
             Element::leaf("user", commit.user), Element::leaf("client", commit.client),
             Element::leaf("date-time", time), Element::leaf("configuration-revision", commit.id)});
        if (!commit.comment.empty()) {
            history.children.push_back(Element::leaf("comment", commit.comment));
        }
        reply.tree.children.push_back(std::move(history));
    }
    return reply;
}

Reply compare(const Invocation& invocation) {
    const auto before = static_cast<unsigned>(invocation.number("<a>", 0, kMostRevisions));
    const auto after = static_cast<unsigned>(invocation.number("<b>", 0, kMostRevisions));
    try {
        const std::string text = invocation.backend.compare_revisions(before, after);
        return {
            Element::group("rollback-information", {Element::leaf("configuration-output", text)}),
            text};
    } catch (const config::EditError& error) {
        throw CommandError(error.what());
    }
}

}  // namespace

std::vector<Command> revision_commands() {
    return {{"show system commit",
             "Show commits",
             {{"include-configuration-revision", "", "Show the identifier of each revision"}},
             show_commits,
             "commit-information{commit-history*{sequence-number#,user,client,date-time,"
             "configuration-revision,comment?}}",
             "get-commit-information"},
            {"show system rollback compare",
             "Show what changed from one revision to another",
             {{"", "<a>", "Revision (0..49)", true}, {"", "<b>", "Revision (0..49)", true}},
             compare,
             "rollback-information{configuration-output}",
             "get-rollback-information"}};
}

}  // namespace eti::cli
