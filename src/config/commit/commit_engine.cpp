#include "config/commit/commit_engine.h"

#include "config/commit/commit_time.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace eti::config {
namespace {

constexpr const char* kRolledBack = "Commit was not confirmed; automatic rollback complete.";
constexpr unsigned kMostMinutes = 65'535;
constexpr std::chrono::seconds kRetry{1};

Timestamp whole_seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

CommitResult failed(const std::string& output, const std::string& why) {
    return {false, output + "error: " + why + "\nerror: commit failed\n"};
}

}  // namespace

CommitEngine::CommitEngine(const std::string& folder, Compile compile, Timestamp now)
    : compile_(std::move(compile)), store_(folder) {
    take_newest_good(now);
    notices_.insert(notices_.end(), store_.problems().begin(), store_.problems().end());
    if (const auto passed = store_.passed_over(); !passed.empty()) {
        notices_.push_back(
            empty() ? "none of the committed configurations in " + folder + " can be used"
                    : "the configuration in force is the one of " +
                          local_text(store_.revisions().front().time) + " by " +
                          store_.revisions().front().user + ", not " + passed.front());
    }
    drop_missed_commit(now);
}

// take_newest_good: a revision that cannot be read, or not be compiled, must not stop the start.
void CommitEngine::take_newest_good(Timestamp now) {
    bool rolled_back = false;
    while (!empty()) {
        try {
            const Revision& last = store_.revisions().front();
            if (last.confirm_by && *last.confirm_by <= now) {
                store_rollback(now);
                rolled_back = true;
            }
            active_text_ = store_.text(store_.revisions().front());
            active_ = compile_(active_text_);
            running_ = active_;
            break;
        } catch (const std::exception& error) {
            store_.pass_over(error.what());
        }
    }
    if (rolled_back) {
        notices_.emplace_back(kRolledBack);
    }
}

void CommitEngine::drop_missed_commit(Timestamp now) {
    try {
        scheduled_ = store_.scheduled();
        if (scheduled_ && scheduled_->revision.time <= now) {
            notices_.push_back("the commit scheduled for " + local_text(scheduled_->revision.time) +
                               " by " + scheduled_->revision.user +
                               " was missed while nothing ran and is dropped");
            clear_pending_commit();
        }
    } catch (const StoreError& error) {
        notices_.push_back(std::string("the scheduled commit is dropped: ") + error.what());
        store_.unschedule();
    }
}

void CommitEngine::begin(const Proposal& first, Timestamp now) {
    Revision revision;
    revision.time = whole_seconds(now);
    revision.user = first.who.user;
    revision.client = first.who.client;
    store_.publish(*store_.stage(std::move(revision), first.text));
    take_over(first.text, first.settings);
    running_ = active_;
}

Timestamp CommitEngine::now() const {
    return hooks_.clock ? hooks_.clock() : Timestamp(std::chrono::system_clock::now());
}

void CommitEngine::announce(const std::string& text) const {
    if (hooks_.announce) {
        hooks_.announce(text);
    }
}

std::vector<std::string> CommitEngine::all_warnings(const Settings& settings) const {
    std::vector<std::string> all = settings.warnings;
    if (hooks_.restart_reasons) {
        const std::vector<std::string> reasons = hooks_.restart_reasons(running_, settings);
        all.insert(all.end(), reasons.begin(), reasons.end());
    }
    return all;
}

// What the active configuration was already warned of is not repeated at every commit.
std::string CommitEngine::warnings(const Settings& next) const {
    const std::vector<std::string> known = all_warnings(active_);
    std::string text;
    for (const std::string& warning : all_warnings(next)) {
        if (std::find(known.begin(), known.end(), warning) == known.end()) {
            text += "warning: " + warning + "\n";
        }
    }
    return text;
}

CommitResult CommitEngine::check(const Settings& next) {
    const std::string output = warnings(next);
    if (pending_confirm()) {
        try {
            store_.confirm();
        } catch (const StoreError& error) {
            return failed(output, error.what());
        }
    }
    return {true, output + "configuration check succeeds\n"};
}

CommitResult CommitEngine::commit(const Proposal& proposal, const CommitOptions& options) {
    const unsigned minutes = options.confirmed_minutes.value_or(1);
    if (minutes == 0 || minutes > kMostMinutes) {
        return failed({}, "Value " + std::to_string(minutes) + " is not within range (1..65535)");
    }
    if (scheduled_) {
        return failed({}, "a commit is scheduled for " + local_text(scheduled_->revision.time) +
                              " by " + scheduled_->revision.user +
                              "; 'clear system commit' removes it");
    }
    if (!options.at.empty()) {
        return schedule(proposal, options);
    }
    std::string output = warnings(proposal.settings);
    try {
        make_active(revision_of(proposal, options), proposal);
    } catch (const std::exception& error) {
        return failed(output, error.what());
    }
    if (options.confirmed_minutes) {
        output += "commit confirmed will be automatically rolled back in " +
                  std::to_string(minutes) + " minutes unless confirmed\n";
    }
    return {true, output + "commit complete\n"};
}

Revision CommitEngine::revision_of(const Proposal& proposal, const CommitOptions& options) const {
    Revision revision;
    revision.time = whole_seconds(now());
    revision.user = proposal.who.user;
    revision.client = proposal.who.client;
    revision.comment = options.comment;
    if (options.confirmed_minutes) {
        // Never early: the time that is written down has no fraction of a second.
        revision.confirm_by = std::chrono::ceil<std::chrono::seconds>(now()) +
                              std::chrono::minutes(*options.confirmed_minutes);
        // A second one inside the window still goes back to what was confirmed last.
        const Revision& last = store_.revisions().front();
        revision.back_to = last.confirm_by ? last.back_to : last.sequence;
    }
    return revision;
}

