// What every reader of feed text needs: lines, fields, comments and the lines that were left out.
#pragma once

#include "eti/intel/feed.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::intel {

std::string_view trimmed(std::string_view text);
std::string lower_case(std::string_view text);

// quoted is the text in single quotes for an error message: clipped, control characters escaped.
std::string quoted(std::string_view text);

// LineReader yields the lines of a text without line ends, byte order mark and outer blanks.
class LineReader {
  public:
    explicit LineReader(std::string_view text);
    bool next(std::string_view& line);
    std::size_t number() const { return number_; }  // of the line next() gave, from 1

  private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

// split_fields splits a CSV line at commas outside double quotes; fields come out trimmed and
// without their quotes. At most kMaxFields fields, the last one then holds the rest.
inline constexpr std::size_t kMaxFields = 64;
std::vector<std::string_view> split_fields(std::string_view line);

// parse_hostname takes "name" or ".suffix", any case, with or without the root's dot; hostname is
// then in lower case.
bool parse_hostname(std::string_view text, std::string& hostname);

// declared_entries reads N of a closing comment: "# END (N) entries", "# END N entries" or
// "# Number of entries: N".
std::optional<std::size_t> declared_entries(std::string_view comment);

// RowCount checks a feed as a whole: size, number of rows, and what the file says about itself.
class RowCount {
  public:
    explicit RowCount(const FeedLimits& limits) : limits_(limits) {}

    // Each returns an error sentence, empty when all is well.
    std::string check_size(std::string_view text) const;
    std::string add_row();
    std::string check_end() const;

    void comment(std::string_view line);
    std::size_t rows() const { return rows_; }

  private:
    FeedLimits limits_;
    std::size_t rows_ = 0;
    std::optional<std::size_t> declared_;
    bool expects_end_ = false;
};

void reject(std::vector<RejectedLine>& rejected, std::size_t& count, std::size_t line,
            std::string why);

}  // namespace eti::intel
