// What the roll-ups should say, counted again from the sessions.
#pragma once

#include "eti/store/stores.h"

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace eti::analysis::test {

// Hosts of every server and day, and servers of every host, as the pages show them.
inline std::string differences_of_pairs(Database& database) {
    using Pair = std::tuple<Realm, int64_t, net::IpAddress, net::IpAddress, int64_t, int64_t>;
    std::set<Pair> kept;
    std::set<Pair> counted;
    {
        Query row = database.query("SELECT realm, day, server FROM server_days");
        while (row.next()) {
            const int64_t day = row.integer(1);
            const net::IpAddress server = ip_from(row.text(2));
            for (const ServerHostRow& host : server_hosts(database, row.integer(0), server,
                                                          {day * kDayUs, (day + 1) * kDayUs})) {
                kept.insert({row.integer(0), day, server, host.host, host.attempts, host.blocked});
            }
        }
        Query recount = database.query(
            "SELECT realm, start / 86400000000, server, client, count(*), sum((facts & 64) / 64)"
            " FROM sessions WHERE facts & 128"
            " GROUP BY realm, start / 86400000000, server, client");
        while (recount.next()) {
            counted.insert({recount.integer(0), recount.integer(1), ip_from(recount.text(2)),
                            ip_from(recount.text(3)), recount.integer(4), recount.integer(5)});
        }
    }
    std::string text = kept == counted ? "" : "hosts of servers are not what a recount says\n";
    kept.clear();
    counted.clear();
    Query row = database.query("SELECT realm, host FROM hosts");
    while (row.next()) {
        const net::IpAddress host = ip_from(row.text(1));
        for (const HostServerRow& server : host_servers(database, row.integer(0), host)) {
            if (server.attempts != 0) {
                kept.insert(
                    {row.integer(0), 0, server.server, host, server.attempts, server.blocked});
            }
        }
    }
    Query recount = database.query(
        "SELECT realm, server, client, count(*), sum((facts & 64) / 64) FROM sessions"
        " WHERE facts & 128 GROUP BY realm, server, client");
    while (recount.next()) {
        counted.insert({recount.integer(0), 0, ip_from(recount.text(1)), ip_from(recount.text(2)),
                        recount.integer(3), recount.integer(4)});
    }
    return text + (kept == counted ? "" : "servers of hosts are not what a recount says\n");
}

// Sessions of every server, page by page.
inline std::string differences_of_lists(Database& database) {
    const Stores stores = embedded_stores(database);
    std::string text;
    Query server = database.query("SELECT realm, server FROM servers");
    while (server.next()) {
        std::vector<int64_t> counted;
        Query recount = database.query(
            "SELECT row FROM sessions WHERE realm = ? AND server = ? AND facts & 128"
            " ORDER BY start / 86400000000 DESC, row DESC",
            server.integer(0), Blob{server.text(1)});
        while (recount.next()) {
            counted.push_back(recount.integer(0));
        }
        std::vector<int64_t> listed;
        SessionQuery query{server.integer(0), ip_from(server.text(1)), {}, {0, INT64_MAX}, {}, 3};
        for (std::optional<SessionCursor> next = query.before; next;) {
            query.before = *next;
            const SessionsPage page = stores.history->sessions(query);
            for (const SessionRow& session : page.sessions) {
                listed.push_back(session.row);
            }
            next = page.next;
        }
        if (listed != counted) {
            text += "sessions of " + net::to_string(*query.server) + " are not a recount's\n";
        }
    }
    return text;
}

// differences_from_recount is empty when every roll-up equals a recount; else the first row of
// each table that does not, as text.
inline std::string differences_from_recount(Database& database) {
    // The bits of "facts": 64 blocked, 128 counted by the server, 256 the client is a host.
    struct Check {
        const char* table;
        const char* kept;
        const char* counted;
    };
    const std::vector<Check> checks = {
        {"servers",
         "SELECT realm, server, attempts, blocked, level, first_seen, last_seen FROM servers",
         "SELECT realm, server, count(*), sum((facts & 64) / 64), max(level), min(start), max(last)"
         " FROM sessions WHERE facts & 128 GROUP BY realm, server"},
        {"server_days",
         "SELECT realm, day, server, attempts, blocked FROM server_days WHERE attempts <> 0",
         "SELECT realm, start / 86400000000, server, count(*), sum((facts & 64) / 64)"
         " FROM sessions WHERE facts & 128 GROUP BY realm, start / 86400000000, server"},
        {"hosts", "SELECT realm, host, attempts, blocked, last_seen FROM hosts WHERE attempts <> 0",
         "SELECT realm, client, count(*), sum((facts & 64) / 64), max(last)"
         " FROM sessions WHERE facts & 256 GROUP BY realm, client"},
        {"realm_days", "SELECT realm, day, attempts, blocked FROM realm_days WHERE attempts <> 0",
         "SELECT realm, start / 86400000000, count(*), sum((facts & 64) / 64)"
         " FROM sessions WHERE facts & 128 GROUP BY realm, start / 86400000000"},
    };
    std::string text;
    for (const Check& check : checks) {
        for (const bool missing : {false, true}) {
            const std::string first = missing ? check.counted : check.kept;
            const std::string second = missing ? check.kept : check.counted;
            const std::string sql = "SELECT count(*) FROM (" + first + " EXCEPT " + second + ")";
            Query row = database.query(sql.c_str());
            if (row.next() && row.integer(0) > 0) {
                text += std::string(check.table) + ": " + std::to_string(row.integer(0)) +
                        (missing ? " rows are missing\n" : " rows are not what a recount says\n");
            }
        }
    }
    return text + differences_of_pairs(database) + differences_of_lists(database);
}

}  // namespace eti::analysis::test
