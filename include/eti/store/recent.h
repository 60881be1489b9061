// A server's or a day's history in few bytes: attempts, blocked ones and the highest level by
// hour, the older part of it by day.
#pragma once

#include "eti/store/keys.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct HistoryPoint {
    int64_t hour = 0;  // since the epoch; of a whole day: its first hour
    bool whole_day = false;
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t level = 0;
};

// History is sorted by hour.
using History = std::vector<HistoryPoint>;

std::string pack(const History& history);
History unpack_history(std::string_view bytes);  // stops at the first damaged point
// merge adds a point; points of one hour (or of a day kept whole) are summed.
void merge(History& history, const HistoryPoint& point);
// fold turns hours before keep_hours_from into whole days and forgets days before keep_days_from.
void fold(History& history, int64_t keep_hours_from, int64_t keep_days_from);

struct HistorySum {
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t level = 0;
};
// sum_history sums the points that begin in [from_hour, to_hour), without unpacking into memory.
HistorySum sum_history(std::string_view bytes, int64_t from_hour, int64_t to_hour);

inline constexpr int64_t kHourlyHours = 48;  // a server row's hours; older ones are whole days
inline constexpr int64_t kHistoryDays = 31;

}  // namespace eti::analysis
