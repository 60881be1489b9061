#include "eti/dns/tcp_messages.h"

#include "tests/support/dns_builder.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace eti::dns {
namespace {

using test::Bytes;
using test::join;
using test::prefixed;

// Framed takes the stream in the given pieces and collects the messages.
class Framed {
  public:
    void feed(const Bytes& piece) {
        std::span<const uint8_t> bytes(piece);
        std::span<const uint8_t> message;
        while (framing_.next(bytes, buffer_, message)) {
            messages.emplace_back(message.begin(), message.end());
        }
        EXPECT_TRUE(bytes.empty());
    }
    bool buffer_in_use() const { return framing_.buffer_in_use(); }

    std::vector<Bytes> messages;

  private:
    TcpMessages framing_;
    std::array<uint8_t, TcpMessages::kMaxMessageBytes> buffer_{};
};

Bytes part(const Bytes& bytes, std::size_t from, std::size_t to) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(to)};
}

TEST(TcpMessages, do_not_depend_on_the_cut) {
    const std::vector<Bytes> messages = {test::text("first"), test::text("2"), Bytes(300, 0x77)};
    Bytes stream;
    for (const Bytes& message : messages) {
        stream = join({stream, prefixed(2, message)});
    }
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        Framed framed;
        framed.feed(part(stream, 0, first));
        framed.feed(part(stream, first, stream.size()));
        EXPECT_EQ(framed.messages, messages) << "cut after " << first;
        EXPECT_FALSE(framed.buffer_in_use());
    }
    for (const std::size_t size : {1U, 2U, 3U, 7U}) {
        Framed framed;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            framed.feed(part(stream, at, std::min(at + size, stream.size())));
        }
        EXPECT_EQ(framed.messages, messages) << "pieces of " << size;
    }
}

TEST(TcpMessages, pass_over_what_is_too_long) {
    struct Case {
        const char* why;
        std::size_t size;
        bool kept;
    };
    for (const Case& c : {Case{"the longest", TcpMessages::kMaxMessageBytes, true},
                          Case{"one byte more", TcpMessages::kMaxMessageBytes + 1, false},
                          Case{"the longest there is", 65535, false}}) {
        const Bytes stream = join({prefixed(2, Bytes(c.size, 0x55)), prefixed(2, {'x'})});
        for (const std::size_t size : {std::size_t{1}, std::size_t{1460}, stream.size()}) {
            Framed framed;
            for (std::size_t at = 0; at < stream.size(); at += size) {
                framed.feed(part(stream, at, std::min(at + size, stream.size())));
                EXPECT_FALSE(framed.buffer_in_use() && !c.kept);
            }
            ASSERT_EQ(framed.messages.size(), c.kept ? 2U : 1U) << c.why;
            EXPECT_EQ(framed.messages.back(), Bytes{'x'}) << c.why;
        }
    }
}

TEST(TcpMessages, need_the_buffer_only_for_a_message_in_progress) {
    Framed framed;
    framed.feed({0});
    EXPECT_FALSE(framed.buffer_in_use()) << "half a length";
    framed.feed({3});
    EXPECT_FALSE(framed.buffer_in_use()) << "a length";
    framed.feed({'a'});
    EXPECT_TRUE(framed.buffer_in_use());
    framed.feed({'b', 'c', 0});
    EXPECT_FALSE(framed.buffer_in_use());
    framed.feed({0, 0, 1, 'd'});
    EXPECT_EQ(framed.messages, (std::vector<Bytes>{test::text("abc"), Bytes{}, Bytes{'d'}}))
        << "an empty message passes";
}

}  // namespace
}  // namespace eti::dns
