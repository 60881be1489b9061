// The columns of ServerIndex and how a filter looks at them.
#pragma once

#include "eti/store/server_index.h"

#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace eti::analysis {

struct IpHash {
    std::size_t operator()(const net::IpAddress& ip) const {
        return std::hash<std::string_view>()(ip_bytes(ip));
    }
};
using IpSet = std::unordered_set<net::IpAddress, IpHash>;

using WindowHours = std::array<std::pair<int64_t, int64_t>, kWindows>;  // [from, to)
WindowHours window_hours(int64_t now_hour);

// reversed_labels is a name's sort key: "com.example.www".
std::string reversed_labels(std::string_view name);

struct ServerIndex::Columns {
    std::unordered_map<net::IpAddress, uint32_t, IpHash> slots;
    std::vector<net::IpAddress> ip;
    std::vector<std::string> name;      // lower case
    std::vector<std::string> name_key;  // reversed labels
    std::vector<uint64_t> name_start;   // the first eight bytes of name_key, for comparing
    std::vector<std::string> country;   // lower case, fits the object
    std::vector<uint32_t> category;     // index into categories
    std::vector<int64_t> first_us;
    std::vector<int64_t> last_us;
    std::vector<uint16_t> visibility;   // a bit for each that was seen
    std::vector<std::u16string> ports;  // fits the object for up to seven
    std::vector<std::string> history;   // packed
    std::vector<uint8_t> false_positive;
    std::array<std::vector<uint32_t>, kWindows> attempts;
    std::array<std::vector<uint32_t>, kWindows> blocked;
    std::array<std::vector<uint8_t>, kWindows> level;

    std::vector<std::string> categories;        // as shown
    std::vector<std::string> categories_lower;  // as filtered
    std::unordered_map<std::string, uint32_t> category_index;

    std::size_t size() const { return ip.size(); }
    uint32_t slot_of(const net::IpAddress& address);  // made when new
    void set(const ServerState& state, const WindowHours& windows);
    void set_windows(uint32_t slot, const WindowHours& windows);
    void erase(const net::IpAddress& address);

  private:
    template <typename Each>
    void each_column(Each each);
    uint32_t category_of(const std::string& text);
};

// What a query looks at for one server: the columns, and the sums of its range.
struct SlotView {
    const ServerIndex::Columns& columns;
    uint32_t slot = 0;
    int64_t attempts = 0;
    int64_t level = 0;
};
// Matcher is a filter bound to the sets its conditions resolved to.
class Matcher {
  public:
    Matcher(const Filter& filter, const ServerSets& sets);
    bool matches(const SlotView& view) const { return matches(filter_, view); }

  private:
    bool matches(const Filter& filter, const SlotView& view) const;
    bool matches_term(const FilterTerm& term, const SlotView& view) const;
    void bind(const Filter& filter, const ServerSets& sets);

    const Filter& filter_;
    std::unordered_map<const FilterTerm*, IpSet> sets_;
};
// is_set_field: the condition is answered by the store, not by a column.
bool is_set_field(FilterField field);

}  // namespace eti::analysis
