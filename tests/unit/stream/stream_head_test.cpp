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
    auto sink() {
        return [this](std::span<const uint8_t> run) {
            delivered.insert(delivered.end(), run.begin(), run.end());
        };
    }
    Keeping keeping() { return {pool, limit, undecided}; }
    Accepted accept(std::size_t offset, std::span<const uint8_t> bytes) {
        return head.accept(first + static_cast<uint32_t>(offset), bytes, keeping(), sink());
    }
    Accepted accept(std::size_t offset, std::string_view text) {
        return accept(offset, Bytes(text.begin(), text.end()));
    }
    void acknowledge(std::size_t offset) {
        head.acknowledge(first + static_cast<uint32_t>(offset), pool);
    }
    uint32_t in_use() const { return block_count - pool.available(); }
    std::string text() const { return {delivered.begin(), delivered.end()}; }

    uint32_t first;
    SegmentPool pool;
    uint32_t block_count;
    unsigned limit = kNoLimit;
    bool undecided = false;  // keep what is not acknowledged
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
    for (const bool undecided : {false, true}) {
        Receiver receiver(7, undecided ? 1 : 0);
        const Bytes bytes = {1, 2, 3};
        const uint8_t* seen = nullptr;
        EXPECT_EQ(receiver.head.accept(7, bytes, {receiver.pool, kNoLimit, undecided},
                                       [&](std::span<const uint8_t> run) { seen = run.data(); }),
                  Accepted::InOrder);
        EXPECT_EQ(seen, bytes.data());
        EXPECT_EQ(receiver.head.next_sequence(), 10U);
        EXPECT_EQ(receiver.head.delivered(), 3U);
        EXPECT_EQ(receiver.head.keeps_bytes(), undecided);
    }
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
    EXPECT_EQ(receiver.in_use(), 0U);
}

TEST(StreamHead, BytesBeforeTheFirstAreNoPartOfTheStream) {
    Receiver receiver(0);
    EXPECT_EQ(receiver.accept(0U - 5, "xxxxx"), Accepted::Duplicate);
    EXPECT_EQ(receiver.accept(0U - 2, "xxab"), Accepted::InOrder);
    EXPECT_EQ(receiver.text(), "ab");
}

struct Step {
    std::size_t offset;
    const char* text;
    Accepted expected;
};
struct ContradictionCase {
    const char* why;
    std::vector<Step> steps;
    const char* delivered;
};

TEST(StreamHead, RefusesASegmentThatRewritesWhatPassed) {
    using enum Accepted;
    const ContradictionCase cases[] = {
        {"the same range while it waits",
         {{1, "old", OutOfOrder}, {1, "new", Contradicting}, {0, "_", InOrder}},
         "_old"},
        {"one byte of it",
         {{1, "old", OutOfOrder}, {1, "olD", Contradicting}, {0, "_", InOrder}},
         "_old"},
        {"longer, from the same start",
         {{1, "old", OutOfOrder}, {1, "newer", Contradicting}, {0, "_", InOrder}},
         "_old"},
        {"covering two with a gap in between",
         {{1, "a", OutOfOrder},
          {4, "b", OutOfOrder},
          {0, "_axyB", Contradicting},
          {0, "_axyb", InOrder}},
         "_axyb"},
        {"in order over what waits",
         {{2, "WAIT", OutOfOrder}, {0, "abcd", Contradicting}, {0, "abWA", InOrder}},
         "abWAIT"},
        {"what was delivered",
         {{0, "abc", InOrder}, {0, "abX", Contradicting}, {1, "bc", Duplicate}},
         "abc"},
        {"what was delivered, with more behind it",
         {{0, "abc", InOrder}, {2, "Xdef", Contradicting}, {2, "cdef", InOrder}},
         "abcdef"},
        {"equal copies of everything",
         {{2, "cd", OutOfOrder}, {2, "cd", OutOfOrder}, {0, "abcd", InOrder}, {1, "bcde", InOrder}},
         "abcde"},
    };
    for (const ContradictionCase& c : cases) {
        SCOPED_TRACE(c.why);
        Receiver receiver;
        receiver.undecided = true;
        for (const Step& step : c.steps) {
            EXPECT_EQ(receiver.accept(step.offset, step.text), step.expected) << step.text;
        }
        EXPECT_EQ(receiver.text(), c.delivered);
        receiver.acknowledge(receiver.text().size());
        EXPECT_EQ(receiver.in_use(), 0U);
    }
}

