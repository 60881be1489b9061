#include "store/session_table.h"

#include <map>

namespace eti::analysis {

namespace {

constexpr std::size_t kBlocksHeld = 8;

// Neighbours on a page often share a block: the last few stay unpacked.
class Blocks {
  public:
    explicit Blocks(Database& database) : database_(database) {}

    std::string line(int64_t block, int64_t place, int64_t length) {
        const std::string& text = lines(block);
        const auto from = static_cast<std::size_t>(place);
        const auto size = static_cast<std::size_t>(length);
        return from <= text.size() && size <= text.size() - from ? text.substr(from, size)
                                                                 : std::string();
    }

  private:
    const std::string& lines(int64_t block) {
        const auto held = texts_.find(block);
        if (held != texts_.end()) {
            return held->second;
        }
        std::string text;
        Query row = database_.query("SELECT packed, lines FROM blocks WHERE id = ?", block);
        if (row.next()) {
            text = block_lines(row.integer(0) != 0, row.text(1));
        }
        if (texts_.size() == kBlocksHeld) {
            texts_.erase(texts_.begin());
        }
        return texts_[block] = std::move(text);
    }

    Database& database_;
    std::map<int64_t, std::string> texts_;
};

}  // namespace

std::vector<SessionRow> read_sessions(Database& database, Realm realm,
                                      const std::vector<int64_t>& rows) {
    std::vector<SessionRow> sessions;
    Blocks blocks(database);
    for (const int64_t number : rows) {
        Query row = database.query(
            "SELECT s.row, n.name, s.id, s.start, s.last, s.client, s.server, s.port, s.facts,"
            " s.level, s.block, s.place, s.length FROM sessions s JOIN sensors n ON n.id = s.sensor"
            " WHERE s.row = ? AND s.realm = ?",
            number, realm);
        if (!row.next()) {
            continue;  // its retention ended after the list of rows was made
        }
        SessionRow session{row.integer(0), row.text(1), row.text(2), {}, ""};
        Contribution& contribution = session.contribution;
        contribution.start_us = row.integer(3);
        contribution.last_us = row.integer(4);
        contribution.client = ip_from(row.text(5));
        contribution.server = ip_from(row.text(6));
        contribution.port = static_cast<uint16_t>(row.integer(7));
        read_facts(row.integer(8), contribution);
        contribution.level = static_cast<uint8_t>(row.integer(9));
        session.record = blocks.line(row.integer(10), row.integer(11), row.integer(12));
        sessions.push_back(std::move(session));
    }
    return sessions;
}

std::vector<int64_t> sessions_named(Database& database, Realm realm, std::string_view id) {
    std::vector<int64_t> rows;
    Query row = database.query(
        "SELECT s.row FROM sensors n JOIN sessions s ON s.sensor = n.id AND s.id = ?2"
        " WHERE n.realm = ?1 LIMIT 10",
        realm, id);
    while (row.next()) {
        rows.push_back(row.integer(0));
    }
    return rows;
}

}  // namespace eti::analysis
