#include "eti/feeds/merge.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace eti::analysis {
namespace {

const Timestamp kNow{std::chrono::seconds(1'700'000'000)};

Indicator server(std::string ip, uint16_t port, uint8_t level, int64_t listed,
                 std::string reason = "") {
    Indicator result;
    result.kind = IndicatorKind::Server;
    result.value = std::move(ip);
    result.port = port;
    result.level = level;
    result.listed_s = listed;
    result.reason = std::move(reason);
    return result;
}

TEST(Merge, keeps_the_strongest_then_the_latest_and_names_all_sources) {
    const std::vector<SourceIndicators> sources{
        {"a",
         {},
         {server("192.0.2.1", 443, 7, 500, "weak"), server("192.0.2.2", 0, 5, 100, "old")}},
        {"b", {}, {server("192.0.2.1", 443, 9, 100, "strong"), server("192.0.2.2", 0, 5, 200, "")}},
        {"c", {}, {server("192.0.2.1", 80, 10, 0, "another port")}}};
    const auto merged = merge_indicators(sources, kNow);
    ASSERT_EQ(merged.size(), 3U);
    EXPECT_EQ(merged[0].indicator.reason, "strong");
    EXPECT_EQ(merged[0].sources, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(merged[1].indicator.listed_s, 200);
    EXPECT_EQ(merged[1].indicator.reason, "b") << "nobody says why: the source does";
    EXPECT_EQ(merged[2].indicator.port, 80);
}

TEST(Merge, the_order_of_sources_does_not_matter_for_what_is_kept) {
    std::vector<SourceIndicators> sources{{"a", {}, {server("192.0.2.1", 443, 7, 500, "x")}},
                                          {"b", {}, {server("192.0.2.1", 443, 7, 600, "y")}},
                                          {"c", {}, {server("192.0.2.1", 443, 8, 1, "z")}}};
    std::sort(sources.begin(), sources.end(),
              [](const auto& one, const auto& other) { return one.source < other.source; });
    do {
        EXPECT_EQ(merge_indicators(sources, kNow).at(0).indicator.reason, "z");
    } while (std::next_permutation(
        sources.begin(), sources.end(),
        [](const auto& one, const auto& other) { return one.source < other.source; }));
}

TEST(Merge, leaves_out_what_is_too_old_for_its_source) {
    const int64_t day = 24 * 3600;
    const int64_t now = 1'700'000'000;
    const std::vector<SourceIndicators> sources{
        {"a",
         std::chrono::seconds(10 * day),
         {server("192.0.2.1", 0, 10, now - 11 * day), server("192.0.2.2", 0, 10, now - 9 * day),
          server("192.0.2.3", 0, 10, 0)}},
        {"b", {}, {server("192.0.2.4", 0, 10, now - 4000 * day)}}};
    const auto merged = merge_indicators(sources, kNow);
    ASSERT_EQ(merged.size(), 3U);
    EXPECT_EQ(merged[0].indicator.value, "192.0.2.2");
    EXPECT_EQ(merged[1].indicator.value, "192.0.2.3") << "no date, no age";
}

TEST(Merge, published_lines_read_back) {
    Indicator certificate;
    certificate.value = std::string(40, 'a');
    certificate.reason = "Dridex C&C";
    certificate.listed_s = 1693599715;
    Indicator ja3;
    ja3.kind = IndicatorKind::Ja3;
    ja3.value = std::string(32, 'b');
    const std::vector<SourceIndicators> sources{
        {"a",
         {},
         {certificate, ja3, server("192.0.2.1", 443, 8, 1693599715, "Pikabot"),
          server("2001:db8::1", 0, 10, 0, "x")}}};
    const MergedLists lists = published_lines(merge_indicators(sources, kNow));
    ASSERT_EQ(lists.certificates.size(), 1U) << "a fingerprint is no certificate";
    EXPECT_EQ(lists.certificates[0], "2023-09-01 20:21:55," + certificate.value + ",Dridex C&C");
    EXPECT_EQ(lists.servers,
              (std::vector<std::string>{"2023-09-01 20:21:55,192.0.2.1,443,8,Pikabot"}));
    EXPECT_EQ(lists.servers6, (std::vector<std::string>{",2001:db8::1,,10,x"}));
    const FeedEntry entry = read_feed_entry(kServerFeed, lists.servers[0]);
    EXPECT_EQ(entry.key(), "192.0.2.1:443");
    EXPECT_EQ(entry.level, 8);
    EXPECT_EQ(entry.reason, "Pikabot");
    EXPECT_EQ(read_feed_entry(kServer6Feed, lists.servers6[0]).key(), "2001:db8::1");
    const FeedEntry host =
        read_feed_entry(kInfectedFeed, "10.0.1.10,10,2023-09-01 20:21:55,,certificate");
    EXPECT_EQ(host.value, "10.0.1.10");
    EXPECT_EQ(host.expires_s, 0);
}

TEST(Indicators, come_back_as_they_were_stored) {
    std::vector<Indicator> before{server("192.0.2.1", 443, 8, 1693599715, "a b"),
                                  server("2001:db8::1", 0, 10, 0, "")};
    before[0].reference = "https://ref.example/1?a=b";
    EXPECT_EQ(read_indicators(render_indicators(before)), before);
    EXPECT_TRUE(read_indicators("nonsense\n\n,,,\n").empty());
}

}  // namespace
}  // namespace eti::analysis
