#include "eti/metadata/record_json.h"

#include <array>
#include <chrono>

namespace eti::metadata {
namespace {

// TextCursor reads fixed-width fields from the front of a text.
class TextCursor {
  public:
    explicit TextCursor(std::string_view text) : rest_(text) {}

    bool digits(std::size_t count, int& value) {
        if (rest_.size() < count) {
            return false;
        }
        value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') {
                return false;
            }
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return true;
    }
    bool one_of(std::string_view characters, char& found) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
            return false;
        }
        found = rest_.front();
        rest_.remove_prefix(1);
        return true;
    }
    bool skip(std::string_view characters) {
        char found = 0;
        return one_of(characters, found);
    }
    bool empty() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

bool parse_date(TextCursor& text, std::chrono::sys_days& date) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!text.digits(4, year) || !text.skip("-") || !text.digits(2, month) || !text.skip("-") ||
        !text.digits(2, day)) {
        return false;
    }
    const std::chrono::year_month_day calendar{std::chrono::year(year),
                                               std::chrono::month(static_cast<unsigned>(month)),
                                               std::chrono::day(static_cast<unsigned>(day))};
    date = calendar;
    return calendar.ok();
}

bool parse_clock(TextCursor& text, std::chrono::nanoseconds& since_midnight) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!text.digits(2, hour) || !text.skip(":") || !text.digits(2, minute) || !text.skip(":") ||
        !text.digits(2, second) || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    since_midnight =
        std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    if (!text.skip(".")) {
        return true;
    }
    int digit = 0;
    int64_t unit = 100'000'000;
    bool any = false;
    for (; text.digits(1, digit); any = true, unit /= 10) {
        since_midnight += std::chrono::nanoseconds(digit * unit);
    }
    return any;
}

bool parse_offset(TextCursor& text, std::chrono::minutes& offset) {
    char sign = 0;
    int hours = 0;
    int minutes = 0;
    if (!text.one_of("Zz+-", sign)) {
        return false;
    }
    if (sign == 'Z' || sign == 'z') {
        offset = {};
        return true;
    }
    if (!text.digits(2, hours) || !text.skip(":") || !text.digits(2, minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    if (sign == '-') {
        offset = -offset;
    }
    return true;
}

}  // namespace

std::string format_time(Timestamp time) {
    const auto micros = std::chrono::floor<std::chrono::microseconds>(time);
    const auto days = std::chrono::floor<std::chrono::days>(micros);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(micros - days);
    std::string text = "0000-00-00T00:00:00.000000Z";
    // Not by printf: every record holds two, and that was a tenth of the time a record takes.
    const auto put = [&text](std::size_t end, uint64_t value) {
        for (; value > 0; value /= 10) {
            text[--end] = static_cast<char>('0' + value % 10);
        }
    };
    put(4, static_cast<uint64_t>(static_cast<int>(date.year())));
    put(7, static_cast<unsigned>(date.month()));
    put(10, static_cast<unsigned>(date.day()));
    put(13, static_cast<uint64_t>(clock.hours().count()));
    put(16, static_cast<uint64_t>(clock.minutes().count()));
    put(19, static_cast<uint64_t>(clock.seconds().count()));
    put(26, static_cast<uint64_t>(clock.subseconds().count()));
    return text;
}

std::optional<Timestamp> parse_time(std::string_view text) {
    TextCursor cursor(text);
    std::chrono::sys_days date;
    std::chrono::nanoseconds since_midnight{};
    std::chrono::minutes offset{};
    if (!parse_date(cursor, date) || !cursor.skip("Tt ") || !parse_clock(cursor, since_midnight) ||
        !parse_offset(cursor, offset) || !cursor.empty()) {
        return std::nullopt;
    }
    // 64 bits of nanoseconds end inside the years 1677 and 2262.
    const auto year = std::chrono::year_month_day(date).year();
    if (year < std::chrono::year(1678) || year > std::chrono::year(2261)) {
        return std::nullopt;
    }
    return Timestamp(date) + since_midnight - offset;
}

}  // namespace eti::metadata
