#include "eti/tls/dtls_message.h"

#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace eti::tls {
namespace {

using test::Bytes;
using Added = DtlsMessage::Added;

Bytes counted(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), uint8_t{1});
    return bytes;
}

struct Piece {
    uint32_t offset;
    uint32_t size;
};

struct Assembly {
    explicit Assembly(uint32_t small = 2, uint32_t large = 2) : pool(small, large) {}
    Added add(const Bytes& all, Piece piece) {
        return message.add(7, static_cast<uint32_t>(all.size()), piece.offset,
                           std::span(all).subspan(piece.offset, piece.size), pool);
    }
    Added add(const Bytes& all) { return add(all, {0, static_cast<uint32_t>(all.size())}); }
    bool is(const Bytes& all) const { return std::ranges::equal(message.message(), all); }

    AssemblyPool pool;
    DtlsMessage message;
};

TEST(DtlsMessage, IsCompleteInEveryOrderOfItsFragments) {
    const Bytes all = counted(40);
    std::vector<Piece> pieces = {{0, 10}, {10, 1}, {11, 9}, {15, 20}, {30, 10}, {5, 0}};
    std::ranges::sort(pieces, {}, &Piece::offset);
    do {
        Assembly assembly;
        Added last = Added::More;
        for (const Piece& piece : pieces) {
            EXPECT_NE(last, Added::Contradicted);
            const Added added = assembly.add(all, piece);
            last = added == Added::Known ? last : added;
        }
        ASSERT_EQ(last, Added::Whole);
        ASSERT_TRUE(assembly.is(all));
        assembly.message.reset(assembly.pool);
    } while (std::ranges::next_permutation(pieces, {}, &Piece::offset).found);
}

TEST(DtlsMessage, GrowsFromASmallBufferToALargeOne) {
    for (const uint32_t size : {100U, 3'640U, 3'641U, 4'096U, 30'000U, DtlsMessage::kMaxBytes}) {
        SCOPED_TRACE(size);
        const Bytes all = counted(size);
        std::vector<Piece> pieces;
        for (uint32_t at = 0; at < size; at += 997) {
            pieces.push_back({at, std::min<uint32_t>(997, size - at)});
        }
        std::mt19937 order(size);
        std::ranges::shuffle(pieces, order);
        Assembly assembly(1, 1);
        Added last = Added::More;
        for (const Piece& piece : pieces) {
            ASSERT_EQ(last, Added::More);
            last = assembly.add(all, piece);
        }
        EXPECT_EQ(last, Added::Whole);
        EXPECT_TRUE(assembly.is(all));
        assembly.message.reset(assembly.pool);
        EXPECT_FALSE(assembly.pool.allocate(AssemblyPool::kLargeBytes).empty());
        EXPECT_FALSE(assembly.pool.allocate(1).empty());
    }
}

TEST(DtlsMessage, KeepsTheFirstCopyAndSaysSo) {
    const Bytes all = counted(20);
    for (uint32_t at = 0; at < 20; ++at) {
        SCOPED_TRACE(at);
        Bytes other = all;
        other[at] ^= 1;
        Assembly assembly;
        EXPECT_EQ(assembly.add(all, {0, 10}), Added::More);
        const bool differs = at < 10;
        EXPECT_EQ(assembly.add(other, {0, 12}), differs ? Added::Contradicted : Added::More);
        EXPECT_EQ(assembly.add(other, {12, 8}), differs ? Added::More : Added::Whole);
        if (differs) {
            EXPECT_EQ(assembly.add(all), Added::Whole);
        }
        EXPECT_TRUE(assembly.is(differs ? all : other));
        assembly.message.reset(assembly.pool);
    }
}

TEST(DtlsMessage, KnowsCopiesOfAMessageThatIsDone) {
    const Bytes all = counted(20);
    Bytes other = all;
    other[19] ^= 0x80;
    Assembly assembly;
    ASSERT_EQ(assembly.add(all), Added::Whole);
    assembly.message.done(assembly.pool);
    EXPECT_EQ(assembly.add(all), Added::Known);
    EXPECT_EQ(assembly.add(all, {0, 15}), Added::More) << "checked once it is there again";
    EXPECT_EQ(assembly.add(all, {10, 10}), Added::Known);
    EXPECT_EQ(assembly.add(other), Added::Contradicted);
    EXPECT_TRUE(assembly.is(other));
    EXPECT_EQ(assembly.add(other, {0, 15}), Added::More);
    EXPECT_EQ(assembly.add(other, {15, 5}), Added::Contradicted);
    EXPECT_TRUE(assembly.is(other));
    EXPECT_EQ(assembly.add(counted(21), {0, 3}), Added::Contradicted) << "another length";
    EXPECT_TRUE(assembly.message.message().empty());
    assembly.message.release(assembly.pool);
    EXPECT_TRUE(assembly.message.is_done());
}

TEST(DtlsMessage, NeedsMemoryOnlyForPieces) {
    const Bytes all = counted(20);
    Assembly assembly(0, 0);
    EXPECT_EQ(assembly.add(all), Added::Whole);
    EXPECT_FALSE(assembly.message.keep(assembly.pool));
    assembly.message.done(assembly.pool);
    EXPECT_EQ(assembly.add(all, {0, 3}), Added::Known) << "cannot be checked";
    Assembly pieces(0, 0);
    EXPECT_EQ(pieces.add(all, {0, 3}), Added::NoMemory);
    const Bytes long_one(DtlsMessage::kMaxBytes + 1, 1);
    Assembly too_long;
    EXPECT_EQ(too_long.add(long_one, {0, 1}), Added::TooLong);
    EXPECT_FALSE(too_long.message.started());
}

TEST(DtlsMessage, KeepsAMessageThatMustWait) {
    Assembly assembly;
    Bytes all = counted(20);
    ASSERT_EQ(assembly.add(all), Added::Whole);
    ASSERT_TRUE(assembly.message.keep(assembly.pool));
    const Bytes copy = all;
    all.assign(20, 0);
    EXPECT_TRUE(assembly.is(copy));
    EXPECT_EQ(assembly.add(copy, {3, 9}), Added::Known);
    EXPECT_EQ(assembly.add(all, {3, 9}), Added::Contradicted);
    EXPECT_TRUE(assembly.is(copy));
    assembly.message.reset(assembly.pool);
}

}  // namespace
}  // namespace eti::tls
