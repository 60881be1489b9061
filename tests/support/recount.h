// What the roll-ups should say, counted again from the sessions.
#pragma once

#include "eti/store/sqlite.h"

#include <string>
#include <vector>

namespace eti::analysis::test {

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
        {"server_hosts",
         "SELECT realm, day, server, host, attempts, blocked FROM server_hosts WHERE attempts <> 0",
         "SELECT realm, start / 86400000000, server, client, count(*), sum((facts & 64) / 64)"
         " FROM sessions WHERE facts & 128"
         " GROUP BY realm, start / 86400000000, server, client"},
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
    return text;
}

}  // namespace eti::analysis::test