TEST(StreamHead, ComparesUntilTheReceiverHasAcknowledged) {
    Receiver receiver;
    receiver.undecided = true;
    receiver.accept(0, "abcdef");
    receiver.acknowledge(3);
    EXPECT_EQ(receiver.accept(0, "XXX"), Accepted::Duplicate) << "ignored by the receiver, too";
    EXPECT_EQ(receiver.accept(2, "Xd"), Accepted::Duplicate);
    EXPECT_EQ(receiver.accept(3, "X"), Accepted::Contradicting);
    receiver.undecided = false;
    EXPECT_EQ(receiver.accept(3, "X"), Accepted::Contradicting) << "it may not have arrived";
    receiver.accept(6, "ghi");
    EXPECT_EQ(receiver.accept(6, "X"), Accepted::Duplicate) << "passed after the decision";
    receiver.acknowledge(SegmentPool::kBlockBytes);
    EXPECT_FALSE(receiver.head.keeps_bytes());
}

TEST(StreamHead, WithoutTheNeedForComparisonBlocksGoBackWhenDelivered) {
    Receiver receiver;
    receiver.accept(1, "bcd");
    EXPECT_EQ(receiver.in_use(), 1U);
    receiver.accept(0, "a");
    EXPECT_EQ(receiver.text(), "abcd");
    EXPECT_EQ(receiver.in_use(), 0U);
}

TEST(StreamHead, AtTheLimitComparisonYieldsToWhatWaits) {
    constexpr std::size_t kBlock = SegmentPool::kBlockBytes;
    Receiver receiver;
    receiver.limit = 2;
    receiver.undecided = true;
    receiver.accept(0, Bytes(2 * kBlock, 'a'));
    EXPECT_EQ(receiver.in_use(), 2U);
    EXPECT_EQ(receiver.accept(3 * kBlock, "c"), Accepted::OutOfOrder);
    EXPECT_EQ(receiver.accept(0, "a"), Accepted::Contradicting) << "nobody can tell any more";
    EXPECT_EQ(receiver.accept(kBlock, "X"), Accepted::Contradicting) << "still kept";
    EXPECT_EQ(receiver.accept(5 * kBlock, "e"), Accepted::OutOfOrder);
    EXPECT_EQ(receiver.accept(7 * kBlock, "g"), Accepted::OverBudget);
    EXPECT_EQ(receiver.in_use(), 2U);
}

TEST(StreamHead, HeldBytesCountOnlyWhenTheyAreResolved) {
    for (const bool taken : {true, false}) {
        Receiver receiver;
        const Bytes early = {'e', 'a', 'r', 'l', 'y'};
        ASSERT_TRUE(receiver.head.hold(receiver.first, early, receiver.keeping()));
        EXPECT_EQ(receiver.text(), "");
        if (taken) {
            receiver.head.resolve(receiver.keeping(), receiver.sink());
            EXPECT_EQ(receiver.accept(5, "!"), Accepted::InOrder);
            EXPECT_EQ(receiver.text(), "early!");
        } else {
            receiver.head.forget(receiver.pool);
            EXPECT_EQ(receiver.accept(0, "other"), Accepted::InOrder);
            EXPECT_EQ(receiver.text(), "other");
        }
        EXPECT_EQ(receiver.in_use(), 0U);
    }
}

TEST(StreamHead, TheUrgentByteLeavesTheStream) {
    for (std::size_t at = 0; at < 5; ++at) {
        SCOPED_TRACE(at);
        Receiver receiver;
        const std::string text = "abcde";
        receiver.head.urgent(receiver.first + static_cast<uint32_t>(at));
        receiver.accept(2, text.substr(2));
        receiver.accept(0, text);
        EXPECT_EQ(receiver.text(), text.substr(0, at) + text.substr(at + 1));
        EXPECT_EQ(receiver.head.delivered(), 5U);
        receiver.head.urgent(receiver.first + 1);
        receiver.accept(5, "f");
        EXPECT_EQ(receiver.text().back(), 'f') << "an urgent pointer into the past means nothing";
    }
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
                receiver.undecided = (cuts & 1) != 0;
                for (const std::size_t piece : order) {
                    const std::size_t from = bounds[piece];
                    const std::size_t to = std::min(bounds[piece + 1] + overlap, kSize);
                    receiver.accept(from, std::span(stream).subspan(from, to - from));
                }
                ASSERT_EQ(receiver.delivered, stream) << "cuts " << cuts << " overlap " << overlap;
                receiver.head.release(receiver.pool);
                ASSERT_EQ(receiver.in_use(), 0U);
            } while (std::next_permutation(order.begin(), order.end()));
        }
    }
}

