// Reading other people's feeds: text in, indicators out. Pure functions over untrusted bytes; a bad
// line is left out and named by number, a file that is cut or empty is refused as a whole.
#pragma once

#include "eti/feeds/indicator.h"
#include "eti/intel/feed.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

enum class FeedFormat : uint8_t { Auto, Csv, ThreatFox, Feodo, Misp };
std::optional<FeedFormat> feed_format(std::string_view name);  // "auto" "csv" "threatfox" ...
std::string_view name_of(FeedFormat format);

struct ImportedFeed {
    std::vector<Indicator> indicators;
    std::vector<intel::RejectedLine> rejected;  // line of a text, element of a JSON list, from 1
    std::size_t rejected_count = 0;
    std::size_t ignored = 0;  // well-formed, but nothing we match: URLs, file hashes, to_ids false
    std::string error;        // not empty: the text as a whole must not be used, and why
};

// import_csv reads SSLBL certificates, addresses and JA3 in all their variants, Feodo and ThreatFox
// exports, and plain lists of one digest, address, address:port or domain a line. Columns are found
// by header and by content.
ImportedFeed import_csv(std::string_view text, const intel::FeedLimits& limits = {});

// import_threatfox_json reads the full export (an object of lists by id) and the API's answer.
ImportedFeed import_threatfox_json(std::string_view text, const intel::FeedLimits& limits = {});
// import_feodo_json reads Feodo Tracker's list of objects.
ImportedFeed import_feodo_json(std::string_view text, const intel::FeedLimits& limits = {});

// import_misp_event reads one event, or the API's list of them. Attributes without to_ids and
// deleted ones are ignored; an event of nothing else is legal.
ImportedFeed import_misp_event(std::string_view text, const intel::FeedLimits& limits = {});

struct MispEvent {
    std::string uuid;  // checked: becomes part of a path
    int64_t timestamp = 0;
};
struct MispManifest {
    std::vector<MispEvent> events;
    std::vector<intel::RejectedLine> rejected;
    std::size_t rejected_count = 0;
    std::string error;
};
MispManifest import_misp_manifest(std::string_view text, const intel::FeedLimits& limits = {});

struct MispHashes {
    std::vector<std::string> uuids;  // of events that have attributes, ordered, each once
    std::vector<intel::RejectedLine> rejected;
    std::size_t rejected_count = 0;
    std::string error;
};
// import_misp_hashes reads hashes.csv, "md5 of a value,event uuid" a line.
MispHashes import_misp_hashes(std::string_view text, const intel::FeedLimits& limits = {});

// import_feed picks the reader: by format, or with Auto by what the text begins with.
ImportedFeed import_feed(std::string_view text, FeedFormat format,
                         const intel::FeedLimits& limits = {});

}  // namespace eti::analysis
