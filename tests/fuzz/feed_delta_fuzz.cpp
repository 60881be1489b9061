#include "eti/base/check.h"
#include "eti/intel/feed_delta.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// A delta and a body, parted by a zero byte: what fits leads back as well.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace eti::intel;
    const std::string input(data, data + size);
    const std::size_t zero = std::min(input.find('\0'), input.size());
    FeedDelta delta;
    if (!parse_feed_delta(std::string_view(input).substr(0, zero), delta).empty()) {
        return 0;
    }
    FeedDelta again;
    ETI_CHECK(parse_feed_delta(render_feed_delta(delta), again).empty());
    const std::string_view body = std::string_view(input).substr(std::min(zero + 1, input.size()));
    std::string after;
    std::string before;
    if (apply_feed_delta(body, delta, after).empty()) {
        ETI_CHECK(apply_feed_delta(after, reversed(delta), before).empty());
        ETI_CHECK(feed_lines(before) == feed_lines(body));
    }
    return 0;
}