// make_active: what may fail for lack of room comes first, then what is in force, then one rename.
void CommitEngine::make_active(Revision revision, const Proposal& proposal) {
    const uint64_t needed = revision.back_to;
    const auto staged = store_.stage(std::move(revision), proposal.text);
    if (hooks_.apply) {
        hooks_.apply(proposal.settings);
    }
    try {
        store_.publish(*staged);
    } catch (...) {
        if (hooks_.apply) {
            hooks_.apply(active_);
        }
        throw;
    }
    take_over(proposal.text, proposal.settings);
    store_.prune(active_.most_rollbacks, needed);
}

void CommitEngine::take_over(const std::string& text, Settings settings) {
    active_text_ = text;
    active_ = std::move(settings);
    rolled_back_ = false;
    ++generation_;
}

CommitResult CommitEngine::schedule(const Proposal& proposal, const CommitOptions& options) {
    if (pending_confirm()) {
        return failed({}, "the last commit is not confirmed yet; confirm it first");
    }
    const std::string output = warnings(proposal.settings);
    try {
        Revision revision = revision_of(proposal, options);
        revision.time = parse_commit_time(options.at, now());
        store_.schedule(revision, proposal.text);
        scheduled_ = ParsedRevision{revision, proposal.text};
    } catch (const EditError& error) {
        return {false, std::string(error.what()) + "\n"};
    } catch (const StoreError& error) {
        return failed(output, error.what());
    }
    return {true, output + "configuration check succeeds\ncommit at will be executed at " +
                      local_text(scheduled_->revision.time) + "\n"};
}

std::vector<CommitInfo> CommitEngine::history() const {
    std::vector<CommitInfo> all;
    for (const Revision& revision : store_.revisions()) {
        all.push_back({static_cast<unsigned>(all.size()),
                       revision.time,
                       revision.user,
                       revision.client,
                       revision.comment,
                       revision_id(revision),
                       {}});
    }
    if (!all.empty()) {
        all.front().passed_over = store_.passed_over();
    }
    return all;
}

std::string CommitEngine::text(unsigned revision) const {
    if (revision == 0) {
        return active_text_;
    }
    if (revision >= store_.revisions().size()) {
        throw EditError("error: rollback " + std::to_string(revision) + " does not exist");
    }
    try {
        return store_.text(store_.revisions()[revision]);
    } catch (const StoreError& error) {
        throw EditError(std::string("error: ") + error.what());
    }
}

std::optional<PendingConfirm> CommitEngine::pending_confirm() const {
    const Revision& last = store_.revisions().front();
    if (!last.confirm_by || rolled_back_) {
        return std::nullopt;
    }
    return PendingConfirm{*last.confirm_by, last.user};
}

std::optional<PendingCommit> CommitEngine::pending_commit() const {
    if (!scheduled_) {
        return std::nullopt;
    }
    const Revision& revision = scheduled_->revision;
    return PendingCommit{revision.time, revision.user, revision.comment};
}

bool CommitEngine::clear_pending_commit() {
    if (!scheduled_) {
        return false;
    }
    scheduled_.reset();
    store_.unschedule();
    return true;
}

void CommitEngine::tick(Timestamp now) {
    roll_back_if_due(now);
    commit_if_due(now);
}

void CommitEngine::roll_back_if_due(Timestamp now) {
    const std::optional<Timestamp> due = store_.revisions().front().confirm_by;
    if (!due || now < *due || now < retry_at_) {
        return;
    }
    try {
        roll_back(now);
    } catch (const std::exception& error) {
        if (retry_at_ < *due) {  // said once
            announce(std::string("error: automatic rollback is not complete: ") + error.what());
        }
        retry_at_ = now + kRetry;
    }
}

// What was confirmed is in force first. On a full disk the old text is still there, so that the
// next start goes back to it too.
void CommitEngine::roll_back(Timestamp now) {
    if (!rolled_back_) {
        const std::string text = store_.text(rollback_target());
        Settings settings = compile_(text);
        if (hooks_.apply) {
            hooks_.apply(settings);
        }
        take_over(text, std::move(settings));
        rolled_back_ = true;
        ++counts_.rolled_back;
        announce(kRolledBack);
    }
    store_rollback(now);
    rolled_back_ = false;
    store_.prune(active_.most_rollbacks, 0);
}

const Revision& CommitEngine::rollback_target() const {
    const Revision& last = store_.revisions().front();
    const Revision* target = store_.find(last.back_to);
    if (target == nullptr) {
        throw StoreError("the configuration before the unconfirmed commit " + store_.path(last) +
                         " is missing; move that file away to go back to the one before");
    }
    return *target;
}

void CommitEngine::store_rollback(Timestamp now) {
    Revision revision;
    revision.time = whole_seconds(now);
    revision.user = store_.revisions().front().user;
    revision.client = "autocommit";
    store_.publish(*store_.stage(std::move(revision), store_.text(rollback_target())));
}

void CommitEngine::commit_if_due(Timestamp now) {
    if (!scheduled_ || now < scheduled_->revision.time) {
        return;
    }
    const ParsedRevision due = *scheduled_;
    try {
        clear_pending_commit();
        const Operator who{due.revision.user, due.revision.client, {}, 0};
        Revision revision = due.revision;
        revision.time = whole_seconds(now);
        make_active(std::move(revision), {due.text, compile_(due.text), who});
        count(true);
        announce("commit complete");
    } catch (const std::exception& error) {
        count(false);
        announce("error: the commit scheduled by " + due.revision.user +
                 " failed: " + error.what());
    }
}

}  // namespace eti::config
