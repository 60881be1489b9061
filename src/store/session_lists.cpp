#include "store/session_lists.h"

#include "eti/store/packed.h"

#include <algorithm>
#include <iterator>

namespace eti::analysis {
namespace {

std::string pack_places(const std::vector<int64_t>& places) {
    std::string bytes;
    int64_t last = 0;
    for (const int64_t place : places) {
        put_number(bytes, static_cast<uint64_t>(place - last));
        last = place;
    }
    return bytes;
}

}  // namespace

std::string pack_sessions(const std::vector<int64_t>& rows) {
    std::vector<int64_t> places;
    places.reserve(rows.size());
    for (const int64_t row : rows) {
        places.push_back(row % kSessionsInPart);
    }
    return pack_places(places);
}

std::vector<int64_t> unpack_sessions(int64_t part, std::string_view bytes) {
    std::vector<int64_t> rows;
    int64_t row = part * kSessionsInPart;
    uint64_t step = 0;
    while (take_number(bytes, step)) {
        row += static_cast<int64_t>(step);
        rows.push_back(row);
    }
    return rows;
}

std::string join_sessions(std::string_view first, std::string_view second) {
    const std::vector<int64_t> held = unpack_sessions(0, first);
    const std::vector<int64_t> added = unpack_sessions(0, second);
    std::vector<int64_t> places;
    places.reserve(held.size() + added.size());
    std::set_union(held.begin(), held.end(), added.begin(), added.end(),
                   std::back_inserter(places));
    return pack_places(places);
}

void add_to_list(Database& database, ListOf list, Realm realm, int64_t day,
                 const net::IpAddress& ip, std::vector<int64_t>& rows) {
    const char* sql = list == ListOf::Server
                          ? "INSERT INTO server_sessions VALUES(?, ?, ?, ?, ?)"
                            " ON CONFLICT(realm, day, server, part) DO UPDATE"
                            " SET sessions = join_sessions(sessions, excluded.sessions)"
                          : "INSERT INTO host_sessions VALUES(?, ?, ?, ?, ?)"
                            " ON CONFLICT(realm, day, host, part) DO UPDATE"
                            " SET sessions = join_sessions(sessions, excluded.sessions)";
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (auto first = rows.begin(); first != rows.end();) {
        const int64_t part = *first / kSessionsInPart;
        const auto last = std::lower_bound(first, rows.end(), (part + 1) * kSessionsInPart);
        const std::string sessions = pack_sessions({first, last});
        database.run(sql, realm, day, ip_key(ip), part, Blob{sessions});
        first = last;
    }
}

}  // namespace eti::analysis
