#include "eti/base/hex.h"
#include "eti/feeds/exports.h"

#include <nlohmann/json.hpp>
#include <openssl/sha.h>

#include <array>

namespace eti::analysis {
namespace {

using Json = nlohmann::ordered_json;

// RFC 9562 section 5.5: a UUID that follows from a name. The namespace is ours.
std::string uuid_of(const std::string& name) {
    static constexpr std::array<uint8_t, 16> kNamespace{0x3f, 0x6b, 0x1c, 0x52, 0x9d, 0x0e,
                                                        0x4c, 0x7a, 0x8b, 0x21, 0x5e, 0x94,
                                                        0x07, 0xd3, 0xaa, 0x60};
    std::string bytes(kNamespace.begin(), kNamespace.end());
    bytes += name;
    std::array<uint8_t, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    digest[6] = static_cast<uint8_t>((digest[6] & 0x0fU) | 0x50U);
    digest[8] = static_cast<uint8_t>((digest[8] & 0x3fU) | 0x80U);
    const std::string hex = to_hex(std::span(digest).first(16));
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
           hex.substr(16, 4) + "-" + hex.substr(20);
}

std::string stix_time(int64_t micros) {
    std::string text = listing_text(micros / 1'000'000);
    text[10] = 'T';
    const std::string millis = std::to_string(micros / 1000 % 1000);
    return text + "." + std::string(3 - millis.size(), '0') + millis + "Z";
}

std::string pattern_of(const FeedEntry& entry) {
    if (entry.value.find('.') == std::string::npos && entry.value.find(':') == std::string::npos) {
        const char* hash = entry.value.size() == 40 ? "SHA-1" : "SHA-256";
        return "[x509-certificate:hashes.'" + std::string(hash) + "' = '" + entry.value + "']";
    }
    const std::string type = entry.value.find(':') == std::string::npos ? "ipv4-addr" : "ipv6-addr";
    if (entry.port == 0) {
        return "[" + type + ":value = '" + entry.value + "']";
    }
    return "[network-traffic:dst_ref.type = '" + type + "' AND network-traffic:dst_ref.value = '" +
           entry.value + "' AND network-traffic:dst_port = " + std::to_string(entry.port) + "]";
}

Json as_json(const StixIndicator& indicator, const std::string& producer,
             const std::string& identity) {
    const FeedEntry& entry = indicator.entry;
    // Times of STIX must not run backwards, whatever a source says.
    const int64_t valid_from = entry.listed_s > 0
                                   ? std::min(entry.listed_s * 1'000'000, indicator.created_us)
                                   : indicator.created_us;
    Json json{{"type", "indicator"},
              {"spec_version", "2.1"},
              {"id", "indicator--" +
                         uuid_of(producer + "/" + std::string(indicator.feed) + "/" + entry.key())},
              {"created_by_ref", identity},
              {"created", stix_time(indicator.created_us)},
              {"modified", stix_time(indicator.modified_us)}};
    if (!entry.reason.empty()) {
        json["name"] = entry.reason;
    }
    json["indicator_types"] = Json::array({"malicious-activity"});
    json["pattern"] = pattern_of(entry);
    json["pattern_type"] = "stix";
    json["valid_from"] = stix_time(valid_from);
    if (indicator.valid_until_us > valid_from) {
        json["valid_until"] = stix_time(indicator.valid_until_us);
    }
    json["confidence"] = entry.level * 10;
    if (indicator.revoked) {
        json["revoked"] = true;
    }
    return json;
}

}  // namespace

std::string render_stix(std::string_view producer, int64_t producer_created_us,
                        std::span<const StixIndicator> indicators) {
    const std::string name(producer);
    const std::string identity = "identity--" + uuid_of(name);
    Json objects = Json::array();
    objects.push_back({{"type", "identity"},
                       {"spec_version", "2.1"},
                       {"id", identity},
                       {"created", stix_time(producer_created_us)},
                       {"modified", stix_time(producer_created_us)},
                       {"name", "openeti " + name},
                       {"identity_class", "system"}});
    std::string contents = name;
    for (const StixIndicator& indicator : indicators) {
        objects.push_back(as_json(indicator, name, identity));
        contents += objects.back().dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    const Json bundle{{"type", "bundle"},
                      {"id", "bundle--" + uuid_of(contents)},
                      {"objects", std::move(objects)}};
    return bundle.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eti::analysis
