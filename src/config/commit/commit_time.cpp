#include "config/commit/commit_time.h"

#include "eti/config/edit_session.h"

#include <array>
#include <chrono>
#include <ctime>

namespace eti::config {
namespace {

std::tm local_fields(Timestamp time) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch() / std::chrono::seconds(1);
    std::tm fields{};
    ::localtime_r(&seconds, &fields);
    return fields;
}

bool reads(const std::string& text, const char* format, std::tm& fields) {
    const char* end = ::strptime(text.c_str(), format, &fields);
    return end != nullptr && *end == '\0';
}

}  // namespace

Timestamp parse_commit_time(std::string_view text, Timestamp now) {
    constexpr std::array<const char*, 4> kFormats = {"%H:%M:%S", "%H:%M", "%Y-%m-%d %H:%M:%S",
                                                     "%Y-%m-%d %H:%M"};
    for (const char* format : kFormats) {
        std::tm fields = local_fields(now);
        fields.tm_sec = 0;
        if (!reads(std::string(text), format, fields)) {
            continue;
        }
        fields.tm_isdst = -1;  // as the day has it
        const Timestamp time{std::chrono::seconds(std::mktime(&fields))};
        if (time <= now) {
            throw EditError("error: commit time " + local_text(time) + " is in the past");
        }
        return time;
    }
    throw EditError("error: invalid commit time '" + std::string(text) +
                    "'; use hh:mm[:ss] or \"yyyy-mm-dd hh:mm[:ss]\"");
}

std::string local_text(Timestamp time) {
    const std::tm fields = local_fields(time);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &fields);
    return text;
}

}  // namespace eti::config
