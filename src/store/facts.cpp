#include "eti/store/facts.h"

#include <functional>

namespace eti::analysis {
namespace {

uint64_t add_bytes(uint64_t hash, std::string_view bytes) {
    constexpr uint64_t kOddPart = 0x9e3779b97f4a7c15ULL;  // 2^64 by the golden ratio
    hash = (hash ^ std::hash<std::string_view>()(bytes)) * kOddPart;
    return hash ^ (hash >> 32U);
}

std::optional<int64_t> fact_id(Database& database, Realm realm, std::string_view kind,
                               std::string_view value) {
    Query row = database.query("SELECT id FROM facts WHERE realm = ? AND kind = ? AND value = ?",
                               realm, kind, value);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

int64_t make_fact(Database& database, Realm realm, std::string_view kind, std::string_view value) {
    if (const auto known = fact_id(database, realm, kind, value)) {
        return *known;
    }
    database.run("UPDATE meta SET value = value + 1 WHERE name = 'facts'");
    Query row = database.query("SELECT value FROM meta WHERE name = 'facts'");
    row.next();
    const int64_t id = row.integer(0);
    database.run("INSERT INTO facts VALUES(?, ?, ?, ?)", realm, kind, value, id);
    return id;
}

std::string after_prefix(std::string text) {
    while (!text.empty() && static_cast<unsigned char>(text.back()) == 0xff) {
        text.pop_back();
    }
    if (!text.empty()) {
        text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
    }
    return text;
}

}  // namespace

uint64_t key_hash(Realm realm, const net::IpAddress& server,
                  std::initializer_list<std::string_view> parts) {
    uint64_t hash = add_bytes(static_cast<uint64_t>(realm), ip_bytes(server));
    for (const std::string_view part : parts) {
        hash = add_bytes(hash, part);
    }
    return hash;
}

void note_fact(Database& database, Realm realm, std::string_view kind, std::string_view value,
               const net::IpAddress& server) {
    database.run("INSERT OR IGNORE INTO server_facts VALUES(?, ?, ?)", realm,
                 make_fact(database, realm, kind, value), ip_key(server));
}

std::optional<std::vector<net::IpAddress>> servers_with(Database& database, Realm realm,
                                                        std::string_view kind,
                                                        std::string_view value, bool prefix,
                                                        std::size_t max) {
    std::vector<net::IpAddress> servers;
    const std::string end = prefix ? after_prefix(std::string(value)) : std::string(value);
    Query row = database.query(
        "SELECT s.server FROM facts f JOIN server_facts s ON s.realm = f.realm AND s.fact = f.id"
        " WHERE f.realm = ?1 AND f.kind = ?2 AND f.value >= ?3"
        " AND ((?5 = 1 AND (f.value < ?4 OR ?4 = '')) OR f.value = ?4) LIMIT ?6",
        realm, kind, value, end, int64_t{prefix ? 1 : 0}, static_cast<int64_t>(max) + 1);
    while (row.next()) {
        servers.push_back(ip_from(row.text(0)));
    }
    return servers.size() > max ? std::nullopt : std::optional(std::move(servers));
}

}  // namespace eti::analysis
