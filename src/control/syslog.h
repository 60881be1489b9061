// RFC 5424 messages with the vendor's structured data, as sd-syslog receivers know them.
#pragma once

#include "eti/base/clock.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::control {

// Facility user, severity informational and error: PRI 14 and 11.
enum class SyslogPriority : uint8_t { UserInfo = 14, UserError = 11 };

struct SyslogEvent {
    SyslogPriority priority = SyslogPriority::UserInfo;
    std::string_view category;  // what a stream's category selects: secintel, aamw, eti
    std::string_view application;
    std::string_view tag;  // MSGID
    std::vector<std::pair<std::string_view, std::string>> fields;
};

inline constexpr std::string_view kUnknown = "N/A";

// format_syslog renders one datagram without a line end. An empty value becomes N/A; values are
// escaped after RFC 5424 section 6.3.3, bytes that are no printable UTF-8 become '?'.
std::string format_syslog(const SyslogEvent& event, std::string_view host, Timestamp now);

}  // namespace eti::control
