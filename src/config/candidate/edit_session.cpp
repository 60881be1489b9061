#include "eti/config/edit_session.h"

#include "config/candidate/completion.h"
#include "config/candidate/editor.h"
#include "config/candidate/inheritance.h"
#include "config/candidate/session_impl.h"
#include "config/candidate/statement_text.h"

#include <utility>

namespace eti::config {
namespace {

using Operation = Editor::Warnings (Editor::*)(const Level&, std::string_view);

EditSession::Warnings change(EditSession::Impl& session, Operation operation,
                             std::string_view arguments) {
    session.host.check_may_change(session);
    Editor editor(session.model, *session.candidate->root);
    EditSession::Warnings warnings = (editor.*operation)(session.level, arguments);
    session.candidate->touched = true;
    return warnings;
}

}  // namespace

EditSession::EditSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EditSession::~EditSession() {
    impl_->host.closed(*impl_);
}

std::string EditSession::banner() const {
    return config::banner(impl_->level);
}

bool EditSession::at_top() const {
    return impl_->level.path.empty();
}

std::string EditSession::level() const {
    return path_words(impl_->level);
}

void EditSession::edit(std::string_view arguments) {
    impl_->level = Editor(impl_->model, *impl_->candidate->root).edit(impl_->level, arguments);
}

void EditSession::up(unsigned levels) {
    auto& path = impl_->level.path;
    if (levels > path.size()) {
        throw EditError("error: already at the top level", std::nullopt);
    }
    path.resize(path.size() - levels);
}

void EditSession::top() {
    impl_->level.path.clear();
}

EditSession::Warnings EditSession::set(std::string_view arguments) {
    return change(*impl_, &Editor::set, arguments);
}

EditSession::Warnings EditSession::remove(std::string_view arguments) {
    return change(*impl_, &Editor::remove, arguments);
}

EditSession::Warnings EditSession::wildcard_remove(std::string_view arguments) {
    return change(*impl_, &Editor::wildcard_remove, arguments);
}

EditSession::Warnings EditSession::rename(std::string_view arguments) {
    return change(*impl_, &Editor::rename, arguments);
}

EditSession::Warnings EditSession::copy(std::string_view arguments) {
    return change(*impl_, &Editor::copy, arguments);
}

EditSession::Warnings EditSession::insert(std::string_view arguments) {
    return change(*impl_, &Editor::insert, arguments);
}

EditSession::Warnings EditSession::activate(std::string_view arguments) {
    return change(*impl_, &Editor::activate, arguments);
}

EditSession::Warnings EditSession::deactivate(std::string_view arguments) {
    return change(*impl_, &Editor::deactivate, arguments);
}

EditSession::Warnings EditSession::protect(std::string_view arguments) {
    return change(*impl_, &Editor::protect, arguments);
}

EditSession::Warnings EditSession::unprotect(std::string_view arguments) {
    return change(*impl_, &Editor::unprotect, arguments);
}

EditSession::Warnings EditSession::annotate(std::string_view arguments) {
    return change(*impl_, &Editor::annotate, arguments);
}

EditSession::Warnings EditSession::replace_pattern(std::string_view arguments) {
    return change(*impl_, &Editor::replace_pattern, arguments);
}

Choices EditSession::complete(Verb verb, std::string_view arguments) const {
    return config::complete(impl_->model, *impl_->candidate->root, impl_->level, verb, arguments);
}

bool EditSession::changed() const {
    return !impl_->candidate->root->same(impl_->host.active());
}

std::string EditSession::saved() const {
    const ConfigNode* node = find_level(std::as_const(*impl_->candidate->root), impl_->level);
    PrintOptions options;
    options.mask = false;
    return node == nullptr ? std::string() : print_text(*node, options);
}

}  // namespace eti::config
