#include "eti/cli/audit.h"

#include "cli/tokens.h"
#include "eti/metadata/record_json.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace eti::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 9> kSecretKeywords{
    "auth-token", "encrypted-password",  "passphrase",
    "password",   "plain-text-password", "secret",
    "token",      "url-parameter",       "pre-shared-key"};
// Shorter words abbreviate too much else.
constexpr std::size_t kShortestPrefix = 4;

bool takes_a_secret(std::string_view word) {
    return word.size() >= kShortestPrefix &&
           std::any_of(kSecretKeywords.begin(), kSecretKeywords.end(),
                       [&](std::string_view keyword) { return keyword.starts_with(word); });
}

std::string_view name_of(AuditResult result) {
    constexpr std::array<std::string_view, 3> kNames{"done", "failed", "denied"};
    return kNames[static_cast<std::size_t>(result)];
}

}  // namespace

std::string mask_secrets(std::string_view line) {
    const std::vector<Token> tokens = tokenize(line).tokens;
    std::string masked;
    std::size_t copied = 0;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        if (tokens[i].pipe || tokens[i - 1].pipe || !takes_a_secret(tokens[i - 1].text)) {
            continue;
        }
        std::size_t end = i + 1 < tokens.size() ? tokens[i + 1].column : line.size();
        while (end > tokens[i].column && line[end - 1] == ' ') {
            --end;
        }
        masked += line.substr(copied, tokens[i].column - copied);
        masked += "/* SECRET-DATA */";
        copied = end;
    }
    masked += line.substr(copied);
    return masked;
}

std::string audit_line(const AuditEntry& entry) {
    Json json = Json::object();
    json["time"] = metadata::format_time(entry.time);
    json["user"] = entry.caller.user;
    json["uid"] = entry.caller.uid;
    json["pid"] = entry.caller.process;
    json["class"] = name_of(entry.caller.access);
    json["command"] = mask_secrets(entry.command);
    json["result"] = name_of(entry.result);
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::string AuditLog::write(const AuditEntry& entry) const {
    constexpr mode_t kMode = 0640;
    const int fd =
        ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
    const std::string line = audit_line(entry);
    const bool written =
        fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    const int error = errno;
    if (fd >= 0) {
        ::close(fd);
    }
    return written ? std::string()
                   : "the audit log " + path_ + " cannot be written: " + std::strerror(error) +
                         "; check the folder's permissions and free space";
}

}  // namespace eti::cli
