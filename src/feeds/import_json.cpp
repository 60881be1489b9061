#include "eti/feeds/import.h"
#include "eti/intel/feed_text.h"
#include "feeds/import_support.h"
#include "feeds/json_members.h"

namespace eti::analysis {
namespace {

using nlohmann::json;

std::string first_text(const json& object, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        std::string text = text_of(object, name);
        if (!text.empty()) {
            return text;
        }
    }
    return {};
}

// Elements adds the elements of a feed one by one, each counted and bounded.
class Elements {
  public:
    explicit Elements(const intel::FeedLimits& limits) : limits_(limits) {}

    // add is false when the limit is reached; read says whether an element holds an indicator.
    template <typename Read>
    bool add(const json& element, const Read& read) {
        ++number_;
        if (number_ > limits_.max_entries) {
            feed_.error = "the file has more than the limit of " +
                          std::to_string(limits_.max_entries) + " entries";
            return false;
        }
        Indicator found;
        std::string why;
        if (read(element, found, why)) {
            feed_.indicators.push_back(std::move(found));
        } else if (why.empty()) {
            ++feed_.ignored;
        } else {
            intel::reject(feed_.rejected, feed_.rejected_count, number_, std::move(why));
        }
        return true;
    }
    ImportedFeed finish(std::string error = {}) {
        if (feed_.error.empty()) {
            feed_.error = std::move(error);
        }
        if (feed_.error.empty() && number_ == 0) {
            feed_.error = "the file holds no entry; check its address and download it again";
        } else if (feed_.error.empty() && feed_.indicators.empty() && feed_.ignored == 0) {
            feed_.error = "none of its " + std::to_string(number_) + " entries can be read";
        }
        return finished(std::move(feed_));
    }

  private:
    const intel::FeedLimits limits_;
    std::size_t number_ = 0;
    ImportedFeed feed_;
};

bool read_threatfox(const json& element, Indicator& found, std::string& why) {
    const std::string type = text_of(element, "ioc_type");
    const std::string value = first_text(element, {"ioc_value", "ioc"});
    if (!read_typed(type, value, found)) {
        if (!is_ignored_type(type)) {
            why = "no " + (type.empty() ? "\"ioc_type\"" : type) + ": " + intel::quoted(value);
        }
        return false;
    }
    found.reason = plain_text(first_text(element, {"malware_printable", "malware"}));
    found.listed_s =
        listing_seconds(first_text(element, {"first_seen_utc", "first_seen"})).value_or(0);
    found.level = level_of_confidence(text_of(element, "confidence_level"));
    found.reference = plain_reference(text_of(element, "reference"));
    return true;
}

bool read_feodo(const json& element, Indicator& found, std::string& why) {
    const std::string ip = text_of(element, "ip_address");
    if (!read_server(ip, found) || found.port != 0) {
        why = "no \"ip_address\": " + intel::quoted(ip);
        return false;
    }
    const std::string port = text_of(element, "port");
    found.port = read_port(port).value_or(0);
    if (!port.empty() && found.port == 0) {
        why = "\"port\" is no number from 1 to 65535: " + intel::quoted(port);
        return false;
    }
    found.reason = plain_text(text_of(element, "malware"));
    found.listed_s = listing_seconds(text_of(element, "first_seen")).value_or(0);
    return true;
}

}  // namespace

ImportedFeed import_threatfox_json(std::string_view text, const intel::FeedLimits& limits) {
    Elements elements(limits);
    std::string error;
    const json document = read_json(text, limits, error);
    if (!error.empty() || !document.is_object()) {
        return elements.finish(error.empty() ? "the file is no ThreatFox export" : error);
    }
    const json& data = member(document, "data");
    if (data.is_array()) {
        for (const json& element : data) {
            if (!elements.add(element, read_threatfox)) {
                break;
            }
        }
        return elements.finish();
    }
    const std::string status = text_of(document, "query_status");
    if (!status.empty()) {
        return elements.finish("ThreatFox answered " + intel::quoted(status) + " and no data");
    }
    for (const auto& [id, list] : document.items()) {
        // "1301611": [{...}]: one list for each id
        for (const json& element : list.is_array() ? list : json::array({list})) {
            if (!elements.add(element, read_threatfox)) {
                return elements.finish();
            }
        }
    }
    return elements.finish();
}

ImportedFeed import_feodo_json(std::string_view text, const intel::FeedLimits& limits) {
    Elements elements(limits);
    std::string error;
    const json document = read_json(text, limits, error);
    if (!error.empty() || !document.is_array()) {
        return elements.finish(error.empty() ? "the file is no list of objects" : error);
    }
    for (const json& element : document) {
        if (!elements.add(element, read_feodo)) {
            break;
        }
    }
    return elements.finish();
}

}  // namespace eti::analysis
