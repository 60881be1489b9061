#include "eti/store/recent.h"

#include "eti/store/packed.h"

#include <algorithm>

namespace eti::analysis {
namespace {

constexpr uint64_t kWholeDay = 1;
constexpr uint64_t kHasBlocked = 2;
constexpr int64_t kHoursOfDay = 24;

int64_t day_start(int64_t hour) {
    const int64_t rest = hour % kHoursOfDay;
    return hour - (rest < 0 ? rest + kHoursOfDay : rest);
}

// A point is: the step from the previous point's hour, attempts, flags and level, blocked if any.
bool take_point(std::string_view& bytes, HistoryPoint& point) {
    int64_t step = 0;
    int64_t attempts = 0;
    uint64_t facts = 0;
    int64_t blocked = 0;
    if (!take_signed(bytes, step) || !take_signed(bytes, attempts) || !take_number(bytes, facts) ||
        ((facts & kHasBlocked) != 0 && !take_signed(bytes, blocked))) {
        return false;
    }
    point = {point.hour + step, (facts & kWholeDay) != 0, attempts, blocked,
             static_cast<int64_t>(facts >> 2U)};
    return true;
}

}  // namespace

std::string pack(const History& history) {
    std::string bytes;
    int64_t hour = 0;
    for (const HistoryPoint& point : history) {
        put_signed(bytes, point.hour - hour);
        put_signed(bytes, point.attempts);
        put_number(bytes, (static_cast<uint64_t>(point.level) << 2U) |
                              (point.blocked != 0 ? kHasBlocked : 0) |
                              (point.whole_day ? kWholeDay : 0));
        if (point.blocked != 0) {
            put_signed(bytes, point.blocked);
        }
        hour = point.hour;
    }
    return bytes;
}

History unpack_history(std::string_view bytes) {
    History history;
    HistoryPoint point;
    while (take_point(bytes, point)) {
        history.push_back(point);
    }
    return history;
}

void merge(History& history, const HistoryPoint& added) {
    HistoryPoint point = added;
    auto place = std::find_if(history.begin(), history.end(), [&](const HistoryPoint& each) {
        return each.hour == point.hour || (each.whole_day && each.hour == day_start(point.hour)) ||
               each.hour > point.hour;
    });
    const bool same =
        place != history.end() &&
        (place->hour == point.hour || (place->whole_day && place->hour == day_start(point.hour)));
    if (!same) {
        history.insert(place, point);
        return;
    }
    place->attempts += point.attempts;
    place->blocked += point.blocked;
    place->level = std::max(place->level, point.level);
    place->whole_day = place->whole_day || point.whole_day;
}

void fold(History& history, int64_t keep_hours_from, int64_t keep_days_from) {
    const int64_t hours_from = day_start(keep_hours_from);
    const auto is_due = [&](const HistoryPoint& point) {
        return point.hour < keep_days_from || (point.hour < hours_from && !point.whole_day);
    };
    if (std::none_of(history.begin(), history.end(), is_due)) {
        return;
    }
    History folded;
    for (HistoryPoint point : history) {
        if (point.hour < hours_from) {
            point.hour = day_start(point.hour);
            point.whole_day = true;
        }
        if (point.hour >= keep_days_from) {
            merge(folded, point);
        }
    }
    history = std::move(folded);
}

HistorySum sum_history(std::string_view bytes, int64_t from_hour, int64_t to_hour) {
    HistorySum sum;
    HistoryPoint point;
    while (take_point(bytes, point)) {
        if (point.hour >= from_hour && point.hour < to_hour) {
            sum.attempts += point.attempts;
            sum.blocked += point.blocked;
            sum.level = std::max(sum.level, point.level);
        }
    }
    return sum;
}

}  // namespace eti::analysis
