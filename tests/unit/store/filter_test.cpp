#include "eti/store/filter.h"

#include "store/server_columns.h"

#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

constexpr int64_t kNow = 1'795'521'600'000'000;  // 2026-11-24T12:00:00Z

ServerState server() {
    ServerState state;
    state.ip = *net::parse_ip("203.0.113.9");
    state.name = "www.bad.example";
    state.country = "RU";
    state.category = "AsyncRAT C&C";
    state.first_us = kNow - 3 * kDayUs;
    state.last_us = kNow - 2 * kHourUs;
    state.ports = {{443, 0, 3}, {8443, 0, 1}, {25, 0, 0}};
    state.visibility[3] = 2;
    state.history = pack({{hour_of(kNow), false, 12, 1, 8}});
    return state;
}

bool matches(const std::string& text) {
    const Filter filter = parse_filter(text, kNow);
    ServerIndex::Columns columns;
    columns.set(server(), window_hours(hour_of(kNow)));
    const ServerSets sets{{server().ip}, {}};
    return Matcher(filter, sets).matches({columns, 0, 12, 8});
}

TEST(Filter, SaysWhatMatches) {
    struct Case {
        const char* text;
        bool matches;
    };
    const std::vector<Case> cases = {
        {"", true},
        {"  ", true},
        {"country:ru", true},
        {"country:DE", false},
        {"level>=8", true},
        {"level>8", false},
        {"level=8 count<13", true},
        {"level=8 count<12", false},
        {"-country:DE", true},
        {"NOT country:RU", false},
        {"- -country:RU", true},
        {"country:DE OR level:8", true},
        {"country:DE OR level:7 country:RU", false},
        {"(country:DE OR country:RU) port:8443", true},
        {"port:25", false},
        {"host:*.example", true},
        {"host:www.*", true},
        {"host:*bad*", true},
        {"host:bad", false},
        {"bad", true},
        {"asyncrat", true},
        {"203.0.113.9", true},
        {"203.0.113.8", false},
        {"ip:203.0.113.0/24", true},
        {"ip:203.0.113.1-203.0.113.8", false},
        {"category:\"asyncrat c&c\"", true},
        {"category:async*", true},
        {"visibility:tls13", true},
        {"visibility:quic", false},
        {"last:3h", true},
        {"last>1h", false},
        {"first<2026-11-22", true},
        {"first<2026-11-21T00:00:00Z", false},
        {"sha1:ab* -ja4:t13*", true},  // the sets: one with the server, an empty one
    };
    for (const Case& each : cases) {
        EXPECT_EQ(matches(each.text), each.matches) << each.text;
    }
}

TEST(Filter, NamesTheColumnOfAnError) {
    struct Case {
        const char* text;
        std::size_t column;
    };
    const std::vector<Case> cases = {
        {"level>=x", 8},
        {"level>=11", 8},
        {"colour:red", 1},
        {"country:RU (", 12},
        {"country:RU )", 12},
        {"()", 1},
        {"a OR", 5},
        {"host:\"x", 6},
        {"ip:300.1.1.1", 4},
        {"country>RU", 8},
        {"host:a*b", 6},
        {"sha1:*ab", 6},
        {"port:70000", 6},
        {"visibility:all", 12},
        {"last:soon", 6},
        {"level:", 7},
        {"-", 2},
        {"x NOT", 6},
    };
    for (const Case& each : cases) {
        try {
            parse_filter(each.text, kNow);
            ADD_FAILURE() << each.text << " was taken";
        } catch (const FilterError& error) {
            EXPECT_EQ(error.column(), each.column) << each.text << ": " << error.what();
        }
    }
}

TEST(Filter, IsBounded) {
    EXPECT_THROW(parse_filter(std::string(kMaxFilterBytes + 1, 'a'), kNow), FilterError);
    EXPECT_THROW(parse_filter(std::string(100, '('), kNow), FilterError);
    EXPECT_THROW(parse_filter(std::string(100, '-') + "a", kNow), FilterError);
    std::string many;
    for (std::size_t i = 0; i <= kMaxFilterTerms; ++i) {
        many += "a ";
    }
    EXPECT_THROW(parse_filter(many, kNow), FilterError);
}

}  // namespace
}  // namespace eti::analysis
