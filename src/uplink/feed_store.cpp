#include "uplink/feed_store.h"

#include "eti/base/durable_file.h"
#include "eti/intel/feed.h"
#include "uplink/json_fields.h"

namespace eti::uplink {
namespace {

constexpr std::size_t kMostFirstLineBytes = 16 * 1024;

// The first line is a manifest of one feed, so that it is read by the manifest's own parser; the
// signature in it covers the body's SHA-256 and is the file's checksum.
std::string first_line(const std::string& key_id, const HeldFeed& feed) {
    const ManifestEntry& entry = feed.entry;
    const Json json{
        {"realm", "stored"},
        {"key_id", key_id},
        {"etag", feed.etag},
        {"updated", metadata::format_time(feed.updated)},
        {"feeds", Json::array({{{"name", entry.name},
                                {"version", entry.version},
                                {"serial", entry.serial},
                                {"entries", entry.entries},
                                {"sha256", entry.sha256},
                                {"signature", entry.signature_text},
                                {"created", entry.created_text},
                                {"expires", entry.expires_text},
                                {"update_interval",
                                 static_cast<uint64_t>(entry.update_interval.count())}}})}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string read_stored(std::string_view text, std::string_view name, const FeedKey& key,
                        HeldFeed& feed) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || end > kMostFirstLineBytes) {
        return "its first line does not describe a feed";
    }
    const std::string_view line = text.substr(0, end);
    Manifest manifest = parse_manifest(line);
    const Json json = parse_object(line);
    std::string updated;
    if (!manifest.error.empty() || manifest.feeds.size() != 1 || manifest.feeds[0].name != name ||
        !get_time(json, "updated", updated, feed.updated)) {
        return "its first line does not describe that feed";
    }
    const Json& etag = member(json, "etag");
    feed.etag = etag.is_string() ? etag.get<std::string>() : "";
    feed.entry = std::move(manifest.feeds[0]);
    feed.body = text.substr(end + 1);
    const std::string problem = check_signature(key, manifest.key_id, feed.entry);
    return problem.empty() ? check_digest(feed) : problem;
}

std::string unusable(const std::string& path, const std::string& problem) {
    return path + " is not used: " + problem + "; the service's next answer replaces it";
}

}  // namespace

std::string feed_path(const std::string& state_directory, std::string_view name) {
    return state_directory + "/feeds/" + std::string(name) + ".feed";
}

std::string store_feed(const std::string& state_directory, const std::string& key_id,
                       const HeldFeed& feed) {
    return write_durably(feed_path(state_directory, feed.entry.name),
                         first_line(key_id, feed) + feed.body);
}

std::optional<HeldFeed> load_feed(const std::string& state_directory, std::string_view name,
                                  const FeedKey& key, std::string& problem) {
    const std::string path = feed_path(state_directory, name);
    const std::size_t most = intel::FeedLimits{}.max_bytes + kMostFirstLineBytes;
    std::string text;
    const ReadResult result = read_bounded(path, most, text, problem);
    if (result == ReadResult::Missing) {
        problem.clear();
        return std::nullopt;
    }
    HeldFeed feed;
    if (result == ReadResult::Read) {
        problem = read_stored(text, name, key, feed);
        if (problem.empty()) {
            return feed;
        }
        problem = unusable(path, problem);
    }
    return std::nullopt;
}

std::optional<HeldFeed> load_feed(const std::string& state_directory, std::string_view name,
                                  const FeedKey& key, FeedUpdate& update, std::string& problem) {
    std::optional<HeldFeed> feed = load_feed(state_directory, name, key, problem);
    if (feed) {
        problem = check_body(*feed, update);
        if (!problem.empty()) {
            problem = unusable(feed_path(state_directory, name), problem);
            feed.reset();
        }
    }
    return feed;
}

}  // namespace eti::uplink
