#include "eti/intel/feed_delta.h"

#include "eti/intel/feed_text.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace eti::intel {
namespace {

constexpr std::string_view kMark = "# openeti-delta-v1 ";

// cut_line takes the first line off text; false at its end.
bool cut_line(std::string_view& text, std::string_view& line) {
    if (text.empty()) {
        return false;
    }
    const auto end = text.find('\n');
    line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return true;
}

template <typename Line>
void order(std::vector<Line>& lines) {
    if (!std::is_sorted(lines.begin(), lines.end())) {
        std::sort(lines.begin(), lines.end());
    }
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
}

template <typename Line>
std::string body_of(std::string_view columns, const std::vector<Line>& lines) {
    std::size_t size = columns.size() + 40;
    for (const Line& line : lines) {
        size += line.size() + 1;
    }
    std::string body;
    body.reserve(size);
    body.append("# ").append(columns).append("\n");
    for (const Line& line : lines) {
        body.append(line).append("\n");
    }
    return body.append("# END (").append(std::to_string(lines.size())).append(") entries\n");
}

// columns_of is the comment that begins a body, without its mark.
std::string_view columns_of(std::string_view body) {
    std::string_view line;
    if (!cut_line(body, line) || !line.starts_with("# ")) {
        return {};
    }
    return line.substr(2);
}

// cancel takes out of both lists what they share.
void cancel(std::vector<std::string>& one, std::vector<std::string>& other) {
    std::vector<std::string> left;
    std::vector<std::string> kept;
    std::set_difference(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(left));
    std::set_difference(other.begin(), other.end(), one.begin(), one.end(),
                        std::back_inserter(kept));
    one = std::move(left);
    other = std::move(kept);
}

std::vector<std::string> united(const std::vector<std::string>& one,
                                const std::vector<std::string>& other) {
    std::vector<std::string> all;
    std::set_union(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(all));
    return all;
}

std::string closing_line(const FeedDelta& delta) {
    return "# END (" + std::to_string(delta.changes()) + ") changes";
}

// missing are the lines of one that other lacks; both are ordered.
std::vector<std::string> missing(const std::vector<std::string_view>& one,
                                 const std::vector<std::string_view>& other) {
    std::vector<std::string_view> lines;
    std::set_difference(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(lines));
    return {lines.begin(), lines.end()};
}

bool strictly_ordered(const std::vector<std::string>& lines) {
    return std::adjacent_find(lines.begin(), lines.end(),
                              [](const auto& a, const auto& b) { return a >= b; }) == lines.end();
}

}  // namespace

std::string render_feed_body(std::string_view columns, std::vector<std::string> lines,
                             std::size_t* entries) {
    order(lines);
    if (entries != nullptr) {
        *entries = lines.size();
    }
    return body_of(columns, lines);
}

std::vector<std::string_view> feed_lines(std::string_view body) {
    std::vector<std::string_view> lines;
    std::string_view line;
    while (cut_line(body, line)) {
        if (!line.empty() && !line.starts_with('#')) {
            lines.push_back(line);
        }
    }
    order(lines);
    return lines;
}

FeedDelta feed_difference(std::string_view before, std::string_view after) {
    const auto old_lines = feed_lines(before);
    const auto new_lines = feed_lines(after);
    return {{}, {}, missing(old_lines, new_lines), missing(new_lines, old_lines)};
}

void append_delta(FeedDelta& first, const FeedDelta& next) {
    std::vector<std::string> removed = next.removed;
    std::vector<std::string> added = next.added;
    cancel(first.added, removed);  // came, and went
    cancel(first.removed, added);  // went, and came back
    first.removed = united(first.removed, removed);
    first.added = united(first.added, added);
    first.to = next.to;
}

FeedDelta reversed(FeedDelta delta) {
    std::swap(delta.from, delta.to);
    std::swap(delta.removed, delta.added);
    return delta;
}

std::string render_feed_delta(const FeedDelta& delta) {
    std::string text;
    text.append(kMark).append(delta.from).append(" ").append(delta.to).append("\n");
    for (const std::string& line : delta.removed) {
        text.append("-").append(line).append("\n");
    }
    for (const std::string& line : delta.added) {
        text.append("+").append(line).append("\n");
    }
    return text.append(closing_line(delta)).append("\n");
}

bool is_feed_delta(std::string_view text) {
    return text.starts_with(kMark);
}

std::string parse_feed_delta(std::string_view text, FeedDelta& delta) {
    std::string_view line;
    if (!is_feed_delta(text) || !cut_line(text, line)) {
        return "it does not begin like a delta";
    }
    line.remove_prefix(kMark.size());
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos || blank == 0 || blank + 1 == line.size()) {
        return "it does not name its two versions";
    }
    const bool whole = text.ends_with('\n');
    FeedDelta read{std::string(line.substr(0, blank)), std::string(line.substr(blank + 1)), {}, {}};
    while (cut_line(text, line) && !line.starts_with('#')) {
        if (line.size() < 2 || (line[0] != '-' && line[0] != '+') || line[1] == '#') {
            return "line " + quoted(line) + " is no change";
        }
        (line[0] == '-' ? read.removed : read.added).emplace_back(line.substr(1));
    }
    if (!whole || line != closing_line(read) || !text.empty()) {
        return "it is truncated";
    }
    if (!strictly_ordered(read.removed) || !strictly_ordered(read.added)) {
        return "its lines are not in order";
    }
    delta = std::move(read);
    return {};
}

std::string apply_feed_delta(std::string_view body, const FeedDelta& delta, std::string& result) {
    const auto before = feed_lines(body);
    if (!std::includes(before.begin(), before.end(), delta.removed.begin(), delta.removed.end())) {
        return "it removes a line that is not there";
    }
    std::vector<std::string_view> left;
    std::set_difference(before.begin(), before.end(), delta.removed.begin(), delta.removed.end(),
                        std::back_inserter(left));
    std::vector<std::string_view> after;
    after.reserve(left.size() + delta.added.size());
    std::set_union(left.begin(), left.end(), delta.added.begin(), delta.added.end(),
                   std::back_inserter(after));
    if (after.size() != left.size() + delta.added.size()) {
        return "it adds a line that is there already";
    }
    result = body_of(columns_of(body), after);
    return {};
}

}  // namespace eti::intel
