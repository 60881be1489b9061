#include "store/filter_term.h"

#include "eti/ingest/session_record.h"
#include "eti/metadata/record_json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <utility>

namespace eti::analysis {
namespace {

constexpr std::array<std::pair<std::string_view, FilterField>, 15> kFields{{
    {"ip", FilterField::Ip},
    {"host", FilterField::Host},
    {"level", FilterField::Level},
    {"count", FilterField::Count},
    {"country", FilterField::Country},
    {"category", FilterField::Category},
    {"port", FilterField::Port},
    {"sha1", FilterField::Sha1},
    {"sha256", FilterField::Sha256},
    {"ja3", FilterField::Ja3},
    {"ja4", FilterField::Ja4},
    {"client", FilterField::Client},
    {"visibility", FilterField::Visibility},
    {"first", FilterField::First},
    {"last", FilterField::Last},
}};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return text;
}

FilterField field_of(const TermText& text) {
    const std::string name = lower(std::string(text.field));
    for (const auto& [known, field] : kFields) {
        if (known == name) {
            return field;
        }
    }
    std::string names;
    for (const auto& [known, field] : kFields) {
        names += (names.empty() ? "" : ", ") + std::string(known);
    }
    throw FilterError(text.field_column,
                      "'" + std::string(text.field) + "' is no field; the fields are " + names);
}

Comparison comparison_of(std::string_view op) {
    if (op == ">=") {
        return Comparison::GreaterEqual;
    }
    if (op == "<=") {
        return Comparison::LessEqual;
    }
    if (op == ">") {
        return Comparison::Greater;
    }
    return op == "<" ? Comparison::Less : Comparison::Equal;
}

TextPattern pattern_of(const TermText& text, bool may_open_start) {
    TextPattern pattern;
    std::string value = lower(text.value);
    if (!text.quoted && value.starts_with('*') && may_open_start) {
        pattern.open_start = true;
        value.erase(0, 1);
    }
    if (!text.quoted && value.ends_with('*')) {
        pattern.open_end = true;
        value.pop_back();
    }
    if (value.find('*') != std::string::npos && !text.quoted) {
        throw FilterError(text.value_column, may_open_start
                                                 ? "'*' stands at the start or the end only"
                                                 : "'*' stands at the end only");
    }
    pattern.text = std::move(value);
    return pattern;
}

std::optional<int64_t> whole_number(std::string_view text) {
    int64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
    return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

int64_t number_of(const TermText& text, int64_t most) {
    const auto number = whole_number(text.value);
    if (!number || *number > most) {
        throw FilterError(text.value_column,
                          "'" + text.value + "' is no number from 0 to " + std::to_string(most));
    }
    return *number;
}

net::IpRange range_of(const TermText& text) {
    const auto range = net::parse_ip_range(text.value);
    if (!range) {
        throw FilterError(text.value_column,
                          "'" + text.value + "' is no address, prefix (a/24) or range (a-b)");
    }
    return *range;
}

// A time is RFC 3339, a date, or an age: 30m, 2h, 7d.
int64_t time_of(const TermText& text, int64_t now_us) {
    constexpr std::array<std::pair<char, int64_t>, 3> kUnits{
        {{'m', 60}, {'h', 3600}, {'d', 86'400}}};
    constexpr int64_t kMostUnits = 1'000'000;
    for (const auto& [unit, seconds] : kUnits) {
        const std::string_view value = text.value;
        if (value.ends_with(unit)) {
            const auto number = whole_number(value.substr(0, value.size() - 1));
            if (number && *number <= kMostUnits) {
                return now_us - *number * seconds * 1'000'000;
            }
        }
    }
    auto time = metadata::parse_time(text.value);
    if (!time) {
        time = metadata::parse_time(text.value + "T00:00:00Z");
    }
    if (!time) {
        throw FilterError(text.value_column, "'" + text.value +
                                                 "' is no time: write 2026-11-24, "
                                                 "2026-11-24T03:46:00Z, or an age like 2h or 7d");
    }
    return std::chrono::floor<std::chrono::microseconds>(time->time_since_epoch()).count();
}

int64_t visibility_of(const TermText& text) {
    const auto found =
        std::find(kVisibilityNames.begin(), kVisibilityNames.end(), lower(text.value));
    if (found == kVisibilityNames.end()) {
        std::string names;
        for (const std::string_view name : kVisibilityNames) {
            names += (names.empty() ? "" : ", ") + std::string(name);
        }
        throw FilterError(text.value_column, "'" + text.value + "' is none of " + names);
    }
    return found - kVisibilityNames.begin();
}

bool has_order(FilterField field) {
    return field == FilterField::Level || field == FilterField::Count ||
           field == FilterField::First || field == FilterField::Last;
}

Filter as_filter(FilterTerm term) {
    return {Filter::Kind::Term, {}, std::move(term)};
}

Filter word_alone(const TermText& text) {
    FilterTerm term;
    if (const auto range = net::parse_ip_range(text.value); range && !text.quoted) {
        term.field = FilterField::Ip;
        term.range = *range;
        return as_filter(term);
    }
    term.pattern = pattern_of(text, true);
    term.pattern.open_start = true;
    term.pattern.open_end = true;
    Filter filter{Filter::Kind::Any, {}, {}};
    for (const FilterField field : {FilterField::Host, FilterField::Category}) {
        term.field = field;
        filter.parts.push_back(as_filter(term));
    }
    return filter;
}

}  // namespace

Filter read_term(const TermText& text, int64_t now_us) {
    if (text.value.empty()) {
        throw FilterError(text.value_column, "a value must follow");
    }
    if (text.field.empty()) {
        return word_alone(text);
    }
    FilterTerm term;
    term.field = field_of(text);
    term.comparison = comparison_of(text.op);
    if (term.comparison != Comparison::Equal && !has_order(term.field)) {
        throw FilterError(text.field_column + text.field.size(),
                          "'" + std::string(text.field) + "' is compared with ':' only");
    }
    switch (term.field) {
        case FilterField::Ip:
        case FilterField::Client:
            term.range = range_of(text);
            break;
        case FilterField::Level:
            term.number = number_of(text, 10);
            break;
        case FilterField::Count:
            term.number = number_of(text, 1'000'000'000'000);
            break;
        case FilterField::Port:
            term.number = number_of(text, 65'535);
            break;
        case FilterField::Visibility:
            term.number = visibility_of(text);
            break;
        case FilterField::First:
        case FilterField::Last:
            term.number = time_of(text, now_us);
            if (term.comparison == Comparison::Equal) {
                term.comparison = Comparison::GreaterEqual;  // last:2h reads "within"
            }
            break;
        case FilterField::Host:
        case FilterField::Country:
        case FilterField::Category:
            term.pattern = pattern_of(text, true);
            break;
        default:
            term.pattern = pattern_of(text, false);
            break;
    }
    return as_filter(std::move(term));
}

}  // namespace eti::analysis
