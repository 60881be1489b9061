#include "uplink/rfc3339.h"

#include <cstdio>

namespace eti::uplink {
namespace {

bool digits(std::string_view text, std::size_t from, std::size_t count, int& value) {
    value = 0;
    for (std::size_t i = from; i < from + count; ++i) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    return true;
}

// fraction reads ".123" as nanoseconds; the dot and one digit at least are required.
bool fraction(std::string_view text, int& nanoseconds) {
    if (text.size() < 2 || text.size() > 10 || text[0] != '.' ||
        !digits(text, 1, text.size() - 1, nanoseconds)) {
        return false;
    }
    for (std::size_t i = text.size(); i < 10; ++i) {
        nanoseconds *= 10;
    }
    return true;
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    using namespace std::chrono;
    constexpr std::size_t kShortest = std::string_view("2026-11-24T03:46:14Z").size();
    if (text.size() < kShortest || text.back() != 'Z' || text[4] != '-' || text[7] != '-' ||
        text[10] != 'T' || text[13] != ':' || text[16] != ':') {
        return std::nullopt;
    }
    int y = 0;
    int mo = 0;
    int d = 0;
    int h = 0;
    int mi = 0;
    int s = 0;
    int ns = 0;
    if (!digits(text, 0, 4, y) || !digits(text, 5, 2, mo) || !digits(text, 8, 2, d) ||
        !digits(text, 11, 2, h) || !digits(text, 14, 2, mi) || !digits(text, 17, 2, s)) {
        return std::nullopt;
    }
    const std::string_view rest = text.substr(19, text.size() - 20);
    if (!rest.empty() && !fraction(rest, ns)) {
        return std::nullopt;
    }
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                              day{static_cast<unsigned>(d)}};
    // Second 60 is a leap second; the day's nanoseconds have no place for it but the next second.
    if (!date.ok() || y < 1970 || y > 2261 || h > 23 || mi > 59 || s > 60) {
        return std::nullopt;
    }
    return Timestamp{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + nanoseconds{ns};
}

std::string format_rfc3339(Timestamp time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss<nanoseconds> clock{time - day};
    char text[64];
    int length = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    std::string result(text, static_cast<std::size_t>(length));
    if (clock.subseconds().count() != 0) {
        length =
            std::snprintf(text, sizeof text, ".%09d", static_cast<int>(clock.subseconds().count()));
        result.append(text, static_cast<std::size_t>(length));
    }
    return result + 'Z';
}

}  // namespace eti::uplink
