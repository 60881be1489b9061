#include "eti/cli/backend.h"

#include <spdlog/spdlog.h>

namespace eti::cli {

ControllerBackend::ControllerBackend(control::Controller& controller, config::Workspace* workspace,
                                     std::string audit_log)
    : controller_(controller),
      workspace_(workspace),
      audit_path_(audit_log),
      audit_log_(std::move(audit_log)) {}

void ControllerBackend::audit(const AuditEntry& entry) {
    if (audit_path_.empty()) {
        return;
    }
    const std::string problem = audit_log_.write(entry);
    if (!problem.empty() && !audit_failed_) {
        spdlog::warn("{}", problem);
    }
    audit_failed_ = !problem.empty();
}

}  // namespace eti::cli
