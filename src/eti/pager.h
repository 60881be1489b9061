// Shows a text page by page.
#pragma once

#include "eti/terminal.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::client {

// Pager cuts lines at the terminal's width, as the terminal does, so that a page is a page.
class Pager {
  public:
    using NextKey = std::function<std::optional<char>()>;  // none: leave
    using Write = std::function<void(std::string_view)>;

    Pager(Size size, NextKey next_key, Write write)
        : size_(size), next_key_(std::move(next_key)), write_(std::move(write)) {}

    void show(std::string_view text);

  private:
    static std::vector<std::string_view> rows_of(std::string_view text, unsigned columns);
    std::string prompt(std::size_t shown, std::size_t rows) const;
    std::optional<char> ask(const std::string& prompt);
    std::size_t write_rows(const std::vector<std::string_view>& rows, std::size_t from,
                           std::size_t count);
    std::optional<std::size_t> go(char key, const std::vector<std::string_view>& rows,
                                  std::size_t shown);
    std::size_t search(const std::vector<std::string_view>& rows, std::size_t from);
    std::string read_pattern();

    Size size_;
    NextKey next_key_;
    Write write_;
    std::string pattern_;
    bool first_page_ = true;
};

}  // namespace eti::client
