// The daemon's configuration over time: the active one, its revisions, candidates and commits.
#pragma once

#include "eti/base/clock.h"
#include "eti/config/edit_session.h"
#include "eti/config/settings.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eti::config {

struct CommitInfo {
    unsigned revision = 0;  // 0: active
    Timestamp time{};
    std::string user;
    std::string client;  // cli, other, autocommit (rolled back by itself)
    std::string comment;
    std::string id;  // configuration revision, unique
    // Of the active one: files of newer commits that are damaged, so that this one is in force.
    std::vector<std::string> passed_over;
};
// CommitCounts are of this run.
struct CommitCounts {
    uint64_t succeeded = 0;
    uint64_t failed = 0;
    uint64_t rolled_back = 0;  // not confirmed in time
};
struct PendingConfirm {
    Timestamp deadline{};
    std::string user;
};
struct PendingCommit {  // of "commit at"
    Timestamp time{};
    std::string user;
    std::string comment;
};

// Workspace belongs to the control thread. It never blocks on anything but its own small files,
// which it writes durably (temporary file, fsync, rename) before a commit is said to be complete.
class Workspace {
  public:
    struct Hooks {
        // restart_reasons says, in whole sentences, what of next differs from the settings of the
        // start and takes effect only at a restart.
        std::function<std::vector<std::string>(const Settings& running, const Settings& next)>
            restart_reasons;
        // apply puts settings in force without losing a packet. What it throws refuses the commit
        // and leaves everything as it was.
        std::function<void(const Settings&)> apply;
        // announce tells every terminal: "Commit was not confirmed; automatic rollback complete."
        std::function<void(const std::string&)> announce;
        // impact says what the candidate would have done to recent sessions and hosts.
        std::function<std::string(const Settings& next)> impact;
        std::function<Timestamp()> clock;
    };

    // The last commit in state_directory wins; without one, the file first_configuration is read
    // and becomes revision 0. An unconfirmed commit whose time ran out while nothing ran is rolled
    // back here. A commit that is damaged is passed over for the newest good one, or the file.
    // Throws ConfigError.
    Workspace(const std::string& yang_directory, const std::string& state_directory,
              const std::string& first_configuration);
    ~Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    const Settings& settings() const;  // of the active configuration
    // What the log should say of the start: a rollback, a file that differs.
    const std::vector<std::string>& notices() const;
    void attach(Hooks hooks);  // before the first session

    // open throws EditError when the access is not to be had; warnings and the list of other
    // editors are in greeting.
    struct Opened {
        std::unique_ptr<EditSession> session;
        std::string greeting;  // "Entering configuration mode\n..."
    };
    Opened open(Access access, const Operator& who);
    std::string editors() const;  // what "status" prints
    // view shows and completes the active configuration; what is changed in it is lost, and it
    // counts as no editor.
    std::unique_ptr<EditSession> view() const;

    std::vector<CommitInfo> history() const;
    const CommitCounts& commit_counts() const;
    // revision_text is the configuration of a revision in curly form, secrets masked.
    std::string revision_text(unsigned revision) const;
    std::string compare(unsigned before, unsigned after) const;
    std::optional<PendingConfirm> pending_confirm() const;
    std::optional<PendingCommit> pending_commit() const;
    bool clear_pending_commit();

    // tick does what is due: the rollback of an unconfirmed commit, a commit at a time.
    void tick(Timestamp now);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::config
