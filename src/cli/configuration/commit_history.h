// The commit history as it is shown.
#pragma once

#include "cli/grammar.h"
#include "eti/config/workspace.h"

#include <string>

namespace eti::cli {

// commit_facts is "2024-11-25 10:20:44 CET by root via cli".
std::string commit_facts(const config::CommitInfo& info);

Reply show_commits(const Invocation& invocation);
Reply show_rollback(const Invocation& invocation);
Reply compare_rollbacks(const Invocation& invocation);
Reply clear_commit(const Invocation& invocation);

// workspace_of throws CommandError where nothing can be edited.
config::Workspace& workspace_of(Backend& backend);

}  // namespace eti::cli
