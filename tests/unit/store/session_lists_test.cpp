#include "store/session_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SessionLists, KeepTheirNumbers) {
    const std::vector<int64_t> rows{3 * kSessionsInPart, 3 * kSessionsInPart + 1,
                                    4 * kSessionsInPart - 1};
    const std::string packed = pack_sessions(rows);
    EXPECT_LE(packed.size(), 5U);
    EXPECT_EQ(unpack_sessions(3, packed), rows);
    EXPECT_THAT(unpack_sessions(3, ""), IsEmpty());
}

TEST(SessionLists, JoinInOrderAndHoldANumberOnce) {
    const std::string joined = join_sessions(pack_sessions({5, 9, 700}), pack_sessions({0, 9, 12}));
    EXPECT_THAT(unpack_sessions(0, joined), ElementsAre(0, 5, 9, 12, 700));
    EXPECT_EQ(join_sessions(joined, joined), joined);
    EXPECT_EQ(join_sessions("", joined), joined);
}

}  // namespace
}  // namespace eti::analysis
