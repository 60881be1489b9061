#include "eti/feeds/merge.h"

#include "eti/intel/feed_text.h"

#include <charconv>
#include <tuple>
#include <unordered_map>

namespace eti::analysis {
namespace {

struct Key {
    IndicatorKind kind;
    uint16_t port;
    std::string_view value;
    bool operator==(const Key&) const = default;
};
struct KeyHash {
    std::size_t operator()(const Key& key) const {
        return std::hash<std::string_view>()(key.value) ^
               (static_cast<std::size_t>(key.port) << 8U) ^ static_cast<std::size_t>(key.kind);
    }
};

bool is_stronger(const Indicator& one, const Indicator& other) {
    return std::tie(one.level, one.listed_s) > std::tie(other.level, other.listed_s);
}

int64_t number_of(std::string_view text) {
    int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string_view field(const std::vector<std::string_view>& fields, std::size_t at) {
    return at < fields.size() ? fields[at] : std::string_view();
}

}  // namespace

std::string_view feed_columns(std::string_view feed) {
    if (feed == kCertificateFeed) {
        return "Listingdate,SHA1,Listingreason";
    }
    if (feed == kAllowlistFeed) {
        return "kind,value";
    }
    if (feed == kInfectedFeed) {
        return "ip,threat_level,since,expires,reason";
    }
    return "Firstseen,DstIP,DstPort,Level,Listingreason";
}

std::vector<MergedIndicator> merge_indicators(std::span<const SourceIndicators> sources,
                                              Timestamp now) {
    const int64_t now_s =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    std::vector<MergedIndicator> merged;
    std::unordered_map<Key, std::size_t, KeyHash> places;  // keys borrow from sources
    for (const SourceIndicators& source : sources) {
        for (const Indicator& indicator : source.indicators) {
            if (source.max_age.count() > 0 && indicator.listed_s > 0 &&
                now_s - indicator.listed_s > source.max_age.count()) {
                continue;
            }
            const auto [place, fresh] = places.try_emplace(
                Key{indicator.kind, indicator.port, indicator.value}, merged.size());
            if (fresh) {
                merged.push_back({indicator, {}});
            } else if (is_stronger(indicator, merged[place->second].indicator)) {
                merged[place->second].indicator = indicator;
            }
            MergedIndicator& kept = merged[place->second];
            if (kept.indicator.reason.empty()) {
                kept.indicator.reason = plain_text(source.source);
            }
            if (kept.sources.empty() || kept.sources.back() != source.source) {
                kept.sources.push_back(source.source);
            }
        }
    }
    return merged;
}

MergedLists published_lines(std::span<const MergedIndicator> merged) {
    MergedLists lists;
    for (const auto& [indicator, sources] : merged) {
        const std::string begin = listing_text(indicator.listed_s) + "," + indicator.value + ",";
        if (indicator.kind == IndicatorKind::CertificateSha1 ||
            indicator.kind == IndicatorKind::CertificateSha256) {
            lists.certificates.push_back(begin + indicator.reason);
        } else if (indicator.kind == IndicatorKind::Server) {
            const bool v6 = indicator.value.find(':') != std::string::npos;
            const std::string port = indicator.port == 0 ? "" : std::to_string(indicator.port);
            (v6 ? lists.servers6 : lists.servers)
                .push_back(begin + port + "," + std::to_string(indicator.level) + "," +
                           indicator.reason);
        }
    }
    return lists;
}

FeedEntry read_feed_entry(std::string_view feed, std::string_view line) {
    const auto fields = intel::split_fields(line);
    FeedEntry entry;
    if (feed == kAllowlistFeed) {
        entry.value = line;
    } else if (feed == kCertificateFeed) {
        entry.listed_s = listing_seconds(field(fields, 0)).value_or(0);
        entry.value = field(fields, 1);
        entry.reason = field(fields, 2);
    } else if (feed == kInfectedFeed) {
        entry.value = field(fields, 0);
        entry.level = static_cast<intel::ThreatLevel>(number_of(field(fields, 1)));
        entry.listed_s = listing_seconds(field(fields, 2)).value_or(0);
        entry.expires_s = listing_seconds(field(fields, 3)).value_or(0);
        entry.reason = field(fields, 4);
    } else {
        entry.listed_s = listing_seconds(field(fields, 0)).value_or(0);
        entry.value = field(fields, 1);
        entry.port = static_cast<uint16_t>(number_of(field(fields, 2)));
        entry.level = static_cast<intel::ThreatLevel>(number_of(field(fields, 3)));
        entry.reason = field(fields, 4);
    }
    return entry;
}

std::string render_indicators(std::span<const Indicator> indicators) {
    std::string text;
    for (const Indicator& indicator : indicators) {
        text.append(name_of(indicator.kind)).append(",").append(indicator.value).append(",");
        text += std::to_string(indicator.port) + "," + std::to_string(indicator.level) + "," +
                std::to_string(indicator.listed_s) + "," + indicator.reason + "," +
                indicator.reference + "\n";
    }
    return text;
}

std::vector<Indicator> read_indicators(std::string_view text) {
    std::vector<Indicator> indicators;
    intel::LineReader lines(text);
    std::string_view line;
    while (lines.next(line)) {
        const auto fields = intel::split_fields(line);
        const auto kind = indicator_kind(field(fields, 0));
        if (!kind) {
            continue;
        }
        Indicator indicator;
        indicator.kind = *kind;
        indicator.value = field(fields, 1);
        indicator.port = static_cast<uint16_t>(number_of(field(fields, 2)));
        indicator.level = static_cast<intel::ThreatLevel>(number_of(field(fields, 3)));
        indicator.listed_s = number_of(field(fields, 4));
        indicator.reason = field(fields, 5);
        indicator.reference = field(fields, 6);
        indicators.push_back(std::move(indicator));
    }
    return indicators;
}

}  // namespace eti::analysis
