// What a session leaves to its workspace.
#include "config/candidate/reading.h"
#include "config/candidate/session_impl.h"

namespace eti::config {
namespace {

// Without a wire nothing is inspected; the name is what a daemon without one calls itself.
constexpr std::string_view kFactoryDefault = "system {\n    host-name eti;\n}\n";

}  // namespace

CommitResult EditSession::commit(const CommitOptions& options) {
    return impl_->host.commit(*impl_, options);
}

void EditSession::rollback(unsigned revision) {
    impl_->host.check_may_change(*impl_);
    impl_->host.rollback(*impl_, revision);
}

void EditSession::load_factory_default() {
    impl_->host.check_may_change(*impl_);
    impl_->candidate->root =
        read_configuration(impl_->model, kFactoryDefault, "the factory configuration");
    impl_->candidate->touched = true;
}

}  // namespace eti::config
