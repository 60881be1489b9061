// Case-insensitive POSIX extended regular expressions with bounded cost.
#pragma once

#include <regex.h>

#include <memory>
#include <string>
#include <string_view>

namespace eti::cli {

// RegularExpression refuses patterns that cost more than they are worth: longer than 256 bytes,
// with a back reference (exponential time) or a repetition count (exponential memory when nested).
class RegularExpression {
  public:
    explicit RegularExpression(const std::string& pattern);  // throws CommandError

    bool matches(std::string_view line) const;

  private:
    struct Free {
        void operator()(regex_t* compiled) const;
    };
    std::unique_ptr<regex_t, Free> compiled_;
};

}  // namespace eti::cli
