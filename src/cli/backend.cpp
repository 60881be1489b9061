#include "eti/cli/backend.h"

#include <spdlog/spdlog.h>

namespace eti::cli {

ControllerBackend::ControllerBackend(control::Controller& controller, Parts parts)
    : controller_(controller), parts_(std::move(parts)), audit_log_(parts_.audit_log) {}

bool ControllerBackend::check_link(const std::string& host, control::LinkChecker::Done done) {
    if (parts_.link_checker == nullptr) {
        done({});
        return true;
    }
    return parts_.link_checker->request(host, std::move(done));
}

void ControllerBackend::audit(const AuditEntry& entry) {
    if (parts_.audit_log.empty()) {
        return;
    }
    const std::string problem = audit_log_.write(entry);
    if (!problem.empty() && !audit_failed_) {
        spdlog::warn("{}", problem);
    }
    audit_failed_ = !problem.empty();
}

}  // namespace eti::cli
