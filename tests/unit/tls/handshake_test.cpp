#include "eti/tls/handshake.h"

#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::tls {
namespace {

using test::Bytes;
using Event = HandshakeReader::Event;

bool wants(HandshakeType type) {
    return type == HandshakeType::ClientHello || type == HandshakeType::ServerHello;
}

// Feeder reads hellos whole and lets everything else pass; it writes the events down.
struct Feeder {
    explicit Feeder(uint32_t small = 1, uint32_t large = 1) : pool(small, large) {}

    bool feed(std::span<const uint8_t> input) {
        while (true) {
            std::span<const uint8_t> bytes;
            switch (reader.next(input, pool, bytes)) {
                case Event::NeedMore:
                    return true;
                case Event::Header:
                    log += "|" + std::to_string(static_cast<int>(reader.type())) + " " +
                           std::to_string(reader.length()) + ":";
                    if (wants(reader.type())) {
                        reader.collect();
                    }
                    break;
                case Event::Piece:
                    log.append(bytes.begin(), bytes.end());
                    log += reader.at_boundary() ? "." : "";
                    break;
                case Event::Message:
                    last_message = bytes;
                    log.append(bytes.begin(), bytes.end());
                    log += "!";
                    break;
                case Event::NoMemory:
                    log += "no memory";
                    return false;
            }
        }
    }

    AssemblyPool pool;
    HandshakeReader reader;
    std::string log;
    std::span<const uint8_t> last_message;
};

TEST(HandshakeReader, FramesMessagesOverAnySegmentation) {
    struct Case {
        const char* why;
        Bytes bytes;
        const char* log;
    };
    const Case cases[] = {
        {"a collected message", test::handshake(1, test::text("hello")), "|1 5:hello!"},
        {"a passing one", test::handshake(12, test::text("key")), "|12 3:key."},
        {"messages back to back, empty ones between",
         test::join({test::handshake(2, test::text("sh")), test::hello_request(),
                     test::handshake(11, test::text("list")), test::server_hello_done()}),
         "|2 2:sh!|0 0:.|11 4:list.|14 0:."},
        {"an empty hello", test::handshake(1, {}), "|1 0:!"},
    };
    for (const Case& c : cases) {
        for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            Feeder feeder;
            for (std::size_t at = 0; at < c.bytes.size(); at += piece) {
                const std::size_t size = std::min(piece, c.bytes.size() - at);
                EXPECT_TRUE(feeder.feed(std::span(c.bytes).subspan(at, size)));
            }
            EXPECT_EQ(feeder.log, c.log);
            EXPECT_TRUE(feeder.reader.at_boundary());
        }
    }
}

TEST(HandshakeReader, CopiesNothingWhenTheBodyIsContiguous) {
    Feeder feeder(0, 0);
    const Bytes bytes = test::handshake(1, Bytes(10'000, 'x'));
    ASSERT_TRUE(feeder.feed(std::span(bytes).first(4)));
    ASSERT_TRUE(feeder.feed(std::span(bytes).subspan(4)));
    EXPECT_EQ(feeder.last_message.data(), bytes.data() + 4);
}

TEST(HandshakeReader, GrowsWithTheBytesThatCameNotWithTheLengthClaimed) {
    Feeder feeder(1, 0);
    const Bytes bytes = test::handshake(1, Bytes(kMaxMessageBytes, 'x'));
    EXPECT_TRUE(feeder.feed(std::span(bytes).first(4 + AssemblyPool::kSmallBytes)));
    EXPECT_FALSE(feeder.feed(std::span(bytes).subspan(4 + AssemblyPool::kSmallBytes, 1)));
}

TEST(HandshakeReader, MovesFromASmallToALargeBuffer) {
    Feeder feeder(1, 1);
    Bytes body(kMaxMessageBytes, 'x');
    body.front() = 'a';
    body.back() = 'z';
    const Bytes bytes = test::handshake(1, body);
    ASSERT_TRUE(feeder.feed(std::span(bytes).first(3000)));
    ASSERT_TRUE(feeder.feed(std::span(bytes).subspan(3000, 3000)));
    EXPECT_FALSE(feeder.pool.allocate(1).empty()) << "the small buffer was not given back";
    ASSERT_TRUE(feeder.feed(std::span(bytes).subspan(6000)));
    EXPECT_EQ(feeder.log, "|1 65536:" + std::string(body.begin(), body.end()) + "!");
}

TEST(HandshakeReader, GivesItsBufferBackAfterTheMessageAndOnReset) {
    Feeder feeder(1, 0);
    const Bytes bytes = test::handshake(1, test::text("hello"));
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(feeder.feed(std::span(bytes).first(6)));
        EXPECT_TRUE(feeder.pool.allocate(1).empty());
        ASSERT_TRUE(feeder.feed(std::span(bytes).subspan(6)));
        const auto buffer = feeder.pool.allocate(1);
        ASSERT_FALSE(buffer.empty());
        feeder.pool.free(buffer);
    }
    ASSERT_TRUE(feeder.feed(std::span(bytes).first(6)));
    feeder.reader.reset(feeder.pool);
    EXPECT_FALSE(feeder.pool.allocate(1).empty());
}

}  // namespace
}  // namespace eti::tls