// Random segments, some of which contradict, while the receiver acknowledges at random.
TEST(StreamHead, DeliversWhatTheModelDelivers) {
    std::mt19937 random(20'240'601);
    for (int round = 0; round < 400; ++round) {
        Receiver receiver(static_cast<uint32_t>(random()), 64);
        receiver.undecided = true;
        test::ReceiverModel model;
        const std::size_t longest = round % 2 == 0 ? 12 : 7000;
        const Bytes stream = numbered(4 * longest);
        for (int i = 0; i < 24; ++i) {
            const std::size_t offset = random() % (3 * longest);
            const auto from = stream.begin() + static_cast<std::ptrdiff_t>(offset);
            Bytes bytes(from, from + static_cast<std::ptrdiff_t>(1 + random() % longest));
            if (random() % 4 == 0) {
                bytes[random() % bytes.size()] ^= 0x80;
            }
            const bool agrees = model.accept(offset, bytes);
            ASSERT_EQ(receiver.accept(offset, bytes) != Accepted::Contradicting, agrees);
            ASSERT_EQ(receiver.delivered, model.delivered) << "round " << round;
            ASSERT_EQ(receiver.head.has_gap(), model.has_gap());
            if (random() % 8 == 0) {
                model.acknowledged = std::max(model.acknowledged, model.delivered.size() / 2);
                receiver.acknowledge(model.acknowledged);
            }
        }
        receiver.head.release(receiver.pool);
        ASSERT_EQ(receiver.in_use(), 0U);
    }
}

TEST(StreamHead, CutsLongSegmentsIntoBlocks) {
    const Bytes stream = numbered(65'535);
    Receiver receiver(1, 40);
    EXPECT_EQ(receiver.accept(1, std::span(stream).subspan(1)), Accepted::OutOfOrder);
    EXPECT_EQ(receiver.in_use(), 32U);
    EXPECT_EQ(receiver.accept(0, std::span(stream).first(1)), Accepted::InOrder);
    EXPECT_EQ(receiver.delivered, stream);
    EXPECT_EQ(receiver.in_use(), 0U);
}

TEST(StreamHead, TinySegmentsInAnyOrderShareABlock) {
    Receiver receiver(1, 1);
    const Bytes stream = numbered(1000);
    for (std::size_t at = stream.size() - 1; at > 0; --at) {
        ASSERT_EQ(receiver.accept(at, std::span(stream).subspan(at, 1)), Accepted::OutOfOrder);
    }
    receiver.accept(0, std::span(stream).first(1));
    EXPECT_EQ(receiver.delivered, stream);
}

TEST(StreamHead, GivesUpAtItsLimitOrWithoutBlocks) {
    constexpr std::size_t kBlock = SegmentPool::kBlockBytes;
    Receiver limited;
    limited.limit = 2;
    EXPECT_EQ(limited.accept(2, "a"), Accepted::OutOfOrder);
    EXPECT_EQ(limited.accept(4 + kBlock, "b"), Accepted::OutOfOrder);
    EXPECT_EQ(limited.accept(6 + 2 * kBlock, "c"), Accepted::OverBudget);
    EXPECT_EQ(limited.accept(0, "_"), Accepted::InOrder) << "in-order bytes need no block";
    Receiver starved(1, 1);
    EXPECT_EQ(starved.accept(1, Bytes(kBlock)), Accepted::OverBudget);
    starved.head.release(starved.pool);
    EXPECT_EQ(starved.in_use(), 0U);
    Receiver unable(1, 0);
    unable.undecided = true;
    EXPECT_EQ(unable.accept(0, "abc"), Accepted::InOrder) << "nor does comparison stop them";
}

TEST(StreamHead, StartsAgainAfterRelease) {
    Receiver receiver;
    receiver.accept(5, "later");
    receiver.head.release(receiver.pool);
    EXPECT_FALSE(receiver.head.started());
    EXPECT_FALSE(receiver.head.has_gap());
    EXPECT_EQ(receiver.in_use(), 0U);
    receiver.head.start(receiver.first);
    receiver.accept(0, "again");
    EXPECT_EQ(receiver.text(), "again");
    EXPECT_EQ(receiver.head.delivered(), 5U);
}

}  // namespace
}  // namespace eti::stream
