// Who edits what: opening and closing sessions, locks, and what a session's commit takes along.
#include "config/candidate/check.h"
#include "config/candidate/statement_text.h"
#include "config/candidate/text_printer.h"
#include "config/commit/commit_time.h"
#include "config/commit/merge.h"
#include "config/commit/workspace_impl.h"

#include <algorithm>
#include <utility>

namespace eti::config {
namespace {

constexpr const char* kDiscarded = "warning: uncommitted changes will be discarded on exit\n";
constexpr std::string_view kMandatory = "Missing mandatory statement";

CommitResult refused(const std::string& what, bool check, const std::string& reason) {
    const std::string verdict =
        check || reason.empty() ? "configuration check-out failed" : "commit failed";
    return {false,
            what + "error: " + verdict + (reason.empty() ? "" : ": (" + reason + ")") + "\n"};
}

}  // namespace

const Workspace::Impl::Editor* Workspace::Impl::exclusive() const {
    const auto found = std::find_if(
        open_editors.begin(), open_editors.end(),
        [](const Editor& editor) { return editor.session->access == Access::Exclusive; });
    return found == open_editors.end() ? nullptr : &*found;
}

std::string Workspace::Impl::listing(const Editor& editor) const {
    const EditSession::Impl& session = *editor.session;
    std::string text = "  " + session.who.user;
    if (!session.who.terminal.empty()) {
        text += " terminal " + session.who.terminal;
    }
    text += " (pid " + std::to_string(session.who.process) + ") on since " +
            local_text(editor.since) + "\n      ";
    text += session.access == Access::Exclusive ? "exclusive "
            : session.access == Access::Private ? "private "
                                                : "";
    return text + banner(session.level) + "\n";
}

std::string Workspace::Impl::editors() const {
    if (open_editors.empty()) {
        return {};
    }
    std::string text = "Users currently editing the configuration:\n";
    for (const Editor& editor : open_editors) {
        text += listing(editor);
    }
    return text;
}

std::string Workspace::Impl::locked_by(const Editor& editor) const {
    return "error: configuration database locked by:\n" + listing(editor);
}

void Workspace::Impl::check_may_open(Access access) const {
    if (access == Access::Exclusive && exclusive() != nullptr) {
        throw EditError(locked_by(*exclusive()));
    }
    if (access == Access::Exclusive && shared_is_dirty()) {
        throw EditError("error: configuration database modified");
    }
    if (access == Access::Private && shared_is_dirty()) {
        throw EditError("error: shared configuration database modified");
    }
    const bool privately =
        std::any_of(open_editors.begin(), open_editors.end(),
                    [](const Editor& editor) { return editor.session->access == Access::Private; });
    if (access == Access::Shared && privately) {
        throw EditError(
            "error: private edits in use. Try 'configure private' or 'configure exclusive'.");
    }
}

std::string Workspace::Impl::greeting(Access access) const {
    std::string text = access == Access::Shared ? "" : kDiscarded;
    text += "Entering configuration mode\n" + editors();
    if (access == Access::Shared && shared_is_dirty()) {
        text += "The configuration has been changed but not committed\n";
    }
    return text;
}

Workspace::Opened Workspace::Impl::open(Access access, const Operator& who) {
    check_may_open(access);
    Opened opened{nullptr, greeting(access)};
    Editor editor;
    editor.since = hooks.clock ? hooks.clock() : Timestamp(std::chrono::system_clock::now());
    const bool own = access == Access::Private;
    if (own) {
        reset(editor.own);
    }
    auto session = std::unique_ptr<EditSession::Impl>(new EditSession::Impl{
        model, *this, own ? editor.own.candidate : shared.candidate, access, who, {}});
    editor.session = session.get();
    open_editors.push_back(std::move(editor));
    opened.session = std::make_unique<EditSession>(std::move(session));
    return opened;
}

void Workspace::Impl::closed(EditSession::Impl& session) {
    if (session.access == Access::Exclusive) {
        reset(shared);
    }
    open_editors.remove_if([&](const Editor& editor) { return editor.session == &session; });
}

void Workspace::Impl::reset(Held& held) const {
    held.candidate->root = active_tree->clone();
    held.candidate->touched = false;
    held.base = active_tree->clone();
}

void Workspace::Impl::rollback(EditSession::Impl& session, unsigned number) {
    std::unique_ptr<ConfigNode> tree = revision(number);
    Held& held = held_by(session);
    reset(held);  // all that is in the revision is wanted, whatever others committed since
    held.candidate->root = std::move(tree);
    held.candidate->touched = true;
}

Workspace::Impl::Held& Workspace::Impl::held_by(const EditSession::Impl& session) {
    for (Editor& editor : open_editors) {
        if (editor.session == &session && session.access == Access::Private) {
            return editor.own;
        }
    }
    return shared;
}

void Workspace::Impl::check_may_change(const EditSession::Impl& session) const {
    const Editor* owner = exclusive();
    if (owner != nullptr && owner->session != &session) {
        throw EditError(locked_by(*owner));
    }
}

std::unique_ptr<ConfigNode> Workspace::Impl::merged(const Held& held) const {
    return merge_changes(*held.base, *held.candidate->root, *active_tree);
}

CommitResult Workspace::Impl::commit(EditSession::Impl& session, const CommitOptions& options) {
    CommitResult result = try_commit(session, options);
    const bool scheduled = result.ok && !options.at.empty();  // counted when its time comes
    if (!options.check && !scheduled) {
        engine->count(result.ok);
    }
    return result;
}

CommitResult Workspace::Impl::try_commit(EditSession::Impl& session, const CommitOptions& options) {
    try {
        check_may_change(session);
        Held& held = held_by(session);
        std::unique_ptr<ConfigNode> tree = merged(held);
        Settings settings = compile(model, *tree);
        if (options.check) {
            CommitResult result = engine->check(settings);
            if (result.ok && options.impact && hooks.impact) {
                result.output += hooks.impact(settings);
            }
            return result;
        }
        PrintOptions print;
        print.mask = false;
        const CommitResult result =
            engine->commit({print_text(*tree, print), std::move(settings), session.who}, options);
        if (result.ok && options.at.empty()) {
            now_active(std::move(tree));
            reset(held);
        }
        return result;
    } catch (const EditError& error) {
        return {false, error.what()};
    } catch (const MergeConflict& conflict) {
        const CheckError what{conflict.banner, conflict.word,
                              "another commit has changed this statement since; 'rollback 0' "
                              "takes it over"};
        return refused(what.text(), options.check, "conflicting changes");
    } catch (const CheckFailed& failure) {
        const bool mandatory = failure.error.message.starts_with(kMandatory);
        return refused(failure.error.text(), options.check,
                       mandatory ? "missing mandatory statements" : "");
    } catch (const ConfigError& error) {
        return refused("error: " + error.reason + "\n", options.check, {});
    }
}

}  // namespace eti::config
