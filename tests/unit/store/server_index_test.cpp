#include "eti/store/server_index.h"

#include "eti/store/schema.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace eti::analysis {
namespace {

using namespace std::chrono_literals;
using test::kNoon;

const int64_t kNoonHour = hour_of(to_micros(kNoon));

ServerState server(int number, std::mt19937& random) {
    ServerState state;
    state.ip = net::IpAddress::v4(203, 0, static_cast<uint8_t>(number / 256),
                                  static_cast<uint8_t>(number % 256));
    const char* names[] = {"", "www.example", "a.example", "mail.zoo", "b.example"};
    state.name = names[random() % 5];
    const char* countries[] = {"", "DE", "RU", "US"};
    state.country = countries[random() % 4];
    state.category = random() % 2 == 0 ? "" : "C&C " + std::to_string(random() % 3);
    state.last_us = to_micros(kNoon) - static_cast<int64_t>(random() % 5) * kHourUs;
    state.first_us = state.last_us;
    state.history =
        pack({{kNoonHour - static_cast<int64_t>(random() % 20), false,
               1 + static_cast<int64_t>(random() % 4), 0, static_cast<int64_t>(random() % 11)}});
    return state;
}

class ServerIndexTest : public ::testing::Test {
  protected:
    ServerIndexTest() : database_(folder_.path("eti.db"), Database::Access::ReadWrite) {
        migrate(database_, kNoon);
        index_.load(database_, kNoon);
    }
    test::TemporaryFolder folder_;
    Database database_;
    ServerIndex index_;
};

TEST_F(ServerIndexTest, WalksEveryServerOnceInEverySort) {
    std::mt19937 random(7);
    std::vector<ServerState> servers;
    for (int i = 0; i < 500; ++i) {
        servers.push_back(server(i, random));
    }
    index_.update(servers, {});
    for (int sort = 0; sort < 7; ++sort) {
        for (const bool descending : {false, true}) {
            for (const std::size_t limit : {1UL, 7UL, 500UL, 1000UL}) {
                ServerQuery query;
                query.sort = static_cast<ServerSort>(sort);
                query.descending = descending;
                query.limit = limit;
                std::vector<net::IpAddress> walked;
                ServerPage page;
                do {
                    page = index_.page(query);
                    EXPECT_EQ(page.total, 500);
                    for (const ServerHit& hit : page.hits) {
                        walked.push_back(hit.ip);
                    }
                    query.after = page.next;
                } while (page.next && walked.size() <= 500);
                ASSERT_EQ(walked.size(), 500U) << sort << " by " << limit;
                query.after.reset();
                query.limit = 1000;
                const auto whole = index_.page(query).hits;
                ASSERT_TRUE(
                    std::equal(whole.begin(), whole.end(), walked.begin(),
                               [](const auto& hit, const auto& ip) { return hit.ip == ip; }))
                    << sort << " by " << limit;
                EXPECT_EQ(std::set(walked.begin(), walked.end()).size(), 500U);
            }
        }
    }
}

TEST_F(ServerIndexTest, SortsByTheColumnsMeaning) {
    std::vector<ServerState> servers(3);
    const char* ips[] = {"2001:db8::1", "9.9.9.9", "100.0.0.1"};
    const char* names[] = {"a.zoo", "z.alpha", "m.alpha"};
    for (std::size_t i = 0; i < 3; ++i) {
        servers[i].ip = *net::parse_ip(ips[i]);
        servers[i].name = names[i];
        servers[i].history = pack({{kNoonHour, false, 1, 0, 0}});
    }
    index_.update(servers, {});
    const auto order = [&](ServerSort sort) {
        ServerQuery query;
        query.sort = sort;
        query.descending = false;
        std::string text;
        for (const ServerHit& hit : index_.page(query).hits) {
            text += net::to_string(hit.ip) + " ";
        }
        return text;
    };
    EXPECT_EQ(order(ServerSort::Ip), "9.9.9.9 100.0.0.1 2001:db8::1 ");
    EXPECT_EQ(order(ServerSort::Hostname), "100.0.0.1 9.9.9.9 2001:db8::1 ");
}

TEST_F(ServerIndexTest, WindowsHoldWhatIsInThemAndMoveOn) {
    ServerState state;
    state.ip = *net::parse_ip("203.0.113.9");
    History history;
    for (const int64_t age : {1, 30, 24 * 6, 24 * 20, 24 * 40}) {
        merge(history, {kNoonHour - age, false, 1, 0, age == 24 * 20 ? 9 : 1});
    }
    state.history = pack(history);
    index_.update({state}, {});
    const auto count = [&](Window window) {
        ServerQuery query;
        query.window = window;
        const auto page = index_.page(query);
        return page.hits.empty() ? 0 : page.hits[0].attempts * 100 + page.hits[0].level;
    };
    EXPECT_EQ(count(Window::Day), 101);
    EXPECT_EQ(count(Window::Week), 301);
    EXPECT_EQ(count(Window::Month), 409);
    index_.advance(kNoon + 24h);
    EXPECT_EQ(count(Window::Day), 0);
    EXPECT_EQ(count(Window::Week), 201);
    index_.advance(kNoon + 12h * 24);
    EXPECT_EQ(count(Window::Month), 301) << "the level 9 is out, its server is not";
}

TEST_F(ServerIndexTest, AReportedServerHasNoLevelUntilTheReportIsWithdrawn) {
    ServerState state;
    state.ip = *net::parse_ip("203.0.113.9");
    state.history = pack({{kNoonHour, false, 1, 0, 9}});
    index_.update({state}, {{kDefaultRealm, state.ip, true}});
    EXPECT_EQ(index_.page({}).hits.at(0).level, 0);
    index_.update({}, {{kDefaultRealm, state.ip, false}});
    EXPECT_EQ(index_.page({}).hits.at(0).level, 9);
}

TEST_F(ServerIndexTest, RealmsDoNotSeeEachOther) {
    ServerState state;
    state.realm = 2;
    state.ip = *net::parse_ip("203.0.113.9");
    state.history = pack({{kNoonHour, false, 1, 0, 9}});
    index_.update({state}, {});
    EXPECT_EQ(index_.page({}).hits.size(), 0U);
    ServerQuery query;
    query.realm = 2;
    EXPECT_EQ(index_.page(query).hits.size(), 1U);
}

TEST_F(ServerIndexTest, ARemovedServerLeavesTheOthersInPlace) {
    std::mt19937 random(3);
    std::vector<ServerState> servers;
    for (int i = 0; i < 10; ++i) {
        servers.push_back(server(i, random));
    }
    index_.update(servers, {});
    index_.remove({{kDefaultRealm, servers[4].ip}, {kDefaultRealm, servers[9].ip}});
    EXPECT_EQ(index_.page({}).hits.size(), 8U);
    index_.update({servers[4]}, {});
    EXPECT_EQ(index_.page({}).hits.size(), 9U);
    EXPECT_EQ(index_.size(), 9U);
}

}  // namespace
}  // namespace eti::analysis
