#include "config/commit/revision_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
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

// The name is the number; a file with another name counts as the oldest.
uint64_t sequence_of(const std::string& path) {
    const std::string name = std::filesystem::path(path).stem().string();
    uint64_t sequence = 0;
    std::from_chars(name.data(), name.data() + name.size(), sequence);
    return sequence;
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
                         " is damaged and left out; what was committed before it still counts");
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

void RevisionStore::read_header(const std::string& path) {
    try {
        revisions_.push_back(read_revision(path).revision);
    } catch (const StoreError& error) {
        unusable_.push_back({sequence_of(path), path});
        problems_.emplace_back(error.what());
    }
}

void RevisionStore::pass_over(const std::string& why) {
    const Revision& active = revisions_.front();
    problems_.push_back("the configuration revision " + path(active) + " is left out: " + why);
    unusable_.push_back({active.sequence, path(active)});
    std::sort(unusable_.begin(), unusable_.end(),
              [](const Unusable& a, const Unusable& b) { return a.sequence > b.sequence; });
    revisions_.erase(revisions_.begin());
}

std::vector<std::string> RevisionStore::passed_over() const {
    std::vector<std::string> names;
    for (const Unusable& file : unusable_) {
        if (revisions_.empty() || file.sequence > revisions_.front().sequence) {
            names.push_back(std::filesystem::path(file.path).filename().string());
        }
    }
    return names;
}

uint64_t RevisionStore::last_sequence() const {
    uint64_t last = revisions_.empty() ? 0 : revisions_.front().sequence;
    for (const Unusable& file : unusable_) {
        last = std::max(last, file.sequence);
    }
    return last;
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
    revision.sequence = last_sequence() + 1;
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
    std::erase_if(unusable_, [this](const Unusable& file) {
        const bool old = file.sequence < revisions_.back().sequence;
        return old && ::unlink(file.path.c_str()) == 0;
    });
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
