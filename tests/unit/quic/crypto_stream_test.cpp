#include "eti/quic/crypto_stream.h"

#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace eti::quic {
namespace {

using test::Bytes;
using test::join;
using Event = CryptoStream::Event;

constexpr std::size_t kSmallCapacity = tls::AssemblyPool::kSmallBytes / 9 * 8;

Bytes numbered(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), uint8_t{0});
    return bytes;
}

class CryptoStreamTest : public testing::Test {
  protected:
    ~CryptoStreamTest() override { stream.finish(pool); }
    Event add(uint64_t offset, const Bytes& data) {
        return stream.add(offset, data, pool, message);
    }
    Event add_part(const Bytes& all, std::size_t from, std::size_t to) {
        return add(from, Bytes(all.begin() + static_cast<std::ptrdiff_t>(from),
                               all.begin() + static_cast<std::ptrdiff_t>(to)));
    }
    Bytes body() const {
        const auto bytes = message.body.bytes();
        return {bytes.begin(), bytes.end()};
    }

    tls::AssemblyPool pool{1, 1};
    CryptoStream stream;
    CryptoStream::Message message;
};

TEST_F(CryptoStreamTest, PassesAWholeMessageWithoutABuffer) {
    tls::AssemblyPool none(0, 0);
    const Bytes first = test::handshake(1, numbered(1000));
    const Bytes data = join({first, test::handshake(2, {})});
    ASSERT_EQ(stream.add(0, data, none, message), Event::Message);
    EXPECT_EQ(message.type, tls::HandshakeType::ClientHello);
    EXPECT_EQ(body(), numbered(1000));
    ASSERT_EQ(stream.add(0, data, none, message), Event::Message);
    EXPECT_EQ(message.type, tls::HandshakeType::ServerHello);
    EXPECT_EQ(stream.add(0, data, none, message), Event::NeedMore);
}

TEST_F(CryptoStreamTest, TakesBytesInAnyOrder) {
    const Bytes all = test::handshake(1, numbered(20));
    std::vector<std::size_t> order = {0, 1, 2, 3, 4, 5};
    do {
        stream.reset(pool);
        unsigned messages = 0;
        for (const std::size_t at : order) {
            messages += add_part(all, at * 4, at * 4 + 4) == Event::Message ? 1U : 0U;
        }
        ASSERT_EQ(messages, 1U);
        ASSERT_EQ(body(), numbered(20));
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(CryptoStreamTest, TakesOverlapsAndMovesToALargeBuffer) {
    const Bytes all = test::handshake(1, numbered(20'000));
    EXPECT_EQ(add_part(all, 100, 3000), Event::NeedMore);
    EXPECT_EQ(add_part(all, 2000, kSmallCapacity), Event::NeedMore);
    EXPECT_EQ(add_part(all, 10'000, 20'004), Event::NeedMore) << "no longer in the small buffer";
    EXPECT_EQ(add_part(all, 0, 101), Event::NeedMore);
    EXPECT_EQ(add_part(all, kSmallCapacity - 1, 15'000), Event::Message);
    EXPECT_EQ(body(), numbered(20'000));
    EXPECT_FALSE(stream.conflicting());
}

TEST_F(CryptoStreamTest, KeepsTheFirstCopyAndSaysThatThereWasAnother) {
    const Bytes all = test::handshake(1, numbered(20));
    Bytes other = all;
    other[10] = 0xee;
    add_part(all, 8, 12);
    EXPECT_FALSE(stream.conflicting());
    add_part(all, 10, 11);
    EXPECT_FALSE(stream.conflicting()) << "the same bytes again";
    EXPECT_EQ(add_part(other, 0, other.size()), Event::Message);
    EXPECT_TRUE(stream.conflicting());
    EXPECT_EQ(body(), numbered(20));
}

TEST_F(CryptoStreamTest, FindsAMessageThatWaitedForTheOneBeforeIt) {
    const Bytes first = test::handshake(2, numbered(30));
    const Bytes second = test::handshake(2, numbered(40));
    EXPECT_EQ(add(first.size(), second), Event::NeedMore);
    ASSERT_EQ(add(0, first), Event::Message);
    EXPECT_EQ(body(), numbered(30));
    ASSERT_EQ(add(0, first), Event::Message);
    EXPECT_EQ(body(), numbered(40));
    EXPECT_EQ(add(0, first), Event::NeedMore);
}

TEST_F(CryptoStreamTest, HasBounds) {
    struct Case {
        const char* why;
        uint64_t offset;
        Bytes data;
        Event expected;
    };
    const Case kCases[] = {
        {"the last byte there is room for", CryptoStream::kMaxBytes - 1, {1}, Event::NeedMore},
        {"one beyond it", CryptoStream::kMaxBytes, {1}, Event::TooLong},
        {"across the end", CryptoStream::kMaxBytes - 1, {1, 2}, Event::TooLong},
        {"the largest offset there is", (uint64_t{1} << 62) - 1, {1}, Event::TooLong},
        {"no bytes, nowhere", (uint64_t{1} << 62) - 1, {}, Event::NeedMore},
        {"a message that will not fit", 0, {1, 0, 0xff, 0xff}, Event::TooLong},
        {"the longest that fits", 0, {1, 0, 0xe3, 0x84}, Event::NeedMore},
        {"one byte longer", 0, {1, 0, 0xe3, 0x85}, Event::TooLong},
    };
    static_assert(CryptoStream::kMaxBytes == 4 + 0xe384);
    for (const Case& c : kCases) {
        stream.reset(pool);
        EXPECT_EQ(add(c.offset, c.data), c.expected) << c.why;
    }
}

TEST_F(CryptoStreamTest, SaysWhenThePoolIsEmpty) {
    tls::AssemblyPool one_small(1, 0);
    const Bytes all = test::handshake(1, numbered(5000));
    CryptoStream other;
    EXPECT_EQ(stream.add(0, std::span(all).first(500), one_small, message), Event::NeedMore);
    EXPECT_EQ(other.add(0, std::span(all).first(500), one_small, message), Event::NoMemory);
    EXPECT_EQ(stream.add(500, std::span(all).subspan(500, 4000), one_small, message),
              Event::NoMemory);
    stream.finish(one_small);
    EXPECT_EQ(other.add(0, std::span(all).first(500), one_small, message), Event::NeedMore);
    EXPECT_EQ(stream.add(0, all, one_small, message), Event::NeedMore) << "finished";
    other.finish(one_small);
}

}  // namespace
}  // namespace eti::quic
