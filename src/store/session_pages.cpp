#include "store/session_lists.h"
#include "store/session_table.h"

#include <algorithm>

namespace eti::analysis {
namespace {

// A request looks at this many rows at most; the page then ends early and says where to go on.
constexpr std::size_t kMaxLookedAt = 20'000;

class Walk {
  public:
    Walk(Database& database, const SessionQuery& query) : database_(database), query_(query) {}

    SessionRows run() {
        if (query_.server || query_.host) {
            by_days();
        } else {
            Query row = database_.query(
                "SELECT row FROM sessions WHERE realm = ? AND row < ? ORDER BY row DESC",
                query_.realm, query_.before.row);
            while (row.next() && take({INT64_MAX, row.integer(0)})) {
            }
        }
        return std::move(found_);
    }

  private:
    // Newest first within a day; days are of the sessions' starts, so a session that arrived late
    // stands with its day.
    void by_days() {
        const int64_t oldest = day_of_us(query_.range.from_us);
        for (int64_t day = newest_day(); day >= oldest; day = day_before(day)) {
            if (!by_parts(day, day == query_.before.day ? query_.before.row : INT64_MAX)) {
                return;
            }
        }
    }

    bool by_parts(int64_t day, int64_t before) {
        const char* sql =
            query_.server ? "SELECT part, sessions FROM server_sessions WHERE realm = ? AND day = ?"
                            " AND server = ? AND part <= ? ORDER BY part DESC"
                          : "SELECT part, sessions FROM host_sessions WHERE realm = ? AND day = ?"
                            " AND host = ? AND part <= ? ORDER BY part DESC";
        const net::IpAddress& key = query_.server ? *query_.server : *query_.host;
        Query part = database_.query(sql, query_.realm, day, ip_key(key), before / kSessionsInPart);
        while (part.next()) {
            const auto rows = unpack_sessions(part.integer(0), part.text(1));
            for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
                if (*row < before && !take({day, *row})) {
                    return false;
                }
            }
        }
        return true;
    }

    int64_t newest_day() {
        Query row = database_.query("SELECT max(day) FROM realm_days WHERE realm = ? AND day <= ?",
                                    query_.realm,
                                    std::min(query_.before.day, day_of_us(query_.range.to_us - 1)));
        return row.next() && !row.is_null(0) ? row.integer(0) : INT64_MIN;
    }
    int64_t day_before(int64_t day) {
        Query row = database_.query("SELECT max(day) FROM realm_days WHERE realm = ? AND day < ?",
                                    query_.realm, day);
        return row.next() && !row.is_null(0) ? row.integer(0) : INT64_MIN;
    }

    bool take(const SessionCursor& place) {
        if (found_.rows.size() == query_.limit || ++looked_at_ > kMaxLookedAt) {
            found_.next = last_;
            return false;
        }
        last_ = place;
        Query row = database_.query(
            "SELECT start, client, server FROM sessions WHERE row = ? AND realm = ?", place.row,
            query_.realm);
        if (row.next() && row.integer(0) >= query_.range.from_us &&
            row.integer(0) < query_.range.to_us &&
            (!query_.host || ip_from(row.text(1)) == *query_.host) &&
            (!query_.server || ip_from(row.text(2)) == *query_.server)) {
            found_.rows.push_back(place.row);
        }
        return true;
    }

    Database& database_;
    const SessionQuery& query_;
    SessionRows found_;
    std::size_t looked_at_ = 0;
    SessionCursor last_;
};

}  // namespace

SessionRows session_rows(Database& database, const SessionQuery& query) {
    return Walk(database, query).run();
}

}  // namespace eti::analysis
