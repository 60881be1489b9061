#include "eti/intel/feed_delta.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace eti::intel {
namespace {

std::string body(std::vector<std::string> lines) {
    return render_feed_body("kind,value", std::move(lines));
}

TEST(FeedBody, is_ordered_and_says_how_many) {
    std::size_t entries = 0;
    EXPECT_EQ(render_feed_body("a,b", {"z", "b", "z", "a"}, &entries),
              "# a,b\na\nb\nz\n# END (3) entries\n");
    EXPECT_EQ(entries, 3U);
    EXPECT_EQ(body({}), "# kind,value\n# END (0) entries\n");
    EXPECT_EQ(feed_lines(body({"b", "a"})), (std::vector<std::string_view>{"a", "b"}));
}

TEST(FeedDelta, reads_back_as_it_was_written) {
    FeedDelta delta = feed_difference(body({"a", "b"}), body({"b", "c", "d"}));
    delta.from = "20261124.1";
    delta.to = "20261124.2";
    const std::string text = render_feed_delta(delta);
    EXPECT_EQ(text, "# openeti-delta-v1 20261124.1 20261124.2\n-a\n+c\n+d\n# END (3) changes\n");
    FeedDelta read;
    ASSERT_EQ(parse_feed_delta(text, read), "");
    EXPECT_EQ(render_feed_delta(read), text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        EXPECT_NE(parse_feed_delta(text.substr(0, i), read), "") << i;
    }
}

// Any way through a series of random lists, in one step or many and back, gives the same bytes.
TEST(FeedDelta, leads_from_any_version_to_any_other) {
    std::mt19937 random(7);
    std::vector<std::string> bodies;
    for (int i = 0; i < 12; ++i) {
        std::vector<std::string> lines;
        for (auto n = random() % 20; n > 0; --n) {
            lines.push_back("line" + std::to_string(random() % 25));
        }
        bodies.push_back(body(lines));
    }
    for (std::size_t from = 0; from < bodies.size(); ++from) {
        FeedDelta way;
        for (std::size_t to = from + 1; to < bodies.size(); ++to) {
            append_delta(way, feed_difference(bodies[to - 1], bodies[to]));
            std::string result;
            ASSERT_EQ(apply_feed_delta(bodies[from], way, result), "");
            EXPECT_EQ(result, bodies[to]);
            ASSERT_EQ(apply_feed_delta(bodies[to], reversed(way), result), "");
            EXPECT_EQ(result, bodies[from]);
        }
    }
}

TEST(FeedDelta, is_refused_where_it_does_not_fit) {
    const FeedDelta delta = feed_difference(body({"a", "b"}), body({"b", "c"}));
    std::string result;
    EXPECT_NE(apply_feed_delta(body({"b"}), delta, result), "") << "'a' is not there";
    EXPECT_NE(apply_feed_delta(body({"a", "c"}), delta, result), "") << "'c' is there already";
    FeedDelta read;
    for (const char* text : {"", "# kind,value\n", "# openeti-delta-v1 1\n# END (0) changes\n",
                             "# openeti-delta-v1 1 2\nx\n# END (1) changes\n",
                             "# openeti-delta-v1 1 2\n+#x\n# END (1) changes\n",
                             "# openeti-delta-v1 1 2\n+b\n+a\n# END (2) changes\n",
                             "# openeti-delta-v1 1 2\n+a\n+a\n# END (2) changes\n",
                             "# openeti-delta-v1 1 2\n+a\n# END (1) changes\n+b\n"}) {
        EXPECT_NE(parse_feed_delta(text, read), "") << text;
    }
}

}  // namespace
}  // namespace eti::intel
