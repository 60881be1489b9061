#include "eti/store/server_index.h"

#include "store/server_columns.h"

#include <algorithm>
#include <mutex>

namespace eti::analysis {
namespace {

using Columns = ServerIndex::Columns;

// One pass: what matches and comes after the cursor goes through a heap of limit + 1 rows.
template <ServerSort kSort>
class Pass {
  public:
    Pass(const Columns& columns, const ServerQuery& query)
        : columns_(columns), query_(query), matcher_(query.filter, query.sets) {}

    ServerPage run() {
        ServerPage page;
        const std::size_t most = query_.limit + 1;
        const auto worse_last = [&](const Row& a, const Row& b) { return before(a, b); };
        const auto size = static_cast<uint32_t>(columns_.size());
        // Servers were loaded by address: from the far end, the last ones come first and no row
        // has to make room for a better one.
        const bool from_the_end = kSort == ServerSort::Ip && query_.descending;
        for (uint32_t i = 0; i < size; ++i) {
            const uint32_t slot = from_the_end ? size - 1 - i : i;
            const Row row = sums_of(slot);
            if (row.attempts == 0 ||
                (!query_.filter.empty() &&
                 !matcher_.matches({columns_, slot, row.attempts, row.level}))) {
                continue;
            }
            ++page.total;
            if ((rows_.size() == most && !before(row, rows_.front())) || !is_after_cursor(row)) {
                continue;
            }
            rows_.push_back(row);
            std::push_heap(rows_.begin(), rows_.end(), worse_last);
            if (rows_.size() > most) {
                std::pop_heap(rows_.begin(), rows_.end(), worse_last);
                rows_.pop_back();
            }
        }
        std::sort_heap(rows_.begin(), rows_.end(), worse_last);
        finish(page);
        return page;
    }

  private:
    struct Row {
        uint32_t slot = 0;
        int64_t attempts = 0;
        int64_t level = 0;
    };

    HistorySum sum_in_range(uint32_t slot) const {
        return sum_history(columns_.history[slot], query_.range.from_us / kHourUs,
                           (query_.range.to_us + kHourUs - 1) / kHourUs);
    }

    Row sums_of(uint32_t slot) const {
        Row row{slot, 0, 0};
        if (query_.window) {
            const auto window = static_cast<std::size_t>(*query_.window);
            row.attempts = columns_.attempts[window][slot];
            row.level = columns_.level[window][slot];
        } else {
            const HistorySum sum = sum_in_range(slot);
            row.attempts = sum.attempts;
            row.level = sum.level;
        }
        if (columns_.false_positive[slot] != 0) {
            row.level = 0;
        }
        return row;
    }

    int64_t number_of(const Row& row) const {
        switch (kSort) {
            case ServerSort::Level:
                return row.level;
            case ServerSort::Count:
                return row.attempts;
            case ServerSort::LastSeen:
                return columns_.last_us[row.slot];
            default:
                return 0;
        }
    }

    std::string_view text_of(const Row& row) const {
        switch (kSort) {
            case ServerSort::Hostname:
                return columns_.name_key[row.slot];
            case ServerSort::Country:
                return columns_.country[row.slot];
            case ServerSort::Category:
                return columns_.categories[columns_.category[row.slot]];
            default:
                return {};
        }
    }

    static constexpr bool is_text() {
        return kSort == ServerSort::Hostname || kSort == ServerSort::Country ||
               kSort == ServerSort::Category;
    }

    // Rows with equal values: the last seen first, then by address.
    bool before(const Row& a, const Row& b) const {
        if constexpr (kSort == ServerSort::Hostname) {
            const uint64_t first = columns_.name_start[a.slot];
            const uint64_t second = columns_.name_start[b.slot];
            if (first != second) {
                return query_.descending ? first > second : first < second;
            }
        }
        if constexpr (is_text()) {
            if (const int order = text_of(a).compare(text_of(b)); order != 0) {
                return query_.descending ? order > 0 : order < 0;
            }
        } else if constexpr (kSort == ServerSort::Ip) {
            return query_.descending ? columns_.ip[a.slot] > columns_.ip[b.slot]
                                     : columns_.ip[a.slot] < columns_.ip[b.slot];
        } else if (number_of(a) != number_of(b)) {
            return query_.descending ? number_of(a) > number_of(b) : number_of(a) < number_of(b);
        }
        if (columns_.last_us[a.slot] != columns_.last_us[b.slot]) {
            return columns_.last_us[a.slot] > columns_.last_us[b.slot];
        }
        return columns_.ip[a.slot] < columns_.ip[b.slot];
    }

    bool is_after_cursor(const Row& row) const {
        if (!query_.after) {
            return true;
        }
        const ServerCursor& cursor = *query_.after;
        const net::IpAddress& ip = columns_.ip[row.slot];
        if constexpr (kSort == ServerSort::Ip) {
            return query_.descending ? ip < cursor.ip : ip > cursor.ip;
        }
        if constexpr (is_text()) {
            if (const int order = text_of(row).compare(cursor.text); order != 0) {
                return query_.descending ? order < 0 : order > 0;
            }
        } else if (const int64_t number = number_of(row); number != cursor.number) {
            return query_.descending ? number < cursor.number : number > cursor.number;
        }
        const int64_t last_us = columns_.last_us[row.slot];
        return last_us != cursor.last_us ? last_us < cursor.last_us : ip > cursor.ip;
    }

