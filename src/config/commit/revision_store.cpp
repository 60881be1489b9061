#include "config/commit/revision_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace eti::config {
namespace {

constexpr std::string_view kSuffix = ".conf";
constexpr std::size_t kMostFileBytes = 256U << 20;

void require(const std::string& problem) {
    if (!problem.empty()) {
        throw StoreError(problem);
    }
}

ParsedRevision read_revision(const std::string& path) {
    std::string bytes;
    std::string problem;
    if (read_bounded(path, kMostFileBytes, bytes, problem) != ReadResult::Read) {
        throw StoreError(problem);
    }
    std::optional<ParsedRevision> parsed = parse_revision(bytes);
    if (!parsed) {
        throw StoreError("the configuration revision " + path +
                         " is damaged; move it away and the one before it is active");
    }
    return std::move(*parsed);
}

}  // namespace

RevisionStore::RevisionStore(std::string folder) : folder_(std::move(folder)) {
    if (!make_private_folder(folder_)) {
        throw StoreError("cannot make the folder " + folder_ + "; name another with --state");
    }
    ::chmod(folder_.c_str(), 0700);
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        if (entry.path().extension() == kSuffix) {
            paths.push_back(entry.path().string());
        }
    }
    std::sort(paths.rbegin(), paths.rend());  // their names are numbers of one width
    for (const std::string& path : paths) {
        read_header(path);
    }
}

// A damaged active configuration must not be passed over in silence; a rollback may be missing.
void RevisionStore::read_header(const std::string& path) {
    try {
        revisions_.push_back(read_revision(path).revision);
    } catch (const StoreError& error) {
        if (revisions_.empty()) {
            throw;
        }
        problems_.emplace_back(error.what());
    }
}

std::string RevisionStore::path(const Revision& revision) const {
    char name[24];
    std::snprintf(name, sizeof name, "%010llu", static_cast<unsigned long long>(revision.sequence));
    return folder_ + "/" + name + std::string(kSuffix);
}

std::string RevisionStore::text(const Revision& revision) const {
    return read_revision(path(revision)).text;
}

const Revision* RevisionStore::find(uint64_t sequence) const {
    const auto found = std::find_if(revisions_.begin(), revisions_.end(),
                                    [&](const Revision& r) { return r.sequence == sequence; });
    return found == revisions_.end() ? nullptr : &*found;
}

std::unique_ptr<RevisionStore::Staged> RevisionStore::stage(Revision revision,
                                                            std::string_view text) {
    revision.sequence = revisions_.empty() ? 1 : revisions_.front().sequence + 1;
    auto staged = std::make_unique<Staged>(revision, path(revision));
    require(staged->file_.write(write_revision(revision, text)));
    return staged;
}

void RevisionStore::publish(Staged& staged) {
    const std::string problem = staged.file_.publish();
    if (!problem.empty()) {
        // Renamed but perhaps not on disk: neither this run nor the next may take it for active.
        ::unlink(path(staged.revision_).c_str());
        throw StoreError(problem);
    }
    revisions_.insert(revisions_.begin(), staged.revision_);
}

void RevisionStore::confirm() {
    Revision confirmed = revisions_.front();
    const std::string configuration = text(confirmed);
    confirmed.confirm_by.reset();
    confirmed.back_to = 0;
    require(write_durably(path(confirmed), write_revision(confirmed, configuration)));
    revisions_.front() = confirmed;
}

void RevisionStore::prune(unsigned rollbacks, uint64_t needed) {
    while (revisions_.size() > std::size_t{rollbacks} + 1 &&
           (needed == 0 || revisions_.back().sequence < needed)) {
        // One that stays by mistake is pruned again next time.
        ::unlink(path(revisions_.back()).c_str());
        revisions_.pop_back();
    }
}

void RevisionStore::schedule(const Revision& revision, std::string_view text) {
    require(write_durably(scheduled_path(), write_revision(revision, text)));
}

void RevisionStore::unschedule() {
    require(remove_durably(scheduled_path()));
}

std::optional<ParsedRevision> RevisionStore::scheduled() const {
    if (!std::filesystem::exists(scheduled_path())) {
        return std::nullopt;
    }
    return read_revision(scheduled_path());
}

}  // namespace eti::config
