#include "eti/intel/feed_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace eti::intel {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::size_t kMaxQuoted = 80;
constexpr std::size_t kMaxHostname = 253;  // RFC 1035 section 2.3.4, as text
constexpr std::size_t kMaxLabel = 63;

bool is_label(std::string_view label) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    return !label.empty() && label.size() <= kMaxLabel &&
           label.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string_view without_quotes(std::string_view field) {
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
        field = trimmed(field.substr(1, field.size() - 2));
    }
    return field;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return lower;
}

std::string quoted(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result = "'";
    for (const char c : text.substr(0, kMaxQuoted)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            result.push_back(c);
        } else {
            result.append("\\x").append({kDigits[byte >> 4], kDigits[byte & 0x0f]});
        }
    }
    result.append(text.size() > kMaxQuoted ? "...'" : "'");
    return result;
}

LineReader::LineReader(std::string_view text) : rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (rest_.starts_with(kByteOrderMark)) {
        rest_.remove_prefix(kByteOrderMark.size());
    }
}

bool LineReader::next(std::string_view& line) {
    if (rest_.empty()) {
        return false;
    }
    const auto end = rest_.find('\n');
    line = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    return true;
}

std::vector<std::string_view> split_fields(std::string_view line) {
    std::vector<std::string_view> fields;
    bool in_quotes = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i < line.size() && fields.size() + 1 < kMaxFields; ++i) {
        if (line[i] == '"') {
            in_quotes = !in_quotes;
        } else if (line[i] == ',' && !in_quotes) {
            fields.push_back(without_quotes(trimmed(line.substr(start, i - start))));
            start = i + 1;
        }
    }
    fields.push_back(without_quotes(trimmed(line.substr(start))));
    return fields;
}

bool parse_hostname(std::string_view text, std::string& hostname) {
    hostname = lower_case(text);
    if (hostname.ends_with('.')) {
        hostname.pop_back();
    }
    std::string_view rest = hostname;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
    }
    if (rest.empty() || rest.size() > kMaxHostname) {
        return false;
    }
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
        if (!is_label(rest.substr(0, dot))) {
            return false;
        }
        rest.remove_prefix(dot + 1);
    }
    return is_label(rest);
}

std::optional<std::size_t> declared_entries(std::string_view comment) {
    comment = trimmed(comment.substr(std::min(comment.find_first_not_of('#'), comment.size())));
    for (const std::string_view start : {"END (", "END ", "Number of entries: "}) {
        if (!comment.starts_with(start)) {
            continue;
        }
        const std::string_view number = comment.substr(start.size());
        std::size_t count = 0;
        const auto* last = number.data() + number.size();
        const auto [end, error] = std::from_chars(number.data(), last, count);
        const bool closed = !start.ends_with('(') || (end != last && *end == ')');
        if (error == std::errc{} && closed) {
            return count;
        }
    }
    return std::nullopt;
}

std::string RowCount::check_size(std::string_view text) const {
    if (trimmed(text).empty()) {
        return "the file is empty; download it again";
    }
    if (text.size() > limits_.max_bytes) {
        return "the file has " + std::to_string(text.size()) + " bytes, more than the limit of " +
               std::to_string(limits_.max_bytes) + "; split it or raise the limit";
    }
    return {};
}

std::string RowCount::add_row() {
    ++rows_;
    if (rows_ > limits_.max_entries) {
        return "the file has more than the limit of " + std::to_string(limits_.max_entries) +
               " entries; split it or raise the limit";
    }
    return {};
}

void RowCount::comment(std::string_view line) {
    if (const auto count = declared_entries(line)) {
        declared_ = count;
    }
    // Files with this banner always close with an END line.
    expects_end_ = expects_end_ || line.find("abuse.ch SSLBL") != std::string_view::npos;
}

std::string RowCount::check_end() const {
    const std::string rows = std::to_string(rows_);
    if (!declared_ && expects_end_) {
        return "the file is truncated: after " + rows +
               " entries the closing line '# END (N) entries' is missing; download it again";
    }
    // More rows than declared are legal: operators add rows to a downloaded list.
    if (declared_ && *declared_ > rows_) {
        return "the file is truncated: it declares " + std::to_string(*declared_) +
               " entries and holds " + rows + "; download it again";
    }
    return {};
}

void reject(std::vector<RejectedLine>& rejected, std::size_t& count, std::size_t line,
            std::string why) {
    ++count;
    if (rejected.size() < kMaxRejectedLines) {
        rejected.push_back({line, std::move(why)});
    }
}

}  // namespace eti::intel
