#include "eti/tls/certificate_list.h"

#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::tls {
namespace {

using test::Bytes;
using Event = CertificateListReader::Event;

std::string read(const Bytes& body, std::size_t piece_bytes) {
    CertificateListReader reader;
    reader.start(static_cast<uint32_t>(body.size()));
    std::string log;
    for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
        auto input = std::span(body).subspan(at, std::min(piece_bytes, body.size() - at));
        for (bool more = true; more;) {
            std::span<const uint8_t> bytes;
            switch (reader.next(input, bytes)) {
                case Event::NeedMore:
                    more = false;
                    break;
                case Event::Begin:
                    log += "<" + std::to_string(reader.number()) + " " +
                           std::to_string(reader.entry_length()) + ":";
                    break;
                case Event::Data:
                    log.append(bytes.begin(), bytes.end());
                    break;
                case Event::End:
                    log += std::to_string(reader.number()) + ">";
                    break;
                case Event::Done:
                    log += log.ends_with('.') ? "" : ".";
                    more = false;
                    break;
                case Event::Bad:
                    return log + "bad";
            }
        }
    }
    return log;
}

TEST(CertificateListReader, YieldsEntriesOverAnySegmentation) {
    struct Case {
        const char* why;
        Bytes body;
        const char* log;
    };
    const Case cases[] = {
        {"leaf and issuer", test::certificate_body({test::text("leaf"), test::text("ca")}),
         "<0 4:leaf0><1 2:ca1>."},
        {"no certificate at all", test::certificate_body({}), "."},
        {"empty entries are entries", test::certificate_body({{}, test::text("b"), {}}),
         "<0 0:0><1 1:b1><2 0:2>."},
        {"bytes behind the list are not ours",
         test::join({test::certificate_body({test::text("leaf")}), test::text("more")}),
         "<0 4:leaf0>."},
        {"list longer than the message", {0, 0, 9, 0, 0, 1, 'a'}, "bad"},
        {"entry longer than the list", {0, 0, 4, 0, 0, 2, 'a'}, "bad"},
        {"second entry longer than the list", {0, 0, 8, 0, 0, 1, 'a', 0, 0, 2, 'b'}, "<0 1:a0>bad"},
        {"one byte where an entry's length should be", {0, 0, 5, 0, 0, 1, 'a', 0}, "<0 1:a0>bad"},
        {"a message too short for the list's length", {0, 0}, "bad"},
    };
    for (const Case& c : cases) {
        for (std::size_t piece = 1; piece <= c.body.size(); ++piece) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            EXPECT_EQ(read(c.body, piece), c.log);
        }
    }
}

TEST(CertificateListReader, EndsAnEntryWithItsLastByte) {
    const Bytes body = test::certificate_body({test::text("leaf"), test::text("ca")});
    EXPECT_EQ(read(Bytes(body.begin(), body.begin() + 9), 100), "bad") << "shorter message";
    CertificateListReader reader;
    reader.start(static_cast<uint32_t>(body.size()));
    auto input = std::span(body).first(10);
    std::span<const uint8_t> bytes;
    EXPECT_EQ(reader.next(input, bytes), Event::Begin);
    EXPECT_EQ(reader.next(input, bytes), Event::Data);
    EXPECT_TRUE(input.empty());
    EXPECT_EQ(reader.next(input, bytes), Event::End);
    EXPECT_EQ(reader.next(input, bytes), Event::NeedMore);
}

TEST(CertificateListReader, StartsOverForAnotherMessage) {
    CertificateListReader reader;
    reader.start(2);
    reader.start(7);
    const Bytes body = test::certificate_body({test::text("x")});
    std::span<const uint8_t> input(body);
    std::span<const uint8_t> bytes;
    EXPECT_EQ(reader.next(input, bytes), Event::Begin);
    EXPECT_EQ(reader.number(), 0U);
}

}  // namespace
}  // namespace eti::tls
