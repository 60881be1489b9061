// Makes configurations active and takes them back: texts in, the store and the timers behind.
#pragma once

#include "config/commit/revision_store.h"
#include "eti/config/edit_session.h"
#include "eti/config/settings.h"
#include "eti/config/workspace.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eti::config {

// Proposal is a configuration that has passed every check.
struct Proposal {
    std::string text;  // as it is stored; compile makes the same settings of it
    Settings settings;
    Operator who;
};

// CommitEngine knows nothing of trees. Whatever fails leaves the configuration in force, the store
// and the timers as they were. Control thread only.
class CommitEngine {
  public:
    // compile makes settings of a stored text. Throws ConfigError.
    using Compile = std::function<Settings(const std::string& text)>;

    // Takes the last commit in the folder, after the rollback that was due by now. Throws
    // ConfigError and StoreError.
    CommitEngine(const std::string& folder, Compile compile, Timestamp now);

    bool empty() const { return store_.revisions().empty(); }
    // begin makes the first commit of an empty folder. Throws StoreError.
    void begin(const Proposal& first, Timestamp now);
    void attach(Workspace::Hooks hooks) { hooks_ = std::move(hooks); }

    const Settings& settings() const { return active_; }
    const std::string& active_text() const { return active_text_; }
    // generation changes with every configuration that becomes active.
    uint64_t generation() const { return generation_; }
    // What the log should say of the start.
    const std::vector<std::string>& notices() const { return notices_; }

    // check says what a commit would say before it is done; it confirms an unconfirmed commit.
    CommitResult check(const Settings& next);
    CommitResult commit(const Proposal& proposal, const CommitOptions& options);

    std::vector<CommitInfo> history() const;
    void count(bool succeeded) { ++(succeeded ? counts_.succeeded : counts_.failed); }
    const CommitCounts& counts() const { return counts_; }
    std::string text(unsigned revision) const;  // throws EditError
    std::optional<PendingConfirm> pending_confirm() const;
    std::optional<PendingCommit> pending_commit() const;
    bool clear_pending_commit();

    // tick does what is due.
    void tick(Timestamp now);

  private:
    Timestamp now() const;
    void take_newest_good(Timestamp now);
    void drop_missed_commit(Timestamp now);
    std::vector<std::string> all_warnings(const Settings& settings) const;
    std::string warnings(const Settings& next) const;
    CommitResult schedule(const Proposal& proposal, const CommitOptions& options);
    Revision revision_of(const Proposal& proposal, const CommitOptions& options) const;
    void make_active(Revision revision, const Proposal& proposal);
    void take_over(const std::string& text, Settings settings);
    void roll_back(Timestamp now);
    void store_rollback(Timestamp now);
    const Revision& rollback_target() const;
    void roll_back_if_due(Timestamp now);
    void commit_if_due(Timestamp now);
    void announce(const std::string& text) const;

    Compile compile_;
    RevisionStore store_;
    Workspace::Hooks hooks_;
    Settings running_;  // of the start: what needs a restart is still as it was then
    Settings active_;
    std::string active_text_;
    uint64_t generation_ = 0;
    std::optional<ParsedRevision> scheduled_;
    bool rolled_back_ = false;  // in force, but not yet on disk
    Timestamp retry_at_{};
    CommitCounts counts_;
    std::vector<std::string> notices_;
};

}  // namespace eti::config