    void finish(ServerPage& page) {
        if (rows_.size() > query_.limit) {
            rows_.pop_back();
            const Row& last = rows_.back();
            page.next = ServerCursor{number_of(last), std::string(text_of(last)),
                                     columns_.last_us[last.slot], columns_.ip[last.slot]};
        }
        for (const Row& row : rows_) {
            ServerHit hit{columns_.ip[row.slot], row.level, row.attempts, 0,
                          columns_.false_positive[row.slot] != 0};
            hit.blocked = query_.window
                              ? columns_.blocked[static_cast<std::size_t>(*query_.window)][row.slot]
                              : std::max<int64_t>(sum_in_range(row.slot).blocked, 0);
            page.hits.push_back(hit);
        }
    }

    const Columns& columns_;
    const ServerQuery& query_;
    Matcher matcher_;
    std::vector<Row> rows_;
};

ServerPage run_pass(const Columns& columns, const ServerQuery& query) {
    switch (query.sort) {
        case ServerSort::Ip:
            return Pass<ServerSort::Ip>(columns, query).run();
        case ServerSort::Hostname:
            return Pass<ServerSort::Hostname>(columns, query).run();
        case ServerSort::Count:
            return Pass<ServerSort::Count>(columns, query).run();
        case ServerSort::Country:
            return Pass<ServerSort::Country>(columns, query).run();
        case ServerSort::LastSeen:
            return Pass<ServerSort::LastSeen>(columns, query).run();
        case ServerSort::Category:
            return Pass<ServerSort::Category>(columns, query).run();
        case ServerSort::Level:
            break;
    }
    return Pass<ServerSort::Level>(columns, query).run();
}

int64_t floor_day(int64_t us) {
    return day_of_us(us) * kDayUs;
}

}  // namespace

ServerIndex::ServerIndex() = default;
ServerIndex::~ServerIndex() = default;

ServerIndex::Columns& ServerIndex::realm_columns(Realm realm) {
    for (const auto& [known, columns] : realms_) {
        if (known == realm) {
            return *columns;
        }
    }
    return *realms_.emplace_back(realm, std::make_unique<Columns>()).second;
}

void ServerIndex::load(Database& database, Timestamp now) {
    now_hour_ = hour_of(to_micros(now));
    each_server(database, [this](const ServerState& state) { put(state); });
    Query row = database.query("SELECT realm, server FROM false_positives");
    while (row.next()) {
        Columns& columns = realm_columns(row.integer(0));
        columns.false_positive[columns.slot_of(ip_from(row.text(1)))] = 1;
    }
}

void ServerIndex::put(const ServerState& state) {
    realm_columns(state.realm).set(state, window_hours(now_hour_));
}

void ServerIndex::update(const std::vector<ServerState>& changed,
                         const std::vector<ServerMark>& marked) {
    const std::unique_lock lock(mutex_);
    for (const ServerState& state : changed) {
        put(state);
    }
    for (const ServerMark& mark : marked) {
        Columns& columns = realm_columns(mark.realm);
        columns.false_positive[columns.slot_of(mark.ip)] = mark.false_positive ? 1 : 0;
    }
}

void ServerIndex::remove(const std::vector<std::pair<Realm, net::IpAddress>>& servers) {
    const std::unique_lock lock(mutex_);
    for (const auto& [realm, ip] : servers) {
        realm_columns(realm).erase(ip);
    }
}

void ServerIndex::advance(Timestamp now) {
    constexpr std::size_t kAtATime = 20'000;
    const int64_t hour = hour_of(to_micros(now));
    std::size_t place = 0;
    bool more = true;
    {
        const std::shared_lock lock(mutex_);
        more = hour != now_hour_;
    }
    while (more) {  // in steps, so that no page waits for all of it
        const std::unique_lock lock(mutex_);
        now_hour_ = hour;
        more = false;
        for (const auto& [realm, columns] : realms_) {
            const std::size_t end = std::min(columns->size(), place + kAtATime);
            for (std::size_t slot = place; slot < end; ++slot) {
                columns->set_windows(static_cast<uint32_t>(slot), window_hours(hour));
            }
            more = more || end < columns->size();
        }
        place += kAtATime;
    }
}

TimeRange ServerIndex::range_of(Window window) const {
    const std::shared_lock lock(mutex_);
    const auto hours = window_hours(now_hour_)[static_cast<std::size_t>(window)];
    return {hours.first * kHourUs, (now_hour_ + 1) * kHourUs};
}

ServerPage ServerIndex::page(const ServerQuery& query) const {
    ServerPage page;
    {
        const std::shared_lock lock(mutex_);
        for (const auto& [realm, columns] : realms_) {
            if (realm == query.realm) {
                page = run_pass(*columns, query);
            }
        }
    }
    page.range = query.window ? range_of(*query.window) : query.range;
    return page;
}

std::size_t ServerIndex::size(Realm wanted) const {
    const std::shared_lock lock(mutex_);
    for (const auto& [realm, columns] : realms_) {
        if (realm == wanted) {
            return columns->size();
        }
    }
    return 0;
}

std::size_t ServerIndex::size() const {
    const std::shared_lock lock(mutex_);
    std::size_t size = 0;
    for (const auto& [realm, columns] : realms_) {
        size += columns->size();
    }
    return size;
}

TimeRange snap(const TimeRange& range, Timestamp now) {
    const int64_t hours_from = floor_day(to_micros(now) - kHourlyHours * kHourUs);
    TimeRange snapped;
    snapped.from_us =
        range.from_us < hours_from ? floor_day(range.from_us) : hour_of(range.from_us) * kHourUs;
    snapped.to_us = range.to_us < hours_from ? floor_day(range.to_us + kDayUs - 1)
                                             : hour_of(range.to_us + kHourUs - 1) * kHourUs;
    snapped.to_us = std::max(snapped.to_us, snapped.from_us + kHourUs);
    return snapped;
}

}  // namespace eti::analysis
