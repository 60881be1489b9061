// The audit log: who ran which command and what became of it.
#pragma once

#include "eti/base/clock.h"
#include "eti/cli/access.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace eti::cli {

enum class AuditResult : uint8_t { Done, Failed, Denied };

struct AuditEntry {
    Timestamp time{};
    Caller caller;
    std::string command;  // as typed; secrets are masked when it is written
    AuditResult result = AuditResult::Done;
};

// mask_secrets replaces the word after each keyword that takes a secret, abbreviated or not.
std::string mask_secrets(std::string_view line);

// audit_line is one JSON object with its newline: time, user, uid, pid, class, command, result.
std::string audit_line(const AuditEntry& entry);

// AuditLog appends to one file, mode 0640, opened for each line so that it may be renamed away.
class AuditLog {
  public:
    explicit AuditLog(std::string path) : path_(std::move(path)) {}

    // write returns an empty text, or why the entry is not in the file, with the remedy.
    std::string write(const AuditEntry& entry) const;

  private:
    std::string path_;
};

}  // namespace eti::cli
