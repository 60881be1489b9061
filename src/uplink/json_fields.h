// Typed, bounded reading of JSON members without exceptions. For .cpp files of this room only.
#pragma once

#include "eti/base/clock.h"
#include "eti/intel/infected_hosts.h"
#include "eti/metadata/record_json.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace eti::uplink {

using Json = nlohmann::json;

// parse_object returns a discarded value unless text is one JSON object.
inline Json parse_object(std::string_view text) {
    Json json = Json::parse(text, nullptr, false);
    return json.is_object() ? json : Json(Json::value_t::discarded);
}

// member returns a null value for a missing member.
inline const Json& member(const Json& object, const char* name) {
    static const Json kNull;
    const auto found = object.find(name);
    return found == object.end() ? kNull : *found;
}

inline bool get_number(const Json& object, const char* name, uint64_t& value) {
    const Json& json = member(object, name);
    if (!json.is_number_unsigned()) {
        return false;
    }
    value = json.get<uint64_t>();
    return true;
}

// get_text takes 1 to most printable ASCII bytes: names, versions, digests, times.
inline bool get_text(const Json& object, const char* name, std::size_t most, std::string& value) {
    const Json& json = member(object, name);
    if (!json.is_string()) {
        return false;
    }
    value = json.get_ref<const std::string&>();
    return !value.empty() && value.size() <= most &&
           value.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
               " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") == std::string::npos;
}

inline bool get_time(const Json& object, const char* name, std::string& text, Timestamp& time) {
    if (!get_text(object, name, 40, text)) {
        return false;
    }
    const std::optional<Timestamp> parsed = metadata::parse_time(text);
    time = parsed.value_or(Timestamp{});
    return parsed.has_value();
}

// get_host reads one element of "entries"; what it lacks is named by the returned word.
const char* get_host(const Json& json, intel::InfectedHost& host);

}  // namespace eti::uplink
