#include "eti/pager.h"

#include <algorithm>

namespace eti::client {
namespace {

constexpr std::string_view kHelp =
    "space f  next page        enter j  next line     b u  page before\n"
    "/        search           n        search again  g    first page\n"
    "G        last page        q        leave         h    this help\n";
constexpr char kEscape = 0x1b;
constexpr char kDelete = 0x7f;

}  // namespace

std::vector<std::string_view> Pager::rows_of(std::string_view text, unsigned columns) {
    std::vector<std::string_view> rows;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        do {
            std::size_t bytes = 0;
            unsigned width = 0;
            while (bytes < line.size()) {
                const bool continues =
                    (static_cast<unsigned char>(line[bytes]) & 0xc0U) == 0x80U;  // of UTF-8
                if (!continues && width == columns) {
                    break;
                }
                width += continues ? 0 : 1;
                ++bytes;
            }
            rows.push_back(line.substr(0, bytes));
            line.remove_prefix(bytes);
        } while (!line.empty());
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return rows;
}

void Pager::show(std::string_view text) {
    const std::vector<std::string_view> rows = rows_of(text, std::max(size_.columns, 1U));
    const std::size_t page = size_.rows > 1 ? size_.rows - 1 : 1;
    std::size_t shown = write_rows(rows, 0, page);
    while (shown < rows.size()) {
        const std::optional<char> key = ask(prompt(shown, rows.size()));
        if (!key) {
            return;
        }
        const std::optional<std::size_t> next = go(*key, rows, shown);
        if (!next) {
            return;
        }
        shown = *next;
    }
}

std::size_t Pager::write_rows(const std::vector<std::string_view>& rows, std::size_t from,
                              std::size_t count) {
    const std::size_t end = std::min(from + count, rows.size());
    std::string text;
    for (std::size_t i = from; i < end; ++i) {
        text += rows[i];
        text += '\n';
    }
    write_(text);
    return end;
}

std::string Pager::prompt(std::size_t shown, std::size_t rows) const {
    constexpr std::size_t kPercent = 100;
    return first_page_ ? "---(more)---"
                       : "---(more " + std::to_string(shown * kPercent / rows) + "%)---";
}

std::optional<char> Pager::ask(const std::string& prompt) {
    write_(prompt);
    const std::optional<char> key = next_key_();
    write_("\r" + std::string(prompt.size(), ' ') + "\r");
    first_page_ = false;
    return key;
}

std::optional<std::size_t> Pager::go(char key, const std::vector<std::string_view>& rows,
                                     std::size_t shown) {
    const std::size_t page = size_.rows > 1 ? size_.rows - 1 : 1;
    switch (key) {
        case ' ':
        case 'f':
            return write_rows(rows, shown, page);
        case '\r':
        case '\n':
        case 'j':
            return write_rows(rows, shown, 1);
        case 'b':
        case 'u':
            return write_rows(rows, shown > 2 * page ? shown - 2 * page : 0, page);
        case 'g':
            return write_rows(rows, 0, page);
        case 'G':
            return write_rows(rows, std::max(shown, rows.size() - std::min(page, rows.size())),
                              page);
        case '/':
            pattern_ = read_pattern();
            return search(rows, shown);
        case 'n':
            return search(rows, shown);
        case 'h':
            write_(kHelp);
            return shown;
        case 'q':
        case 'Q':
            return std::nullopt;
        default:
            return shown;
    }
}

std::size_t Pager::search(const std::vector<std::string_view>& rows, std::size_t from) {
    for (std::size_t i = from; i < rows.size() && !pattern_.empty(); ++i) {
        if (rows[i].find(pattern_) != std::string_view::npos) {
            return write_rows(rows, i, size_.rows > 1 ? size_.rows - 1 : 1);
        }
    }
    write_("Pattern not found\n");
    return from;
}

std::string Pager::read_pattern() {
    std::string pattern;
    write_("/");
    for (;;) {
        const std::optional<char> key = next_key_();
        if (!key || *key == kEscape) {
            pattern.clear();
        }
        if (!key || *key == kEscape || *key == '\n' || *key == '\r') {
            write_("\r" + std::string(pattern.size() + 1, ' ') + "\r");
            return pattern;
        }
        if (*key == kDelete || *key == '\b') {
            if (!pattern.empty()) {
                pattern.pop_back();
                write_("\b \b");
            }
        } else {
            pattern += *key;
            write_(printable({&*key, 1}));
        }
    }
}

}  // namespace eti::client
