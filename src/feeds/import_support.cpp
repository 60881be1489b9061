#include "feeds/import_support.h"

#include "eti/intel/feed_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace eti::analysis {
namespace {

using Reader = bool (*)(std::string_view, Indicator&);

// "ip-dst|port" carries "address|port", "domain|ip" the name first: only that names the other end.
bool read_address_and_port(std::string_view text, Indicator& indicator) {
    const auto bar = text.find('|');
    if (bar == std::string_view::npos || !read_server(text.substr(0, bar), indicator)) {
        return false;
    }
    indicator.port = read_port(text.substr(bar + 1)).value_or(0);
    return indicator.port != 0;
}

bool read_first_part(std::string_view text, Indicator& indicator) {
    return read_domain(text.substr(0, text.find('|')), indicator);
}

struct Type {
    std::string_view name;
    Reader read;
};
constexpr std::array kTypes{
    Type{"ip:port", read_server},
    Type{"ip", read_server},
    Type{"domain", read_domain},
    Type{"x509-fingerprint-sha1", read_certificate},
    Type{"x509-fingerprint-sha256", read_certificate},
    Type{"ja3-fingerprint-md5", read_ja3},
    Type{"ja4-fingerprint", read_ja4},
    Type{"ip-dst", read_server},
    Type{"ip-dst|port", read_address_and_port},
    Type{"hostname", read_domain},
    Type{"hostname|port", read_first_part},
    Type{"domain|ip", read_first_part},
};

}  // namespace

bool read_typed(std::string_view type, std::string_view value, Indicator& indicator) {
    const auto known = std::find_if(kTypes.begin(), kTypes.end(),
                                    [&](const Type& each) { return each.name == type; });
    return known != kTypes.end() && known->read(intel::trimmed(value), indicator);
}

bool is_ignored_type(std::string_view type) {
    return !type.empty() && std::none_of(kTypes.begin(), kTypes.end(),
                                         [&](const Type& each) { return each.name == type; });
}

intel::ThreatLevel level_of_confidence(std::string_view percent) {
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(percent.data(), percent.data() + percent.size(), value);
    if (error != std::errc{} || value > 100 || percent.empty()) {
        return intel::kMaxThreatLevel;
    }
    return static_cast<intel::ThreatLevel>(std::max(1U, (value + 5) / 10));
}

std::string plain_reference(std::string_view text) {
    return text.starts_with("https://") || text.starts_with("http://") ? plain_text(text)
                                                                       : std::string();
}

ImportedFeed finished(ImportedFeed feed) {
    if (!feed.error.empty()) {
        feed.indicators.clear();
    }
    return feed;
}

std::optional<FeedFormat> feed_format(std::string_view name) {
    for (const FeedFormat format : {FeedFormat::Auto, FeedFormat::Csv, FeedFormat::ThreatFox,
                                    FeedFormat::Feodo, FeedFormat::Misp}) {
        if (name_of(format) == name) {
            return format;
        }
    }
    return std::nullopt;
}

std::string_view name_of(FeedFormat format) {
    constexpr std::array<std::string_view, 5> kNames{"auto", "csv", "threatfox", "feodo", "misp"};
    return kNames[static_cast<std::size_t>(format)];
}

ImportedFeed import_feed(std::string_view text, FeedFormat format,
                         const intel::FeedLimits& limits) {
    const auto first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    const char start = first == std::string_view::npos ? '\0' : text[first];
    const bool json = start == '{' || start == '[';
    if (!json && format != FeedFormat::Misp) {
        return import_csv(text, limits);
    }
    if (format == FeedFormat::Feodo || (format == FeedFormat::Auto && start == '[')) {
        return import_feodo_json(text, limits);
    }
    if (format == FeedFormat::Misp) {
        return import_misp_event(text, limits);
    }
    if (format == FeedFormat::Auto && text.find("\"Event\"") != std::string_view::npos) {
        return import_misp_event(text, limits);
    }
    return import_threatfox_json(text, limits);
}

}  // namespace eti::analysis
