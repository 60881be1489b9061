// What a session leaves to its workspace.
#include "config/candidate/session_impl.h"

namespace eti::config {

CommitResult EditSession::commit(const CommitOptions& options) {
    return impl_->host.commit(*impl_, options);
}

void EditSession::rollback(unsigned revision) {
    impl_->host.check_may_change(*impl_);
    impl_->host.rollback(*impl_, revision);
}

}  // namespace eti::config
