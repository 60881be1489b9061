// The filter of the servers' page: country:RU level>=7 -host:*.example (port:443 OR ja4:t13*).
// A blank is AND; OR, NOT, -, parentheses, quotes, * at either end of a text, prefixes and ranges
// of addresses, comparisons of numbers and times.
#pragma once

#include "eti/net/ip_address.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

enum class FilterField : uint8_t {
    Ip,
    Host,
    Level,
    Count,
    Country,
    Category,
    Port,
    Sha1,
    Sha256,
    Ja3,
    Ja4,
    Client,
    Visibility,
    First,
    Last
};
enum class Comparison : uint8_t { Equal, Less, LessEqual, Greater, GreaterEqual };

struct TextPattern {
    std::string text;  // lower case
    bool open_start = false;
    bool open_end = false;

    bool matches(std::string_view lower_case) const;
};

struct FilterTerm {
    FilterField field = FilterField::Host;
    Comparison comparison = Comparison::Equal;
    TextPattern pattern;  // host, country, category, sha1, sha256, ja3, ja4
    int64_t number = 0;   // level, count, port; visibility: its index; first, last: microseconds
    net::IpRange range;   // ip, client
};

struct Filter {
    enum class Kind : uint8_t { All, Any, Not, Term };
    Kind kind = Kind::All;
    std::vector<Filter> parts;
    FilterTerm term;

    bool empty() const { return kind == Kind::All && parts.empty(); }
};

// FilterError: column counts bytes from 1 and is where the text stops making sense.
class FilterError : public std::runtime_error {
  public:
    FilterError(std::size_t column, const std::string& why)
        : std::runtime_error(why), column_(column) {}
    std::size_t column() const { return column_; }

  private:
    std::size_t column_;
};

inline constexpr std::size_t kMaxFilterBytes = 1000;
inline constexpr std::size_t kMaxFilterDepth = 16;
inline constexpr std::size_t kMaxFilterTerms = 64;

// parse_filter takes an empty text for everything. now_us is what "last>2h" is relative to.
Filter parse_filter(std::string_view text, int64_t now_us);

}  // namespace eti::analysis
