#include "cli/configuration/operational.h"

#include "cli/configuration/commit_history.h"
#include "cli/configuration/editor.h"
#include "cli/configuration/help.h"
#include "cli/configuration/show_pipes.h"
#include "cli/configuration/terminal.h"
#include "eti/cli/session.h"

#include <iterator>

namespace eti::cli {
namespace {

template <config::Access access>
Answer enter(Session& session, const Call&) {
    return session.enter(access);
}

Answer leave_shell(Session& session, const Call&) {
    if (session.in_configuration()) {
        throw CommandError("leave configuration mode first, with exit configuration-mode");
    }
    Answer answer;
    answer.exit = true;
    return answer;
}

Answer show_configuration(Session& session, const Call& call) {
    const config::Workspace& workspace = workspace_of(session.backend());
    const ShowPipes pipes(call.pipes, call.last);
    if (pipes.compare) {
        require_end(call.arguments, 0);
        return pipes.answer(workspace.compare(pipes.rollback.value_or(0), 0));
    }
    const std::unique_ptr<config::EditSession> active = workspace.view();
    return pipes.answer(at(
        call.arguments, [&](std::string_view text) { return active->show(text, pipes.options); }));
}

Completions complete_configuration(Session& session, const Part& arguments) {
    Completions found;
    found.column = arguments.words.back().column;
    if (const config::Workspace* workspace = session.backend().workspace(); workspace != nullptr) {
        Editor editor{*session.backend().workspace(), workspace->view()};
        found = statements(editor, arguments, config::Verb::Existing);
        found.pipes = found.may_end;
    }
    return found;
}

Reply refuse_shell(const Invocation&) {
    throw CommandError("there is no shell to start from here; log in to the system for one");
}

Command in_session(std::string_view path, std::string_view help,
                   Answer (*what)(Session&, const Call&)) {
    Command command{path, help, {}, nullptr};
    command.in_session = what;
    return command;
}

Command with_rest(std::string_view path, std::string_view help, Reply (*run)(const Invocation&),
                  std::string_view rest) {
    constexpr std::string_view kShape =
        "rollback-information{configuration-information{configuration-output}}";
    Command command{path, help, {}, run, kShape, "get-rollback-information"};
    command.rest = rest;
    return command;
}

std::vector<Command> commit_commands() {
    return {
        {"show system commit",
         "Show the commit history",
         {{"include-configuration-revision", "", "Show the identity of each configuration"}},
         show_commits,
         "commit-information{commit-history*{sequence-number#,user,client,date-time,comment?,"
         "damaged-revision*?,configuration-revision?}}",
         "get-commit-information"},
        with_rest("show system rollback", "Show an earlier configuration", show_rollback,
                  "<rollback>"),
        with_rest("show system rollback compare", "Show what differs between two configurations",
                  compare_rollbacks, "<rollback> <compare>"),
        {"clear system commit",
         "Clear a commit that waits for its time",
         {},
         clear_commit,
         "clear-commit",
         "clear-system-commit"},
    };
}

std::vector<Command> mode_commands() {
    Command show =
        in_session(kShowConfiguration, "Show the active configuration", show_configuration);
    show.rest = "<statement>";
    show.complete_rest = complete_configuration;
    return {
        show,
        in_session("configure", "Edit the configuration", enter<config::Access::Shared>),
        in_session("configure private", "Edit a configuration of your own",
                   enter<config::Access::Private>),
        in_session("configure exclusive", "Edit the configuration alone",
                   enter<config::Access::Exclusive>),
        in_session("edit", "Edit the configuration", enter<config::Access::Shared>),
        in_session("exit", "Leave the shell", leave_shell),
        in_session("quit", "Leave the shell", leave_shell),
        {"start shell", "Not offered", {}, refuse_shell},
    };
}

}  // namespace

std::vector<Command> configuration_commands() {
    std::vector<Command> all;
    for (auto* topic : {mode_commands, commit_commands, terminal_commands, help_commands}) {
        std::vector<Command> commands = topic();
        all.insert(all.end(), std::make_move_iterator(commands.begin()),
                   std::make_move_iterator(commands.end()));
    }
    return all;
}

}  // namespace eti::cli
