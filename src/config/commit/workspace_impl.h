// What a Workspace is made of.
#pragma once

#include "config/candidate/session_impl.h"
#include "config/commit/commit_engine.h"
#include "config/model.h"
#include "eti/config/workspace.h"

#include <list>
#include <memory>
#include <string>

namespace eti::config {

struct Workspace::Impl final : SessionHost {
    // Held is a candidate and the active configuration its changes were made to.
    struct Held {
        std::shared_ptr<Candidate> candidate = std::make_shared<Candidate>();
        std::unique_ptr<ConfigNode> base;
    };
    // Editor is one operator in configuration mode.
    struct Editor {
        const EditSession::Impl* session = nullptr;
        Timestamp since{};
        Held own;  // of a private session
    };

    Impl(const std::string& yang_directory, const std::string& state_directory,
         const std::string& first_configuration);

    void begin(const std::string& path);
    void tell_difference(const std::string& path);

    // A session's questions.
    const ConfigNode& active() const override { return *active_tree; }
    std::unique_ptr<ConfigNode> revision(unsigned revision) const override;
    void check_may_change(const EditSession::Impl& session) const override;
    CommitResult commit(EditSession::Impl& session, const CommitOptions& options) override;
    CommitResult try_commit(EditSession::Impl& session, const CommitOptions& options);
    void rollback(EditSession::Impl& session, unsigned revision) override;
    void closed(EditSession::Impl& session) override;

    Opened open(Access access, const Operator& who);
    void check_may_open(Access access) const;
    std::string greeting(Access access) const;
    std::string listing(const Editor& editor) const;
    std::string editors() const;
    std::string locked_by(const Editor& editor) const;
    const Editor* exclusive() const;
    Held& held_by(const EditSession::Impl& session);
    bool shared_is_dirty() const { return !shared.candidate->root->same(*active_tree); }

    // merged is the candidate with what others have committed since. Throws MergeConflict.
    std::unique_ptr<ConfigNode> merged(const Held& held) const;
    void now_active(std::unique_ptr<ConfigNode> tree);
    void follow();  // after a rollback or a commit that came by itself
    void reset(Held& held) const;

    Model model;
    std::unique_ptr<CommitEngine> engine;
    uint64_t generation = 0;  // of the engine's configuration that active_tree is
    std::unique_ptr<ConfigNode> active_tree;
    Held shared;
    std::list<Editor> open_editors;
    Hooks hooks;
    std::vector<std::string> notices;
};

}  // namespace eti::config
