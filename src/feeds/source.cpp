#include "eti/feeds/source.h"

#include "eti/base/durable_file.h"
#include "eti/feeds/merge.h"
#include "eti/intel/feed_text.h"
#include "feeds/fetch.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace eti::analysis {
namespace {

using Result = SourceReading::Result;

std::string without_secrets(std::string url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) {
        return url;
    }
    const auto query = url.find('?', scheme);
    if (query != std::string::npos) {
        url.replace(query, std::string::npos, "?...");
    }
    const auto host = scheme + 3;
    const auto at = url.substr(0, url.find('/', host)).rfind('@');
    return at == std::string::npos ? url : url.erase(host, at + 1 - host);
}

// Document is one text of a source, wherever it lies.
struct Document {
    Result result = Result::Failed;
    std::string text;
    std::string why;
    std::string etag;
    std::string last_modified;
};

std::optional<std::string> file_stamp(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
        return std::nullopt;
    }
    return std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec) +
           "/" + std::to_string(facts.st_size) + "/" + std::to_string(facts.st_ino);
}

Document failure(std::string why) {
    Document document;
    document.why = std::move(why);
    return document;
}

Document read_list_file(const std::string& path, const std::string& etag, std::size_t max_bytes) {
    const auto stamp = file_stamp(path);
    if (!stamp) {
        return failure("cannot read '" + path + "': there is no such file");
    }
    Document document;
    document.etag = *stamp;
    if (*stamp == etag) {
        document.result = Result::Unchanged;
        return document;
    }
    std::string problem;
    if (read_bounded(path, max_bytes, document.text, problem) != ReadResult::Read) {
        return failure(problem);
    }
    document.result = Result::New;
    return document;
}

// Reader reads the documents of one source by their names.
class Reader {
  public:
    Reader(const SourceOptions& source, const SourceLimits& limits,
           const std::function<bool()>& cancelled)
        : source_(source), limits_(limits), cancelled_(cancelled) {}

    Document read(const std::string& location, const std::string& etag,
                  const std::string& last_modified) const {
        if (!source_.is_url()) {
            return read_list_file(location, etag, limits_.max_bytes);
        }
        FetchAnswer answer =
            fetch({location, etag, last_modified, limits_.max_bytes, limits_.timeout}, cancelled_);
        Document document;
        document.etag = std::move(answer.etag);
        document.last_modified = std::move(answer.last_modified);
        document.text = std::move(answer.body);
        if (answer.status == 200) {
            document.result = Result::New;
        } else if (answer.status == 304) {
            document.result = Result::Unchanged;
        } else {
            document.why = "cannot fetch '" + without_secrets(location) + "': " +
                           (answer.status == 0 ? answer.error
                                               : "it answered " + std::to_string(answer.status));
        }
        return document;
    }
    bool cancelled() const { return cancelled_(); }

  private:
    const SourceOptions& source_;
    const SourceLimits& limits_;
    const std::function<bool()>& cancelled_;
};

intel::FeedLimits import_limits(const SourceLimits& limits) {
    intel::FeedLimits feed;
    feed.max_bytes = limits.max_bytes;
    return feed;
}

void fail(SourceReading& reading, Result result, std::string why) {
    reading.result = result;
    reading.why = std::move(why);
    reading.parts.clear();
    reading.kept.clear();
}

SourcePart part_of(std::string name, std::string stamp, const std::vector<Indicator>& indicators) {
    return {std::move(name), std::move(stamp), static_cast<int64_t>(indicators.size()),
            render_indicators(indicators)};
}

void note_rejected(SourceReading& reading, const std::vector<intel::RejectedLine>& rejected,
                   std::size_t count, const std::string& where) {
    for (const intel::RejectedLine& line : rejected) {
        if (reading.rejected.size() < intel::kMaxRejectedLines) {
            reading.rejected.push_back({line.line, where + line.why});
        }
    }
    reading.rejected_count += count;
}

SourceReading read_single(const SourceOptions& source, const SourceState& state,
                          const SourceLimits& limits, const Reader& reader) {
    const Document document = reader.read(source.location, state.etag, state.last_modified);
    SourceReading reading;
    reading.result = document.result;
    reading.why = document.why;
    reading.etag = document.etag;
    reading.last_modified = document.last_modified;
    if (document.result != Result::New) {
        return reading;
    }
    SourceReading read = reading_of(document.text, source.format, limits);
    read.etag = document.etag;
    read.last_modified = document.last_modified;
    return read;
}

