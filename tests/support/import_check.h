// What holds of every import, whatever the text: bounds, canonical values, no half feed.
#pragma once

#include "eti/base/check.h"
#include "eti/feeds/import.h"

#include <string_view>

namespace eti::test {

inline constexpr intel::FeedLimits kSmallLimits{1U << 20, 1000};

inline void check_indicator(const analysis::Indicator& indicator) {
    using analysis::Indicator;
    using analysis::IndicatorKind;
    Indicator again;
    bool reads = false;
    switch (indicator.kind) {
        case IndicatorKind::CertificateSha1:
        case IndicatorKind::CertificateSha256:
            reads = analysis::read_certificate(indicator.value, again);
            break;
        case IndicatorKind::Server:
            reads = analysis::read_server(indicator.value, again) && again.port == 0;
            break;
        case IndicatorKind::Ja3:
            reads = analysis::read_ja3(indicator.value, again);
            break;
        case IndicatorKind::Ja4:
            reads = analysis::read_ja4(indicator.value, again);
            break;
        case IndicatorKind::Domain:
            reads = analysis::read_domain(indicator.value, again);
            break;
    }
    ETI_CHECK(reads && again.kind == indicator.kind && again.value == indicator.value);
    ETI_CHECK(indicator.level >= 1 && indicator.level <= intel::kMaxThreatLevel);
    for (const std::string& text : {indicator.reason, indicator.reference}) {
        ETI_CHECK(text.size() <= 255 && text.find_first_of(",\"\r\n") == std::string::npos);
    }
}

inline void check_import(const analysis::ImportedFeed& feed) {
    ETI_CHECK(feed.indicators.size() <= kSmallLimits.max_entries);
    ETI_CHECK(feed.rejected.size() <= intel::kMaxRejectedLines);
    ETI_CHECK(feed.rejected.size() <= feed.rejected_count);
    ETI_CHECK(feed.error.empty() || feed.indicators.empty());
    for (const analysis::Indicator& indicator : feed.indicators) {
        check_indicator(indicator);
    }
}

}  // namespace eti::test
