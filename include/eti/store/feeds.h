// The sources feeds are made from, and which store this is. Writer thread unless a function says
// "any connection"; every function throws StorageError.
#pragma once

#include "eti/feeds/source.h"
#include "eti/intel/feed.h"
#include "eti/store/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct SourceRow {
    std::string name;
    std::string location;
    std::optional<int64_t> fetched_us;  // when it was last asked
    std::string result = "never";       // ok unchanged refused failed never
    std::string why;
    int64_t entries = 0;
    int64_t rejected_count = 0;
    std::vector<intel::RejectedLine> rejected;  // at most kMaxStoredRejected
    std::string etag;
    std::string last_modified;
};
inline constexpr std::size_t kMaxStoredRejected = 100;
std::vector<SourceRow> source_rows(Database& database);  // any connection; ordered by name
void save_source(Database& database, const SourceRow& source);
// keep_sources forgets every source that is not named; true: some have gone.
bool keep_sources(Database& database, const std::vector<std::string>& names);

std::vector<SourcePart> source_parts(Database& database, std::string_view source);  // any
void save_source_part(Database& database, std::string_view source, const SourcePart& part);
void remove_source_part(Database& database, std::string_view source, std::string_view part);

// merged_digest is of what the sources last gave for a feed; a rollback leaves it as it was.
std::string merged_digest(Database& database, std::string_view feed);
void save_merged_digest(Database& database, std::string_view feed, std::string_view sha256);

// store_identity is random and made with the file: a store that was lost and made anew has
// another. Any connection.
std::string store_identity(Database& database);
int64_t store_created_us(Database& database);  // any connection

}  // namespace eti::analysis
