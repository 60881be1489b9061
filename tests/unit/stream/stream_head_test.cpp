#include "eti/stream/stream_head.h"

#include "tests/support/receiver_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace eti::stream {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr unsigned kNoLimit = 1000;

// Receiver is a StreamHead with its pool and everything it delivered.
struct Receiver {
    explicit Receiver(uint32_t first_sequence = 1000, uint32_t blocks = 64)
        : first(first_sequence), pool(blocks), block_count(blocks) {
        head.start(first_sequence);
    }
    Accepted accept(std::size_t offset, std::span<const uint8_t> bytes, unsigned limit = kNoLimit) {
        return head.accept(first + static_cast<uint32_t>(offset), bytes, pool, limit,
                           [this](std::span<const uint8_t> run) {
                               delivered.insert(delivered.end(), run.begin(), run.end());
                           });
    }
    Accepted accept(std::size_t offset, std::string_view text, unsigned limit = kNoLimit) {
        return accept(offset, Bytes(text.begin(), text.end()), limit);
    }
    std::string text() const { return {delivered.begin(), delivered.end()}; }

    uint32_t first;
    SegmentPool pool;
    uint32_t block_count;
    StreamHead head;
    Bytes delivered;
};

TEST(Sequence, ComparesAcrossTheWrap) {
    EXPECT_EQ(distance(0xfffffff0, 0x10), 0x20);
    EXPECT_EQ(distance(0x10, 0xfffffff0), -0x20);
    EXPECT_TRUE(before(0xffffffff, 0));
    EXPECT_FALSE(before(0, 0xffffffff));
    EXPECT_FALSE(before(5, 5));
}

TEST(StreamHead, DeliversInOrderBytesWithoutACopy) {
    Receiver receiver(7, 0);
    const Bytes bytes = {1, 2, 3};
    const uint8_t* seen = nullptr;
    EXPECT_EQ(receiver.head.accept(7, bytes, receiver.pool, 0,
                                   [&seen](std::span<const uint8_t> run) { seen = run.data(); }),
              Accepted::InOrder);
    EXPECT_EQ(seen, bytes.data());
    EXPECT_EQ(receiver.head.next_sequence(), 10U);
    EXPECT_EQ(receiver.head.delivered(), 3U);
}

TEST(StreamHead, SaysWhatBecameOfASegment) {
    Receiver receiver;
    EXPECT_EQ(receiver.accept(0, "ab"), Accepted::InOrder);
    EXPECT_EQ(receiver.accept(0, "ab"), Accepted::Duplicate);
    EXPECT_EQ(receiver.accept(2, ""), Accepted::Duplicate);
    EXPECT_EQ(receiver.accept(4, "ef"), Accepted::OutOfOrder);
    EXPECT_TRUE(receiver.head.has_gap());
    EXPECT_EQ(receiver.accept(1, "bcd"), Accepted::InOrder);
    EXPECT_FALSE(receiver.head.has_gap());
    EXPECT_EQ(receiver.text(), "abcdef");
    EXPECT_EQ(receiver.accept((1U << 30) + 7, "x"), Accepted::Outside);
    EXPECT_EQ(receiver.accept(0U - (1U << 30), "x"), Accepted::Outside);
    EXPECT_EQ(receiver.pool.available(), receiver.block_count);
}

struct OverlapCase {
    const char* why;
    std::vector<std::pair<std::size_t, const char*>> waiting;  // offset and text, in arrival order
    const char* delivered;                                     // after "_" closes the gap
};

// What a Linux receiver delivers, measured with crafted segments.
TEST(StreamHead, KeepsTheCopyALinuxReceiverKeeps) {
    const OverlapCase cases[] = {
        {"the same range: the older", {{1, "old"}, {1, "new"}}, "_old"},
        {"inside: the older", {{1, "older"}, {2, "new"}}, "_older"},
        {"inside, at the front", {{1, "older"}, {1, "ne"}}, "_older"},
        {"inside, at the end", {{1, "older"}, {4, "ew"}}, "_older"},
        {"same start and longer: the newer", {{1, "old"}, {1, "newer"}}, "_newer"},
        {"covering: the newer", {{2, "old"}, {1, "newer"}}, "_newer"},
        {"same end and longer: the newer", {{3, "old"}, {1, "newer"}}, "_newer"},
        {"partial, the older starts lower", {{1, "old"}, {3, "NEW"}}, "_oldEW"},
        {"partial, the newer starts lower", {{3, "old"}, {1, "NEW"}}, "_NEWld"},
        {"covering two", {{2, "a"}, {4, "b"}, {1, "covers"}}, "_covers"},
        {"over the end of one, covering the next", {{1, "aaa"}, {5, "b"}, {3, "NEWS"}}, "_aaaEWS"},
        {"between two, touching both", {{1, "aaa"}, {5, "bbb"}, {3, "NEW"}}, "_aaaEWbb"},
        {"joined segments are one", {{1, "aa"}, {3, "bb"}, {2, "NE"}}, "_aabb"},
    };
    for (const OverlapCase& c : cases) {
        SCOPED_TRACE(c.why);
        Receiver receiver;
        test::ReceiverModel model;
        for (const auto& [offset, text] : c.waiting) {
            EXPECT_EQ(receiver.accept(offset, text), Accepted::OutOfOrder);
            model.accept(offset, Bytes(text, text + std::string_view(text).size()));
        }
        EXPECT_EQ(receiver.text(), "");
        EXPECT_EQ(receiver.accept(0, "_"), Accepted::InOrder);
        model.accept(0, Bytes{'_'});
        EXPECT_EQ(receiver.text(), c.delivered);
        EXPECT_EQ(receiver.delivered, model.delivered);
        EXPECT_EQ(receiver.pool.available(), receiver.block_count);
    }
}

