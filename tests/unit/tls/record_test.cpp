#include "eti/tls/record.h"

#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::tls {
namespace {

using test::Bytes;
using Event = RecordReader::Event;

// read feeds the bytes in pieces and writes the events down, fragments joined.
std::string read(const Bytes& bytes, std::size_t piece_bytes) {
    RecordReader reader;
    std::string log;
    for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
        auto input = std::span(bytes).subspan(at, std::min(piece_bytes, bytes.size() - at));
        while (!input.empty()) {
            std::span<const uint8_t> piece;
            switch (reader.next(input, piece)) {
                case Event::NeedMore:
                    break;
                case Event::Header:
                    log += "|" + std::to_string(static_cast<int>(reader.type())) + " " +
                           std::to_string(reader.length()) + ":";
                    break;
                case Event::Fragment:
                    log.append(piece.begin(), piece.end());
                    break;
                case Event::BadVersion:
                    return log + "|version";
                case Event::BadLength:
                    return log + "|length";
            }
        }
    }
    return log + (reader.at_boundary() ? "|" : "");
}

struct Case {
    const char* why;
    Bytes bytes;
    const char* log;
};

TEST(RecordReader, FramesRecordsOverAnySegmentation) {
    const Case cases[] = {
        {"one record", test::record(ContentType::Handshake, test::text("hello")), "|22 5:hello|"},
        {"an empty record between two",
         test::join({test::record(ContentType::Alert, {'a', 'b'}),
                     test::record(ContentType::Handshake, {}),
                     test::record(ContentType::Handshake, {'c'})}),
         "|21 2:ab|22 0:|22 1:c|"},
        {"a type nobody assigned", {99, 3, 3, 0, 1, 'x'}, "|99 1:x|"},
        {"SSL 3 and a version not yet made", {22, 3, 0, 0, 0, 22, 3, 9, 0, 0}, "|22 0:|22 0:|"},
        {"a fragment that has not come yet", {23, 3, 3, 0, 4, 'a', 'b'}, "|23 4:ab"},
        {"major version 2", {22, 2, 3, 0, 1, 'x'}, "|version"},
        {"text", test::text("GET / HTTP/1.1\r\n"), "|version"},
        {"one byte too long", {23, 3, 3, 0x48, 0x01, 'x'}, "|length"},
        {"far too long, known from the first length byte", {23, 3, 3, 0xff}, "|length"},
    };
    for (const Case& c : cases) {
        for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            EXPECT_EQ(read(c.bytes, piece), c.log);
        }
    }
}

TEST(RecordReader, TakesTheLongestRecordEndpointsSend) {
    const Bytes longest(kMaxFragmentBytes, 'z');
    const std::string log = read(test::record(ContentType::ApplicationData, longest), 1460);
    EXPECT_EQ(log.size(), std::string("|23 18432:|").size() + longest.size());
}

TEST(RecordReader, PassesAFragmentOnWithoutTouchingIt) {
    const Bytes bytes = test::record(ContentType::ApplicationData, Bytes(1000, 7));
    RecordReader reader;
    std::span<const uint8_t> input(bytes);
    std::span<const uint8_t> piece;
    ASSERT_EQ(reader.next(input, piece), Event::Header);
    ASSERT_EQ(reader.next(input, piece), Event::Fragment);
    EXPECT_EQ(piece.data(), bytes.data() + 5);
    EXPECT_EQ(piece.size(), 1000U);
    EXPECT_TRUE(input.empty());
}

}  // namespace
}  // namespace eti::tls
