// Where indicators come from, and reading it once. Blocking; for a thread that may wait.
#pragma once

#include "eti/feeds/import.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct SourceOptions {
    std::string name;      // as the page shows it
    std::string location;  // a file, the folder of a MISP feed, or a URL: https, http on loopback
    FeedFormat format = FeedFormat::Auto;
    std::chrono::seconds max_age{0};      // entries listed longer ago are left out; 0: none
    std::chrono::seconds interval{3600};  // between two requests of a URL

    bool operator==(const SourceOptions&) const = default;
    // shown is the location without what may be a secret: user, password and query of a URL.
    std::string shown() const;
    bool is_url() const { return location.find("://") != std::string::npos; }
};
// parse_source reads "NAME=LOCATION[,format=F][,max-age=DAYS][,interval=SECONDS]"; throws
// std::runtime_error with a sentence.
SourceOptions parse_source(std::string_view text);

struct SourceLimits {
    std::size_t max_bytes = 256UL << 20;  // of one document
    std::size_t max_events = 10'000;      // of a MISP feed
    std::chrono::seconds timeout{120};    // of one request
};

// SourcePart is one document of a source: the only one, or an event of a MISP feed.
struct SourcePart {
    std::string part;   // empty, or the event's UUID
    std::string stamp;  // tells whether it changed
    int64_t entries = 0;
    std::string body;  // render_indicators
};

// SourceState is what was last taken of a source.
struct SourceState {
    std::string etag;  // of a file: what tells that it was replaced
    std::string last_modified;
    std::map<std::string, std::string> stamps;  // by part
};

struct SourceReading {
    enum class Result : uint8_t { New, Unchanged, Failed, Refused };
    Result result = Result::Failed;
    std::string why;  // of a failure or refusal, a sentence
    std::vector<SourcePart> parts;
    std::vector<std::string> kept;  // parts that have not changed; every other one is gone
    std::vector<intel::RejectedLine> rejected;
    std::size_t rejected_count = 0;
    std::string etag;
    std::string last_modified;
};
// reading_of makes a reading of one text that is at hand.
SourceReading reading_of(std::string_view text, FeedFormat format, const SourceLimits& limits = {});
// read_source asks once. cancelled ends a slow request.
SourceReading read_source(const SourceOptions& source, const SourceState& state,
                          const SourceLimits& limits, const std::function<bool()>& cancelled);

}  // namespace eti::analysis
