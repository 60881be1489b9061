#include "feeds/csv_columns.h"

#include "eti/intel/feed_text.h"

namespace eti::analysis {
namespace {

struct Name {
    std::string_view text;
    Column column;
};

// As the feeds spell them, in lower case without blanks; of two names for a column the first wins.
constexpr std::array kNames{
    Name{"sha1", Column::Certificate},
    Name{"sha-1", Column::Certificate},
    Name{"sha256", Column::Certificate},
    Name{"sha-256", Column::Certificate},
    Name{"fingerprint", Column::Certificate},
    Name{"sha1fingerprint", Column::Certificate},
    Name{"hash", Column::Certificate},
    Name{"dstip", Column::Address},
    Name{"dst_ip", Column::Address},
    Name{"ip_address", Column::Address},
    Name{"ip", Column::Address},
    Name{"dstport", Column::Port},
    Name{"dst_port", Column::Port},
    Name{"port", Column::Port},
    Name{"ja3_md5", Column::Ja3},
    Name{"ja3", Column::Ja3},
    Name{"ja4", Column::Ja4},
    Name{"domain", Column::Domain},
    Name{"hostname", Column::Domain},
    Name{"ioc_value", Column::Value},
    Name{"ioc_type", Column::Type},
    Name{"listingdate", Column::Date},
    Name{"firstseen", Column::Date},
    Name{"first_seen_utc", Column::Date},
    Name{"first_seen", Column::Date},
    Name{"date", Column::Date},
    Name{"listingreason", Column::Reason},
    Name{"malware_printable", Column::Reason},
    Name{"malware", Column::Reason},
    Name{"reason", Column::Reason},
    Name{"category", Column::Reason},
    Name{"comment", Column::Reason},
    Name{"confidence_level", Column::Confidence},
    Name{"reference", Column::Reference},
};

std::string bare(std::string_view name) {
    std::string text = intel::lower_case(name);
    std::erase(text, ' ');
    return text;
}

}  // namespace

Columns Columns::of_header(const Fields& names) {
    Columns columns;
    std::vector<std::string> bare_names;
    for (const std::string_view name : names) {
        bare_names.push_back(bare(name));
    }
    for (const Name& known : kNames) {
        auto& at = columns.at_[static_cast<std::size_t>(known.column)];
        for (std::size_t i = 0; i < bare_names.size() && at == kNone; ++i) {
            if (bare_names[i] == known.text) {
                at = i;
            }
        }
    }
    return columns;
}

bool Columns::has_value() const {
    return has(Column::Certificate) || has(Column::Address) || has(Column::Ja3) ||
           has(Column::Ja4) || has(Column::Domain) || (has(Column::Value) && has(Column::Type));
}

}  // namespace eti::analysis
