#include "eti/config/workspace.h"

#include "config/candidate/check.h"
#include "config/candidate/reading.h"
#include "config/candidate/text_printer.h"
#include "config/commit/workspace_impl.h"
#include "config/forms/compare.h"
#include "eti/base/durable_file.h"

#include <chrono>
#include <utility>

namespace eti::config {
namespace {

constexpr const char* kFolder = "/config";

std::string read_file(const std::string& path) {
    std::string text;
    std::string problem;
    if (read_bounded(path, kMaxTextSize, text, problem) != ReadResult::Read) {
        throw ConfigError(path, 0, 0, problem);
    }
    return text;
}

std::string stored_text(const ConfigNode& root) {
    PrintOptions options;
    options.mask = false;
    return print_text(root, options);
}

Timestamp wall_clock() {
    return std::chrono::system_clock::now();
}

}  // namespace

Workspace::Impl::Impl(const std::string& yang_directory, const std::string& state_directory,
                      const std::string& first_configuration)
    : model(yang_directory) {
    const std::string folder = state_directory + kFolder;
    try {
        engine = std::make_unique<CommitEngine>(
            folder,
            [this](const std::string& text) {
                return compile(model, *read_configuration(model, text, "a stored commit"));
            },
            wall_clock());
        notices = engine->notices();
        if (engine->empty()) {
            begin(first_configuration);
        } else {
            active_tree = read_configuration(model, engine->active_text(), folder);
            tell_difference(first_configuration);
        }
    } catch (const StoreError& error) {
        throw ConfigError(folder, 0, 0, error.what());
    }
    generation = engine->generation();
    reset(shared);
}

void Workspace::Impl::begin(const std::string& path) {
    if (path.empty()) {
        throw ConfigError("etid", 0, 0,
                          (notices.empty() ? "nothing was committed yet" : notices.back()) +
                              ": --config FILE is needed");
    }
    active_tree = read_configuration(model, read_file(path), path);
    Settings settings = compile(model, *active_tree, path);
    engine->begin({stored_text(*active_tree), std::move(settings), {"root", "other", {}, 0}},
                  wall_clock());
}

// The file is only read once; whoever edits it later should know.
void Workspace::Impl::tell_difference(const std::string& path) {
    try {
        if (!path.empty() && read_configuration(model, read_file(path), path)->same(*active_tree)) {
            return;
        }
    } catch (const ConfigError&) {  // cannot be what was committed
    }
    if (!path.empty()) {
        notices.push_back(path + " differs from the last commit, which is in force; use 'load " +
                          "override' and 'commit' to take the file");
    }
}

std::unique_ptr<ConfigNode> Workspace::Impl::revision(unsigned number) const {
    const std::string name = "rollback " + std::to_string(number);
    return read_configuration(model, engine->text(number), name);
}

void Workspace::Impl::now_active(std::unique_ptr<ConfigNode> tree) {
    active_tree = std::move(tree);
    generation = engine->generation();
    // The shared candidate goes along; its own changes stay, now changes to what is new.
    try {
        std::unique_ptr<ConfigNode> next = merged(shared);
        shared.candidate->root = std::move(next);
        shared.base = active_tree->clone();
        shared.candidate->touched = shared_is_dirty();
    } catch (const std::exception&) {  // told when it is committed
    }
}

void Workspace::Impl::follow() {
    if (generation != engine->generation()) {
        now_active(read_configuration(model, engine->active_text(), "the active configuration"));
    }
}

Workspace::Workspace(const std::string& yang_directory, const std::string& state_directory,
                     const std::string& first_configuration)
    : impl_(std::make_unique<Impl>(yang_directory, state_directory, first_configuration)) {}

Workspace::~Workspace() = default;

const Settings& Workspace::settings() const {
    return impl_->engine->settings();
}

const std::vector<std::string>& Workspace::notices() const {
    return impl_->notices;
}

void Workspace::attach(Hooks hooks) {
    impl_->hooks = hooks;
    impl_->engine->attach(std::move(hooks));
}

Workspace::Opened Workspace::open(Access access, const Operator& who) {
    return impl_->open(access, who);
}

std::unique_ptr<EditSession> Workspace::view() const {
    auto copy = std::make_shared<Candidate>();
    copy->root = impl_->active_tree->clone();
    return std::make_unique<EditSession>(std::unique_ptr<EditSession::Impl>(
        new EditSession::Impl{impl_->model, *impl_, std::move(copy), Access::Private, {}, {}}));
}

std::string Workspace::editors() const {
    return impl_->editors();
}

std::vector<CommitInfo> Workspace::history() const {
    return impl_->engine->history();
}

const CommitCounts& Workspace::commit_counts() const {
    return impl_->engine->counts();
}

std::string Workspace::revision_text(unsigned revision) const {
    return print_text(*impl_->revision(revision), {});
}

std::string Workspace::compare(unsigned before, unsigned after) const {
    return config::compare(*impl_->revision(before), *impl_->revision(after));
}

std::optional<PendingConfirm> Workspace::pending_confirm() const {
    return impl_->engine->pending_confirm();
}

std::optional<PendingCommit> Workspace::pending_commit() const {
    return impl_->engine->pending_commit();
}

bool Workspace::clear_pending_commit() {
    return impl_->engine->clear_pending_commit();
}

void Workspace::tick(Timestamp now) {
    impl_->engine->tick(now);
    impl_->follow();
}

}  // namespace eti::config
