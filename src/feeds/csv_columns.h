// Which column of a feed's table holds what.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace eti::analysis {

using Fields = std::vector<std::string_view>;  // one row, cut at its commas

enum class Column : std::size_t {
    Certificate,
    Address,
    Port,
    Ja3,
    Ja4,
    Domain,
    Value,  // of the type that Type names
    Type,
    Date,
    Reason,
    Confidence,
    Reference,
    Count_,
};

class Columns {
  public:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    Columns() { at_.fill(kNone); }
    // of_header reads the names of a header row; has_value() is false when the row is none.
    static Columns of_header(const Fields& names);

    bool has(Column column) const { return at(column) != kNone; }
    bool has_value() const;
    // field is empty when the row does not reach to the column.
    std::string_view field(const Fields& row, Column column) const {
        return at(column) < row.size() ? row[at(column)] : std::string_view();
    }

  private:
    std::size_t at(Column column) const { return at_[static_cast<std::size_t>(column)]; }

    std::array<std::size_t, static_cast<std::size_t>(Column::Count_)> at_{};
};

}  // namespace eti::analysis