// misp_base is what the names of a MISP feed's documents are appended to; empty: it is no feed.
std::string misp_base(const SourceOptions& source) {
    constexpr std::string_view kManifest = "manifest.json";
    if (source.format != FeedFormat::Misp) {
        return {};
    }
    if (source.location.ends_with(kManifest)) {
        return source.location.substr(0, source.location.size() - kManifest.size());
    }
    struct stat facts {};
    const bool folder =
        !source.is_url() && ::stat(source.location.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
    return source.location.ends_with('/') ? source.location
           : folder                       ? source.location + "/"
                                          : std::string();
}

// read_event adds one event; false ends the reading, which then says why.
bool read_event(const MispEvent& event, const std::string& base, const SourceLimits& limits,
                const Reader& reader, SourceReading& reading) {
    const Document document = reader.read(base + event.uuid + ".json", "", "");
    if (document.result != Result::New) {
        fail(reading, Result::Failed, document.why);
        return false;
    }
    const ImportedFeed feed = import_misp_event(document.text, import_limits(limits));
    if (!feed.error.empty()) {
        fail(reading, Result::Refused, "event " + event.uuid + ": " + feed.error);
        return false;
    }
    note_rejected(reading, feed.rejected, feed.rejected_count, "event " + event.uuid + ": ");
    reading.parts.push_back(part_of(event.uuid, std::to_string(event.timestamp), feed.indicators));
    return true;
}

SourceReading read_misp(const std::string& base, const SourceState& state,
                        const SourceLimits& limits, const Reader& reader) {
    const Document document = reader.read(base + "manifest.json", state.etag, state.last_modified);
    SourceReading reading;
    reading.result = document.result;
    reading.why = document.why;
    reading.etag = document.etag;
    reading.last_modified = document.last_modified;
    if (document.result != Result::New) {
        return reading;
    }
    const MispManifest manifest = import_misp_manifest(document.text, import_limits(limits));
    if (!manifest.error.empty() || manifest.events.size() > limits.max_events) {
        fail(reading, Result::Refused,
             manifest.error.empty()
                 ? "the manifest names " + std::to_string(manifest.events.size()) +
                       " events, more than the limit of " + std::to_string(limits.max_events)
                 : manifest.error);
        return reading;
    }
    note_rejected(reading, manifest.rejected, manifest.rejected_count, "manifest: ");
    // hashes.csv names the events that hold anything; the others need no download.
    MispHashes hashes;
    const Document listed = reader.read(base + "hashes.csv", "", "");
    if (listed.result == Result::New) {
        hashes = import_misp_hashes(listed.text, import_limits(limits));
    }
    for (const MispEvent& event : manifest.events) {
        const auto known = state.stamps.find(event.uuid);
        if (known != state.stamps.end() && known->second == std::to_string(event.timestamp)) {
            reading.kept.push_back(event.uuid);
        } else if (!hashes.uuids.empty() &&
                   !std::binary_search(hashes.uuids.begin(), hashes.uuids.end(), event.uuid)) {
            reading.parts.push_back(part_of(event.uuid, std::to_string(event.timestamp), {}));
        } else if (reader.cancelled() || !read_event(event, base, limits, reader, reading)) {
            break;
        }
    }
    return reading;
}

[[noreturn]] void bad_source(std::string_view text, const std::string& why) {
    throw std::runtime_error("source '" + std::string(text) + "' " + why +
                             "; write NAME=LOCATION[,format=auto|csv|threatfox|feodo|misp]"
                             "[,max-age=DAYS][,interval=SECONDS]");
}

int64_t number_of(std::string_view text, std::string_view value, int64_t least, int64_t most) {
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [stopped, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || stopped != end || number < least || number > most) {
        bad_source(text, "has a number that is not from " + std::to_string(least) + " to " +
                             std::to_string(most));
    }
    return number;
}

void set_option(SourceOptions& source, std::string_view text, std::string_view option) {
    const auto equals = option.find('=');
    const std::string_view name = option.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
    if (name == "format" && feed_format(value)) {
        source.format = *feed_format(value);
    } else if (name == "max-age") {
        source.max_age = std::chrono::hours(24 * number_of(text, value, 0, 36'500));
    } else if (name == "interval") {
        // Publishers ask not to be polled faster.
        source.interval = std::chrono::seconds(number_of(text, value, 300, 7 * 24 * 3600));
    } else {
        bad_source(text, "has an unknown option '" + std::string(option) + "'");
    }
}

}  // namespace

std::string SourceOptions::shown() const {
    return without_secrets(location);
}

SourceOptions parse_source(std::string_view text) {
    const auto equals = text.find('=');
    SourceOptions source;
    source.name = std::string(text.substr(0, equals));
    if (equals == std::string_view::npos || source.name.empty() || source.name.size() > 64 ||
        plain_text(source.name) != source.name) {
        bad_source(text, "has no name");
    }
    auto fields = intel::split_fields(text.substr(equals + 1));
    source.location = std::string(fields.front());
    for (auto option = fields.begin() + 1; option != fields.end(); ++option) {
        set_option(source, text, *option);
    }
    if (source.location.empty()) {
        bad_source(text, "has no location");
    }
    if (source.is_url()) {
        const std::string problem = check_source_url(source.location);
        if (!problem.empty()) {
            bad_source(text, "cannot be used: " + problem);
        }
    }
    return source;
}

SourceReading reading_of(std::string_view text, FeedFormat format, const SourceLimits& limits) {
    SourceReading reading;
    const ImportedFeed feed = import_feed(text, format, import_limits(limits));
    if (!feed.error.empty()) {
        fail(reading, Result::Refused, feed.error);
        return reading;
    }
    reading.result = Result::New;
    note_rejected(reading, feed.rejected, feed.rejected_count, "");
    reading.parts.push_back(part_of("", "", feed.indicators));
    return reading;
}

SourceReading read_source(const SourceOptions& source, const SourceState& state,
                          const SourceLimits& limits, const std::function<bool()>& cancelled) {
    const Reader reader(source, limits, cancelled);
    const std::string base = misp_base(source);
    SourceReading reading = base.empty() ? read_single(source, state, limits, reader)
                                         : read_misp(base, state, limits, reader);
    if (cancelled()) {
        fail(reading, Result::Failed, "the service is stopping");
    }
    return reading;
}

}  // namespace eti::analysis
