#include "eti/store/feeds.h"

#include <algorithm>

namespace eti::analysis {
namespace {

std::string rejected_text(const std::vector<intel::RejectedLine>& rejected) {
    std::string text;
    for (std::size_t i = 0; i < rejected.size() && i < kMaxStoredRejected; ++i) {
        text += std::to_string(rejected[i].line) + " " + rejected[i].why + "\n";
    }
    return text;
}

std::vector<intel::RejectedLine> rejected_of(std::string_view text) {
    std::vector<intel::RejectedLine> rejected;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const std::size_t blank = std::min(line.find(' '), line.size());
        rejected.push_back({std::stoul("0" + std::string(line.substr(0, blank))),
                            std::string(line.substr(std::min(blank + 1, line.size())))});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return rejected;
}

}  // namespace

std::vector<SourceRow> source_rows(Database& database) {
    std::vector<SourceRow> sources;
    Query row = database.query(
        "SELECT name, location, fetched, result, why, entries, rejected_count, rejected, etag,"
        " last_modified FROM feed_sources ORDER BY name");
    while (row.next()) {
        SourceRow source;
        source.name = row.text(0);
        source.location = row.text(1);
        if (!row.is_null(2)) {
            source.fetched_us = row.integer(2);
        }
        source.result = row.text(3);
        source.why = row.text(4);
        source.entries = row.integer(5);
        source.rejected_count = row.integer(6);
        source.rejected = rejected_of(row.text(7));
        source.etag = row.text(8);
        source.last_modified = row.text(9);
        sources.push_back(std::move(source));
    }
    return sources;
}

void save_source(Database& database, const SourceRow& source) {
    database.run("INSERT OR REPLACE INTO feed_sources VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 source.name, source.location, source.fetched_us, source.result, source.why,
                 source.entries, source.rejected_count, rejected_text(source.rejected), source.etag,
                 source.last_modified);
}

bool keep_sources(Database& database, const std::vector<std::string>& names) {
    bool gone = false;
    for (const SourceRow& source : source_rows(database)) {
        if (std::find(names.begin(), names.end(), source.name) == names.end()) {
            gone =
                database.run("DELETE FROM feed_source_parts WHERE source = ?", source.name) > 0 ||
                gone;
            database.run("DELETE FROM feed_sources WHERE name = ?", source.name);
        }
    }
    return gone;
}

std::vector<SourcePart> source_parts(Database& database, std::string_view source) {
    std::vector<SourcePart> parts;
    Query row = database.query(
        "SELECT part, stamp, entries, body FROM feed_source_parts WHERE source = ? ORDER BY part",
        source);
    while (row.next()) {
        parts.push_back({row.text(0), row.text(1), row.integer(2), row.text(3)});
    }
    return parts;
}

void save_source_part(Database& database, std::string_view source, const SourcePart& part) {
    database.run(
        "INSERT INTO feed_source_parts VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(source, part)"
        " DO UPDATE SET stamp = ?3, entries = ?4, body = ?5",
        source, part.part, part.stamp, part.entries, part.body);
}

void remove_source_part(Database& database, std::string_view source, std::string_view part) {
    database.run("DELETE FROM feed_source_parts WHERE source = ? AND part = ?", source, part);
}

std::string merged_digest(Database& database, std::string_view feed) {
    Query row = database.query("SELECT sha256 FROM feed_merged WHERE feed = ?", feed);
    return row.next() ? row.text(0) : std::string();
}

void save_merged_digest(Database& database, std::string_view feed, std::string_view sha256) {
    database.run("INSERT OR REPLACE INTO feed_merged VALUES(?, ?)", feed, sha256);
}

std::string store_identity(Database& database) {
    Query row = database.query("SELECT id FROM store_identity");
    return row.next() ? row.text(0) : std::string();
}

int64_t store_created_us(Database& database) {
    Query row = database.query("SELECT created FROM store_identity");
    return row.next() ? row.integer(0) : 0;
}

}  // namespace eti::analysis
