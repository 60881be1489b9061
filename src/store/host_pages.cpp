#include "eti/store/hosts.h"

#include <string>

namespace eti::analysis {
namespace {

// What a sort orders by before the address. A host without a score comes after every score; index
// hosts_heat has the same expression.
constexpr int64_t kNoHeat = -4611686018427387904;
std::string column_of(HostSort sort) {
    return sort == HostSort::FirstSeen      ? "first_seen"
           : sort == HostSort::LastEvidence ? "last_evidence"
                                            : "coalesce(heat, -4611686018427387904)";
}

int64_t value_of(HostSort sort, const HostRow& row) {
    return sort == HostSort::FirstSeen      ? row.first_us
           : sort == HostSort::LastEvidence ? row.last_evidence_us
                                            : row.heat.value_or(kNoHeat);
}

struct Order {
    std::string after;  // ?2 and ?3 are the last row's value and address
    std::string by;
};

Order order_of(const HostQuery& query) {
    const std::string beyond = query.descending ? " < " : " > ";
    const std::string way = query.descending ? " DESC" : "";
    if (query.sort == HostSort::Ip) {
        return {"?2 = ?2 AND host" + beyond + "?3", "host" + way};
    }
    const std::string column = column_of(query.sort);
    return {"(" + column + beyond + "?2 OR (" + column + " = ?2 AND host > ?3))",
            column + way + ", host"};
}

// Every condition is bound; an empty one lets everything through.
std::string statement(const HostQuery& query) {
    const Order order = order_of(query);
    return "SELECT host, first_seen, last_seen, attempts, blocked, last_evidence, status, policy,"
           " resolved, heat, identifier FROM hosts WHERE realm = ?1"
           " AND (?4 = '' OR status = ?4)"
           " AND (?5 < 0 OR ?5 = EXISTS (SELECT 1 FROM infected i WHERE i.realm = hosts.realm"
           " AND i.ip = ip_text(host) AND i.removed = 0))"
           " AND (?6 = '' OR instr(lower(identifier), ?6) > 0 OR instr(ip_text(host), ?6) = 1)"
           " AND last_evidence >= ?7 AND last_evidence < ?8 AND " +
           (query.after ? order.after : "?2 = ?2 AND ?3 = ?3") + " ORDER BY " + order.by +
           " LIMIT ?9";
}

}  // namespace

std::vector<HostRow> hosts_page(Database& database, const HostQuery& query) {
    std::vector<HostRow> hosts;
    const HostRow after = query.after.value_or(HostRow{});
    const int64_t infected = query.infected ? (*query.infected ? 1 : 0) : -1;
    Query row =
        database.query(statement(query).c_str(), query.realm, value_of(query.sort, after),
                       ip_key(after.ip), query.status, infected, query.text, query.evidence_from_us,
                       query.evidence_to_us, static_cast<int64_t>(query.limit));
    while (row.next()) {
        hosts.push_back(read_host_row(row));
    }
    return hosts;
}

}  // namespace eti::analysis
