#include "store/server_columns.h"

#include <algorithm>
#include <cctype>
#include <limits>

namespace eti::analysis {
namespace {

constexpr int64_t kHoursOfDay = 24;
constexpr int64_t kWeekDays = 7;
constexpr int64_t kMonthDays = 30;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return text;
}

uint64_t first_bytes(std::string_view text) {
    uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        value = value << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    return value;
}

uint32_t clipped(int64_t count) {
    return static_cast<uint32_t>(
        std::clamp<int64_t>(count, 0, std::numeric_limits<uint32_t>::max()));
}

}  // namespace

WindowHours window_hours(int64_t now_hour) {
    const int64_t rest = now_hour % kHoursOfDay;
    const int64_t today = now_hour - (rest < 0 ? rest + kHoursOfDay : rest);
    const int64_t end = std::numeric_limits<int64_t>::max();
    return {{{now_hour - kHoursOfDay + 1, end},
             {today - (kWeekDays - 1) * kHoursOfDay, end},
             {today - (kMonthDays - 1) * kHoursOfDay, end}}};
}

std::string reversed_labels(std::string_view name) {
    std::string key;
    key.reserve(name.size());
    while (!name.empty()) {
        const std::size_t dot = name.rfind('.');
        key += dot == std::string_view::npos ? name : name.substr(dot + 1);
        name = name.substr(0, dot == std::string_view::npos ? 0 : dot);
        key += name.empty() ? "" : ".";
    }
    return key;
}

template <typename Each>
void ServerIndex::Columns::each_column(Each each) {
    each(ip);
    each(name);
    each(name_key);
    each(name_start);
    each(country);
    each(category);
    each(first_us);
    each(last_us);
    each(visibility);
    each(ports);
    each(history);
    each(false_positive);
    for (std::size_t window = 0; window < kWindows; ++window) {
        each(attempts[window]);
        each(blocked[window]);
        each(level[window]);
    }
}

uint32_t ServerIndex::Columns::slot_of(const net::IpAddress& address) {
    const auto [place, is_new] = slots.try_emplace(address, static_cast<uint32_t>(size()));
    if (is_new) {
        each_column([](auto& column) { column.emplace_back(); });
        ip.back() = address;
        category.back() = category_of("");
    }
    return place->second;
}

uint32_t ServerIndex::Columns::category_of(const std::string& text) {
    const auto [place, is_new] =
        category_index.try_emplace(text, static_cast<uint32_t>(categories.size()));
    if (is_new) {
        categories.push_back(text);
        categories_lower.push_back(lower(text));
    }
    return place->second;
}

void ServerIndex::Columns::set(const ServerState& state, const WindowHours& windows) {
    const uint32_t slot = slot_of(state.ip);
    if (name[slot] != state.name) {
        name[slot] = state.name;
        name_key[slot] = reversed_labels(state.name);
        name_start[slot] = first_bytes(name_key[slot]);
    }
    country[slot] = lower(state.country);
    category[slot] = category_of(state.category);
    first_us[slot] = state.first_us;
    last_us[slot] = state.last_us;
    ports[slot].clear();
    for (const PortCount& port : state.ports) {
        if (port.count > 0) {
            ports[slot] += static_cast<char16_t>(port.port);
        }
    }
    visibility[slot] = 0;
    for (std::size_t i = 0; i < state.visibility.size(); ++i) {
        if (state.visibility[i] > 0) {
            visibility[slot] = static_cast<uint16_t>(visibility[slot] | (1U << i));
        }
    }
    history[slot] = state.history;
    set_windows(slot, windows);
}

void ServerIndex::Columns::set_windows(uint32_t slot, const WindowHours& windows) {
    for (std::size_t window = 0; window < kWindows; ++window) {
        const HistorySum sum =
            sum_history(history[slot], windows[window].first, windows[window].second);
        attempts[window][slot] = clipped(sum.attempts);
        blocked[window][slot] = clipped(sum.blocked);
        level[window][slot] = static_cast<uint8_t>(sum.level);
    }
}

// The last server moves into the gap.
void ServerIndex::Columns::erase(const net::IpAddress& address) {
    const auto found = slots.find(address);
    if (found == slots.end()) {
        return;
    }
    const uint32_t gap = found->second;
    slots[ip.back()] = gap;
    slots.erase(address);
    each_column([gap](auto& column) {
        if (gap + 1 < column.size()) {
            column[gap] = std::move(column.back());
        }
        column.pop_back();
    });
}

bool is_set_field(FilterField field) {
    return field == FilterField::Sha1 || field == FilterField::Sha256 ||
           field == FilterField::Ja3 || field == FilterField::Ja4 || field == FilterField::Client;
}

Matcher::Matcher(const Filter& filter, const ServerSets& sets) : filter_(filter) {
    bind(filter, sets);
}

void Matcher::bind(const Filter& filter, const ServerSets& sets) {
    if (filter.kind == Filter::Kind::Term && is_set_field(filter.term.field)) {
        const std::size_t number = sets_.size();
        IpSet& set = sets_[&filter.term];
        if (number < sets.size()) {
            set.insert(sets[number].begin(), sets[number].end());
        }
    }
    for (const Filter& part : filter.parts) {
        bind(part, sets);
    }
}

bool Matcher::matches(const Filter& filter, const SlotView& view) const {
    const auto part_matches = [&](const Filter& part) { return matches(part, view); };
    switch (filter.kind) {
        case Filter::Kind::All:
            return std::all_of(filter.parts.begin(), filter.parts.end(), part_matches);
        case Filter::Kind::Any:
            return std::any_of(filter.parts.begin(), filter.parts.end(), part_matches);
        case Filter::Kind::Not:
            return !matches(filter.parts.front(), view);
        case Filter::Kind::Term:
            break;
    }
    return matches_term(filter.term, view);
}

namespace {

bool compare(int64_t value, Comparison comparison, int64_t with) {
    switch (comparison) {
        case Comparison::Less:
            return value < with;
        case Comparison::LessEqual:
            return value <= with;
        case Comparison::Greater:
            return value > with;
        case Comparison::GreaterEqual:
            return value >= with;
        case Comparison::Equal:
            break;
    }
    return value == with;
}

}  // namespace

bool Matcher::matches_term(const FilterTerm& term, const SlotView& view) const {
    const ServerIndex::Columns& columns = view.columns;
    const uint32_t slot = view.slot;
    switch (term.field) {
        case FilterField::Ip:
            return term.range.contains(columns.ip[slot]);
        case FilterField::Host:
            return term.pattern.matches(columns.name[slot]);
        case FilterField::Level:
            return compare(view.level, term.comparison, term.number);
        case FilterField::Count:
            return compare(view.attempts, term.comparison, term.number);
        case FilterField::Country:
            return term.pattern.matches(columns.country[slot]);
        case FilterField::Category:
            return term.pattern.matches(columns.categories_lower[columns.category[slot]]);
        case FilterField::Port:
            return columns.ports[slot].find(static_cast<char16_t>(term.number)) !=
                   std::u16string::npos;
        case FilterField::Visibility:
            return (columns.visibility[slot] >> term.number & 1) != 0;
        case FilterField::First:
            return compare(columns.first_us[slot], term.comparison, term.number);
        case FilterField::Last:
            return compare(columns.last_us[slot], term.comparison, term.number);
        default:
            return sets_.at(&term).contains(columns.ip[slot]);
    }
}

}  // namespace eti::analysis
