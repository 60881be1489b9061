// The committed configurations on disk.
#pragma once

#include "config/commit/revision_text.h"
#include "eti/base/durable_file.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

// StoreError is a sentence about a file: what() names it and the remedy.
class StoreError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// RevisionStore keeps one file for each revision, named by its sequence and never changed but to
// confirm it. The newest file is the active configuration, so that one rename makes a commit: after
// a crash at any point there is the state before it or the state after it. Control thread only.
class RevisionStore {
  public:
    // Reads what is in the folder. Damaged revisions are left out and named in problems(); their
    // files stay.
    explicit RevisionStore(std::string folder);
    const std::vector<std::string>& problems() const { return problems_; }

    // Newest first: index 0 is active, index N is rollback N.
    const std::vector<Revision>& revisions() const { return revisions_; }
    std::string path(const Revision& revision) const;
    std::string text(const Revision& revision) const;  // throws StoreError
    const Revision* find(uint64_t sequence) const;
    // pass_over leaves the active revision out for what is wrong with it: the next one is active.
    void pass_over(const std::string& why);
    // passed_over are file names of revisions newer than the active one that cannot be used.
    std::vector<std::string> passed_over() const;

    // Staged is a revision that is on disk but not yet the newest one; destroyed, it goes away.
    class Staged {
      public:
        Staged(Revision revision, std::string path) : revision_(std::move(revision)), file_(path) {}

      private:
        friend class RevisionStore;
        Revision revision_;
        StagedFile file_;
    };
    // stage gives the revision its sequence and writes it. Throws StoreError.
    std::unique_ptr<Staged> stage(Revision revision, std::string_view text);
    // publish makes it active. Throws StoreError; then everything is as it was.
    void publish(Staged& staged);
    // confirm takes the time limit off the active revision. Throws StoreError.
    void confirm();
    // prune forgets all but the active revision, that many before it, and all back to needed.
    void prune(unsigned rollbacks, uint64_t needed);

    // A text that waits for its time to be committed; its revision's time is that time.
    // schedule replaces the one there was, unschedule removes it. Both throw StoreError.
    void schedule(const Revision& revision, std::string_view text);
    void unschedule();
    std::optional<ParsedRevision> scheduled() const;  // throws StoreError

  private:
    struct Unusable {
        uint64_t sequence = 0;
        std::string path;
    };
    void read_header(const std::string& path);
    uint64_t last_sequence() const;
    std::string scheduled_path() const { return folder_ + "/scheduled"; }

    std::string folder_;
    std::vector<Revision> revisions_;
    std::vector<Unusable> unusable_;  // newest first
    std::vector<std::string> problems_;
};

}  // namespace eti::config
