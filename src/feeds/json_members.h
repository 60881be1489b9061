// Bounded reading of other people's JSON, without exceptions. For .cpp files of this room only.
#pragma once

#include "eti/feeds/import.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace eti::analysis {

// JSON takes some ten times its size in memory while it is read.
inline constexpr std::size_t kMaxJsonBytes = 64UL << 20;

// read_json is discarded when the text is no JSON or too large; error then says why.
inline nlohmann::json read_json(std::string_view text, const intel::FeedLimits& limits,
                                std::string& error) {
    const std::size_t most = std::min(limits.max_bytes, kMaxJsonBytes);
    nlohmann::json json(nlohmann::json::value_t::discarded);
    if (text.size() > most) {
        error = "the file has " + std::to_string(text.size()) + " bytes, more than the limit of " +
                std::to_string(most);
        return json;
    }
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);
    }
    json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        error = "the file is no complete JSON: it was cut on the way, or is another page";
    }
    return json;
}

inline const nlohmann::json& member(const nlohmann::json& object, const char* name) {
    static const nlohmann::json kNull;
    if (!object.is_object()) {
        return kNull;
    }
    const auto found = object.find(name);
    return found == object.end() ? kNull : *found;
}

// text_of reads a string, or a number as text: exports disagree about which it is.
inline std::string text_of(const nlohmann::json& object, const char* name) {
    const nlohmann::json& value = member(object, name);
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_number_unsigned() ? std::to_string(value.get<uint64_t>()) : std::string();
}

inline bool is_true(const nlohmann::json& object, const char* name) {
    const nlohmann::json& value = member(object, name);
    return (value.is_boolean() && value.get<bool>()) || text_of(object, name) == "1";
}

}  // namespace eti::analysis
