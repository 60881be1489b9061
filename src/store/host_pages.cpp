#include "eti/store/hosts.h"

#include <algorithm>

namespace eti::analysis {
namespace {

// Every condition is bound; an empty one lets everything through.
constexpr const char* kConditions =
    " AND (?4 = '' OR status = ?4)"
    " AND (?5 < 0 OR ?5 = EXISTS (SELECT 1 FROM infected i WHERE i.realm = hosts.realm"
    " AND i.ip = ip_text(host) AND i.removed = 0))"
    " AND (?6 = '' OR instr(lower(identifier), ?6) > 0 OR instr(ip_text(host), ?6) = 1)";

}  // namespace

std::vector<HostRow> hosts_page(Database& database, const HostQuery& query) {
    static const std::string columns =
        "SELECT host, first_seen, last_seen, attempts, blocked, last_evidence, status, policy,"
        " resolved, heat, identifier FROM hosts WHERE realm = ?1";
    static const std::string by_score =
        columns + " AND heat IS NOT NULL AND (heat < ?2 OR (heat = ?2 AND host > ?3))" +
        kConditions + " ORDER BY heat DESC, host LIMIT ?7";
    static const std::string without_score = columns +
                                             " AND heat IS NULL AND ?2 = ?2 AND host > ?3" +
                                             kConditions + " ORDER BY host LIMIT ?7";
    std::vector<HostRow> hosts;
    const int64_t infected = query.infected ? (*query.infected ? 1 : 0) : -1;
    const auto read = [&](const std::string& sql, int64_t heat, const net::IpAddress& after) {
        Query row =
            database.query(sql.c_str(), query.realm, heat, ip_key(after), query.status, infected,
                           query.text, static_cast<int64_t>(query.limit - hosts.size()));
        while (row.next()) {
            hosts.push_back(read_host_row(row));
        }
    };
    const auto& after = query.after;
    if (!after || after->heat) {
        read(by_score, after ? *after->heat : INT64_MAX, after ? after->ip : net::IpAddress{});
    }
    if (hosts.size() < query.limit) {
        read(without_score, 0, after && !after->heat ? after->ip : net::IpAddress{});
    }
    return hosts;
}

}  // namespace eti::analysis
