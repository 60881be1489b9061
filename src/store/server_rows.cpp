#include "store/server_rows.h"

#include "eti/store/packed.h"
#include "store/rollup_codec.h"

namespace eti::analysis {
namespace {

ServerState read_state(const Query& row) {
    ServerState state;
    state.realm = row.integer(0);
    state.ip = ip_from(row.text(1));
    state.name = row.text(2);
    state.name_source = static_cast<NameSource>(row.integer(3));
    state.level = row.integer(4);
    state.category = row.text(5);
    state.category_level = row.integer(6);
    state.country = row.text(7);
    state.attempts = row.integer(8);
    state.blocked = row.integer(9);
    state.first_us = row.integer(10);
    state.last_us = row.integer(11);
    state.visibility = unpack_visibility(row.text(12));
    state.ports = unpack_ports(row.text(13));
    state.history = row.text(14);
    return state;
}

}  // namespace

std::optional<ServerState> server_state(Database& database, Realm realm, const net::IpAddress& ip) {
    Query row = database.query(
        "SELECT realm, server, name, name_source, level, category, category_level, country,"
        " attempts, blocked, first_seen, last_seen, visibility, ports, history FROM servers"
        " WHERE realm = ? AND server = ?",
        realm, ip_key(ip));
    return row.next() ? std::optional(read_state(row)) : std::nullopt;
}

void each_server(Database& database, const std::function<void(const ServerState&)>& use) {
    Query row = database.query(
        "SELECT realm, server, name, name_source, level, category, category_level, country,"
        " attempts, blocked, first_seen, last_seen, visibility, ports, history FROM servers"
        " ORDER BY realm, server");
    while (row.next()) {
        use(read_state(row));
    }
}

void put_server(Database& database, const ServerState& state, bool stored) {
    const char* sql =
        stored ? "UPDATE servers SET name = ?3, name_source = ?4, level = ?5, category = ?6,"
                 " category_level = ?7, country = ?8, attempts = ?9, blocked = ?10,"
                 " first_seen = ?11, last_seen = ?12, visibility = ?13, ports = ?14,"
                 " history = ?15 WHERE realm = ?1 AND server = ?2"
               : "INSERT INTO servers(realm, server, name, name_source, level, category,"
                 " category_level, country, attempts, blocked, first_seen, last_seen, visibility,"
                 " ports, history) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const std::string visibility = pack_visibility(state.visibility);
    const std::string ports = pack_ports(state.ports);
    database.run(sql, state.realm, ip_key(state.ip), state.name,
                 static_cast<int64_t>(state.name_source), state.level, state.category,
                 state.category_level, state.country, state.attempts, state.blocked, state.first_us,
                 state.last_us, Blob{visibility}, Blob{ports}, Blob{state.history});
}

ServerDay server_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip,
                     WithHosts hosts) {
    const char* sql = hosts == WithHosts::Yes
                          ? "SELECT attempts, blocked, level, hours, visibility, ports, hosts"
                            " FROM server_days WHERE realm = ? AND day = ? AND server = ?"
                          : "SELECT attempts, blocked, level, hours, visibility, ports"
                            " FROM server_days WHERE realm = ? AND day = ? AND server = ?";
    Query row = database.query(sql, realm, day, ip_key(ip));
    ServerDay found;
    if (row.next()) {
        found = {row.integer(0),
                 row.integer(1),
                 row.integer(2),
                 unpack_history(row.text(3)),
                 unpack_visibility(row.text(4)),
                 unpack_ports(row.text(5)),
                 {},
                 true};
        if (hosts == WithHosts::Yes) {
            each_host(row.text(6), day, [&](const HostDay& host) {
                found.hosts.push_back(host);
                return true;
            });
        }
    }
    return found;
}

std::string hosts_of_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip) {
    Query row =
        database.query("SELECT hosts FROM server_days WHERE realm = ? AND day = ? AND server = ?",
                       realm, day, ip_key(ip));
    return row.next() ? row.text(0) : std::string();
}

void put_server_day(Database& database, Realm realm, int64_t day, const net::IpAddress& ip,
                    const ServerDay& row) {
    const char* sql =
        row.stored ? "UPDATE server_days SET attempts = ?4, blocked = ?5, level = ?6, hours = ?7,"
                     " visibility = ?8, ports = ?9, hosts = ?10 WHERE realm = ?1 AND day = ?2 AND "
                     "server = ?3"
                   : "INSERT INTO server_days(realm, day, server, attempts, blocked, level, hours,"
                     " visibility, ports, hosts) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const std::string hours = pack(row.hours);
    const std::string visibility = pack_visibility(row.visibility);
    const std::string ports = pack_ports(row.ports);
    const std::string hosts = pack_hosts(row.hosts, day);
    database.run(sql, realm, day, ip_key(ip), row.attempts, row.blocked, row.level, Blob{hours},
                 Blob{visibility}, Blob{ports}, Blob{hosts});
}

void put_ip(std::string& out, const net::IpAddress& ip) {
    put_text(out, ip.is_v4() ? ip_bytes(ip).substr(12) : ip_bytes(ip));
}

std::string pack_hosts(const HostDays& hosts, int64_t day) {
    std::string bytes;
    for (const HostDay& host : hosts) {
        put_ip(bytes, host.host);
        put_signed(bytes, host.attempts);
        put_signed(bytes, host.blocked);
        put_signed(bytes, host.level);
        put_signed(bytes, host.last_us - day * kDayUs);
    }
    return bytes;
}

void add_met(Database& database, Realm realm, int64_t day, const net::IpAddress& host, int64_t part,
             std::string_view servers) {
    database.run(
        "INSERT INTO host_servers VALUES(?, ?, ?, ?, ?) ON CONFLICT(realm, day, host, part)"
        " DO UPDATE SET servers = CAST(servers || excluded.servers AS BLOB)",
        realm, day, ip_key(host), part, Blob{servers});
}

void each_met(Database& database, Realm realm, const net::IpRange& hosts,
              const std::function<bool(int64_t day, const net::IpAddress& server)>& use) {
    Query row = database.query(
        "SELECT h.day, h.servers FROM realm_days d CROSS JOIN host_servers h"
        " WHERE d.realm = ?1 AND h.realm = d.realm AND h.day = d.day AND h.host >= ?2"
        " AND h.host <= ?3",
        realm, ip_key(hosts.first), ip_key(hosts.last));
    while (row.next()) {
        const std::string packed = row.text(1);
        std::string_view rest = packed;
        net::IpAddress server;
        while (take_ip(rest, server)) {
            if (!use(row.integer(0), server)) {
                return;
            }
        }
    }
}

}  // namespace eti::analysis
