#include "eti/feeds/import.h"
#include "eti/intel/feed_text.h"
#include "feeds/import_support.h"
#include "feeds/json_members.h"

#include <algorithm>

namespace eti::analysis {
namespace {

using nlohmann::json;

bool is_uuid(std::string_view text) {
    constexpr std::string_view kShape = "00000000-0000-0000-0000-000000000000";
    if (text.size() != kShape.size()) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (kShape[i] == '0' ? !hex : text[i] != '-') {
            return false;
        }
    }
    return true;
}

// MISP counts downwards: 1 high, 2 medium, 3 low, 4 undefined.
intel::ThreatLevel level_of_event(const json& event) {
    const std::string id = text_of(event, "threat_level_id");
    return id == "1" ? 10 : id == "3" ? 4 : 7;
}

class MispImport {
  public:
    explicit MispImport(const intel::FeedLimits& limits) : limits_(limits) {}

    void event(const json& event) {
        if (!event.is_object()) {
            reject("no event");
            return;
        }
        if (is_true(event, "deleted")) {
            ++feed_.ignored;
            return;
        }
        attributes(event, event);
        const json& objects = member(event, "Object");
        for (const json& object : objects.is_array() ? objects : json::array()) {
            if (is_true(object, "deleted")) {
                ++feed_.ignored;
            } else {
                attributes(event, object);
            }
        }
    }
    ImportedFeed finish(std::string error = {}) {
        if (feed_.error.empty()) {
            feed_.error = std::move(error);
        }
        return finished(std::move(feed_));
    }

  private:
    void attributes(const json& event, const json& owner) {
        const json& list = member(owner, "Attribute");
        for (const json& attribute : list.is_array() ? list : json::array()) {
            ++number_;
            if (number_ > limits_.max_entries) {
                feed_.error = "the file has more than the limit of " +
                              std::to_string(limits_.max_entries) + " attributes";
                return;
            }
            add(event, attribute);
        }
    }

    void add(const json& event, const json& attribute) {
        const std::string type = text_of(attribute, "type");
        if (!is_true(attribute, "to_ids") || is_true(attribute, "deleted") ||
            is_ignored_type(type)) {
            ++feed_.ignored;
            return;
        }
        Indicator found;
        const std::string value = text_of(attribute, "value");
        if (!read_typed(type, value, found)) {
            reject("no " + (type.empty() ? "\"type\"" : type) + ": " + intel::quoted(value));
            return;
        }
        found.level = level_of_event(event);
        found.reason = plain_text(text_of(event, "info"));
        found.listed_s =
            listing_seconds(text_of(attribute, "first_seen"))
                .value_or(listing_seconds(text_of(attribute, "timestamp"))
                              .value_or(listing_seconds(text_of(event, "date")).value_or(0)));
        feed_.indicators.push_back(std::move(found));
    }

    void reject(std::string why) {
        intel::reject(feed_.rejected, feed_.rejected_count, number_, std::move(why));
    }

    const intel::FeedLimits limits_;
    std::size_t number_ = 0;
    ImportedFeed feed_;
};

// event_of unwraps {"Event": {...}}; what is no wrapper is the event itself.
const json& event_of(const json& document) {
    const json& wrapped = member(document, "Event");
    return wrapped.is_null() ? document : wrapped;
}

}  // namespace

ImportedFeed import_misp_event(std::string_view text, const intel::FeedLimits& limits) {
    MispImport import(limits);
    std::string error;
    const json document = read_json(text, limits, error);
    if (!error.empty()) {
        return import.finish(error);
    }
    const json& response = member(document, "response");
    const json& list = response.is_array() ? response : document;
    if (list.is_array()) {
        for (const json& element : list) {
            import.event(event_of(element));
        }
        return import.finish();
    }
    const json& event = event_of(document);
    if (!event.is_object() || !event.contains("Attribute")) {
        return import.finish("the file is no MISP event");
    }
    import.event(event);
    return import.finish();
}

MispManifest import_misp_manifest(std::string_view text, const intel::FeedLimits& limits) {
    MispManifest manifest;
    const json document = read_json(text, limits, manifest.error);
    if (!manifest.error.empty() || !document.is_object()) {
        manifest.error = manifest.error.empty() ? "the file is no MISP manifest" : manifest.error;
        return manifest;
    }
    std::size_t number = 0;
    for (const auto& [key, facts] : document.items()) {
        ++number;
        const std::string uuid = intel::lower_case(key);
        const auto timestamp = listing_seconds(text_of(facts, "timestamp"));
        if (!is_uuid(uuid) || !timestamp) {
            intel::reject(
                manifest.rejected, manifest.rejected_count, number,
                (is_uuid(uuid) ? "no \"timestamp\" of " : "no UUID: ") + intel::quoted(key));
        } else if (manifest.events.size() == limits.max_entries) {
            manifest.error = "the manifest has more than the limit of " +
                             std::to_string(limits.max_entries) + " events";
            manifest.events.clear();
            return manifest;
        } else {
            manifest.events.push_back({uuid, *timestamp});
        }
    }
    if (manifest.events.empty()) {
        manifest.error = "the manifest names no event";
    }
    return manifest;
}

MispHashes import_misp_hashes(std::string_view text, const intel::FeedLimits& limits) {
    MispHashes hashes;
    if (text.size() > limits.max_bytes) {
        hashes.error = "the file has " + std::to_string(text.size()) +
                       " bytes, more than the limit of " + std::to_string(limits.max_bytes);
        return hashes;
    }
    intel::LineReader lines(text);
    std::string_view line;
    Indicator md5;
    while (lines.next(line)) {
        const auto comma = line.find(',');
        const std::string uuid = intel::lower_case(
            comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1));
        if (line.empty()) {
            continue;
        }
        if (!read_ja3(line.substr(0, comma), md5) || !is_uuid(uuid)) {
            intel::reject(hashes.rejected, hashes.rejected_count, lines.number(),
                          "not 'md5,uuid': " + intel::quoted(line));
        } else if (hashes.uuids.empty() || hashes.uuids.back() != uuid) {
            hashes.uuids.push_back(uuid);
        }
    }
    std::sort(hashes.uuids.begin(), hashes.uuids.end());
    hashes.uuids.erase(std::unique(hashes.uuids.begin(), hashes.uuids.end()), hashes.uuids.end());
    return hashes;
}

}  // namespace eti::analysis
