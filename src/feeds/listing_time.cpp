#include "eti/feeds/indicator.h"
#include "eti/intel/feed_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace eti::analysis {
namespace {

using namespace std::chrono;

// Numbers takes digits and separators off the front of a text.
class Numbers {
  public:
    explicit Numbers(std::string_view text) : rest_(text) {}

    bool number(unsigned most, unsigned& value) {
        const char* end = rest_.data() + rest_.size();
        const auto [stopped, error] = std::from_chars(rest_.data(), end, value);
        if (error != std::errc{} || value > most) {
            return false;
        }
        rest_.remove_prefix(static_cast<std::size_t>(stopped - rest_.data()));
        return true;
    }
    bool any_of(std::string_view separators) {
        if (rest_.empty() || separators.find(rest_.front()) == std::string_view::npos) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    bool ended() const { return rest_.empty(); }
    bool ended_in_utc() const { return rest_.empty() || rest_ == "Z" || rest_ == " UTC"; }

  private:
    std::string_view rest_;
};

struct Parts {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
};

std::optional<int64_t> seconds_of(const Parts& parts) {
    const year_month_day date{year(static_cast<int>(parts.year)), month(parts.month),
                              day(parts.day)};
    if (!date.ok() || parts.year < 1970) {
        return std::nullopt;
    }
    const auto time =
        sys_days(date) + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second);
    return duration_cast<seconds>(time.time_since_epoch()).count();
}

bool read_clock(Numbers& text, Parts& parts) {
    if (!text.number(23, parts.hour) || !text.any_of(":") || !text.number(59, parts.minute)) {
        return false;
    }
    if (text.any_of(":") && !text.number(60, parts.second)) {
        return false;
    }
    unsigned fraction = 0;
    return (!text.any_of(".") || text.number(999'999'999, fraction)) && text.ended_in_utc();
}

bool read_iso(Numbers text, Parts& parts) {
    return text.number(9999, parts.year) && text.any_of("-") && text.number(12, parts.month) &&
           text.any_of("-") && text.number(31, parts.day) &&
           (text.ended() || (text.any_of(" T") && read_clock(text, parts)));
}

bool read_us(Numbers text, Parts& parts) {
    return text.number(12, parts.month) && text.any_of("/") && text.number(31, parts.day) &&
           text.any_of("/") && text.number(9999, parts.year) &&
           (text.ended() || (text.any_of(" ") && read_clock(text, parts)));
}

}  // namespace

std::optional<int64_t> listing_seconds(std::string_view text) {
    text = intel::trimmed(text);
    Parts parts;
    if (read_iso(Numbers(text), parts)) {
        return seconds_of(parts);
    }
    parts = {};
    if (read_us(Numbers(text), parts)) {
        return seconds_of(parts);
    }
    int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    constexpr int64_t kYear2200 = 7'258'118'400;
    if (error == std::errc{} && stopped == end && value >= 0 && value < kYear2200) {
        return value;
    }
    return std::nullopt;
}

std::string listing_text(int64_t at) {
    if (at <= 0) {
        return {};
    }
    const sys_seconds time{seconds(at)};
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    std::array<char, 48> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace eti::analysis
