// The body of a published feed, and what changed between two versions of it. Service and daemon
// build the same bytes from the same lines, so a delta can be checked by the whole body's digest.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eti::intel {

// render_feed_body writes a comment line that names the columns, the lines ordered bytewise and
// each once, and "# END (N) entries". lines are in any order; entries (if wanted) becomes N.
std::string render_feed_body(std::string_view columns, std::vector<std::string> lines,
                             std::size_t* entries = nullptr);
// feed_lines are a body's entries in order, without comments; they borrow from it.
std::vector<std::string_view> feed_lines(std::string_view body);

struct FeedDelta {
    std::string from;  // versions, "20261124.3"
    std::string to;
    std::vector<std::string> removed;  // ordered
    std::vector<std::string> added;    // ordered

    std::size_t changes() const { return removed.size() + added.size(); }
};

FeedDelta feed_difference(std::string_view before, std::string_view after);
// append_delta makes first the way from its start to next's end: a line that came and went is none.
void append_delta(FeedDelta& first, const FeedDelta& next);
// reversed is the way back.
FeedDelta reversed(FeedDelta delta);

// The text: "# openeti-delta-v1 FROM TO", a line each with '-' or '+' before it, "# END (N)
// changes".
std::string render_feed_delta(const FeedDelta& delta);
bool is_feed_delta(std::string_view text);
// parse_feed_delta returns an empty text, or why it is none.
std::string parse_feed_delta(std::string_view text, FeedDelta& delta);
// apply_feed_delta makes the body that follows; empty text, or why the delta does not fit.
std::string apply_feed_delta(std::string_view body, const FeedDelta& delta, std::string& result);

}  // namespace eti::intel