TEST(StreamHead, BytesInOrderWinOverWhatWaits) {
    Receiver receiver;
    receiver.accept(2, "WAIT");
    receiver.accept(0, "abcd");
    EXPECT_EQ(receiver.text(), "abcdIT");
    receiver.accept(0, "XXXXXXg");
    EXPECT_EQ(receiver.text(), "abcdITg");
}

Bytes numbered(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), uint8_t{0});
    return bytes;
}

// Every order of every cut of the stream into pieces that overlap by a few bytes, around the wrap
// of the sequence number.
TEST(StreamHead, ArrivalOrderDoesNotChangeTheStream) {
    constexpr std::size_t kSize = 6;
    const Bytes stream = numbered(kSize);
    for (unsigned cuts = 0; cuts < 1U << (kSize - 1); ++cuts) {
        std::vector<std::size_t> bounds = {0};
        for (std::size_t at = 1; at < kSize; ++at) {
            if ((cuts >> (at - 1) & 1) != 0) {
                bounds.push_back(at);
            }
        }
        bounds.push_back(kSize);
        std::vector<std::size_t> order(bounds.size() - 1);
        for (std::size_t overlap = 0; overlap < 3; ++overlap) {
            std::iota(order.begin(), order.end(), std::size_t{0});
            do {
                Receiver receiver(0xfffffffd, 8);
                for (const std::size_t piece : order) {
                    const std::size_t from = bounds[piece];
                    const std::size_t to = std::min(bounds[piece + 1] + overlap, kSize);
                    receiver.accept(from, std::span(stream).subspan(from, to - from));
                }
                ASSERT_EQ(receiver.delivered, stream) << "cuts " << cuts << " overlap " << overlap;
                ASSERT_EQ(receiver.pool.available(), receiver.block_count);
            } while (std::next_permutation(order.begin(), order.end()));
        }
    }
}

// Random segments whose copies disagree, many of them longer than a block.
TEST(StreamHead, DeliversWhatTheModelDelivers) {
    std::mt19937 random(20'240'601);
    for (int round = 0; round < 400; ++round) {
        Receiver receiver(static_cast<uint32_t>(random()), 512);
        test::ReceiverModel model;
        const std::size_t longest = round % 2 == 0 ? 12 : 7000;
        for (int i = 0; i < 24; ++i) {
            const Bytes bytes(1 + random() % longest, static_cast<uint8_t>(i));
            const std::size_t offset = random() % (3 * longest);
            ASSERT_NE(receiver.accept(offset, bytes), Accepted::OverBudget);
            model.accept(offset, bytes);
            ASSERT_EQ(receiver.delivered, model.delivered) << "round " << round;
            ASSERT_EQ(receiver.head.has_gap(), model.has_gap());
        }
        receiver.head.release(receiver.pool);
        ASSERT_EQ(receiver.pool.available(), receiver.block_count);
    }
}

TEST(StreamHead, CutsLongSegmentsIntoBlocks) {
    const Bytes stream = numbered(65'535);
    Receiver receiver(1, 40);
    EXPECT_EQ(receiver.accept(1, std::span(stream).subspan(1)), Accepted::OutOfOrder);
    EXPECT_EQ(receiver.pool.available(), 40U - 33U);
    EXPECT_EQ(receiver.accept(0, std::span(stream).first(1)), Accepted::InOrder);
    EXPECT_EQ(receiver.delivered, stream);
    EXPECT_EQ(receiver.pool.available(), 40U);
}

TEST(StreamHead, TinySegmentsThatFollowEachOtherShareABlock) {
    Receiver receiver(1, 2);
    const Bytes stream = numbered(1000);
    for (std::size_t at = 1; at < stream.size(); ++at) {
        ASSERT_EQ(receiver.accept(at, std::span(stream).subspan(at, 1)), Accepted::OutOfOrder);
    }
    EXPECT_EQ(receiver.pool.available(), 1U);
    receiver.accept(0, std::span(stream).first(1));
    EXPECT_EQ(receiver.delivered, stream);
}

TEST(StreamHead, GivesUpAtItsLimitOrWithoutBlocks) {
    Receiver limited;
    EXPECT_EQ(limited.accept(2, "a", 2), Accepted::OutOfOrder);
    EXPECT_EQ(limited.accept(4, "b", 2), Accepted::OutOfOrder);
    EXPECT_EQ(limited.accept(6, "c", 2), Accepted::OverBudget);
    EXPECT_EQ(limited.accept(0, "_", 2), Accepted::InOrder) << "in-order bytes need no block";
    Receiver starved(1, 1);
    EXPECT_EQ(starved.accept(1, Bytes(SegmentPool::kBlockBytes + 1)), Accepted::OverBudget);
    starved.head.release(starved.pool);
    EXPECT_EQ(starved.pool.available(), 1U);
}

TEST(StreamHead, StartsAgainAfterRelease) {
    Receiver receiver;
    receiver.accept(5, "later");
    receiver.head.release(receiver.pool);
    EXPECT_FALSE(receiver.head.started());
    EXPECT_FALSE(receiver.head.has_gap());
    EXPECT_EQ(receiver.pool.available(), receiver.block_count);
    receiver.head.start(receiver.first);
    receiver.accept(0, "again");
    EXPECT_EQ(receiver.text(), "again");
    EXPECT_EQ(receiver.head.delivered(), 5U);
}

}  // namespace
}  // namespace eti::stream
