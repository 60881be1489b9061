#include "eti/control/link_checker.h"

#include <gtest/gtest.h>

#include <thread>

namespace eti::control {
namespace {

TEST(LinkChecker, WalksOnAThreadOfItsOwnAndAnswersOnTheLoops) {
    EventLoop loop(std::chrono::milliseconds(10));
    const auto control = std::this_thread::get_id();
    LinkChecker checker(loop, [&](const std::string& host) {
        EXPECT_EQ(std::this_thread::get_id(), control);
        return [&, host] {
            EXPECT_NE(std::this_thread::get_id(), control);
            return LinkChecker::Checks{{"TCP to " + host, true, "reached"}};
        };
    });
    for (int round = 0; round < 2; ++round) {
        LinkChecker::Checks got;
        ASSERT_TRUE(checker.request("a", [&](const LinkChecker::Checks& checks) {
            EXPECT_EQ(std::this_thread::get_id(), control);
            got = checks;
        }));
        EXPECT_FALSE(checker.request("b", [](const auto&) { FAIL() << "only one at a time"; }));
        for (int i = 0; i < 1000 && got.empty(); ++i) {
            loop.turn(std::chrono::milliseconds(10));
        }
        ASSERT_EQ(got.size(), 1U);
        EXPECT_EQ(got[0].name, "TCP to a");
    }
}

}  // namespace
}  // namespace eti::control
