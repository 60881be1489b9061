#include "eti/ingest/record_parser.h"

#include "eti/ingest/encoding.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace eti::analysis {
namespace {

using test::RecordBuilder;
using ::testing::HasSubstr;

RecordBatch parse(std::string body) {
    RecordBatch batch;
    EXPECT_TRUE(parse_records(body, batch));
    return batch;
}

TEST(RecordParser, KeepsWhatItJudgesBy) {
    const auto batch = parse(RecordBuilder()
                                 .set("/tls/sni", "WWW.Example")
                                 .set("/certificate/sha256", std::string(64, 'A'))
                                 .set("/threat_level", 8)
                                 .set("/phase", "handshake")
                                 .self_signed()
                                 .line());
    ASSERT_EQ(batch.sessions.size(), 1U);
    const SessionRecord& session = batch.sessions[0];
    EXPECT_EQ(session.sensor, "eti1");
    EXPECT_EQ(session.id, "s-1");
    EXPECT_EQ(session.phase, Phase::Handshake);
    EXPECT_EQ(session.last_us - session.start_us, 1'000'000);
    EXPECT_EQ(net::to_string(session.client), "10.0.1.10");
    EXPECT_EQ(net::to_string(session.server), "203.0.113.9");
    EXPECT_EQ(session.server_port, 443);
    EXPECT_EQ(session.hostname, "www.example");
    EXPECT_EQ(session.sha1, test::kOtherSha1);
    EXPECT_EQ(session.sha256, std::string(64, 'a'));
    EXPECT_TRUE(session.self_signed);
    EXPECT_EQ(session.threat_level, 8);
}

TEST(RecordParser, NamesTheLineAndTheReason) {
    struct Case {
        const char* why;
        std::string line;
        const char* says;
    };
    const std::vector<Case> cases = {
        {"not JSON", "nope\n", "not JSON"},
        {"two values", "{} {}\n", "not JSON"},
        {"an array", "[1]\n", "not a JSON object"},
        {"no type", "{}\n", "'type' is missing"},
        {"unknown type", RecordBuilder().set("/type", "flow").line(), "'type' is 'flow'"},
        {"another version", RecordBuilder().set("/v", 2).line(), "'v' is not 1"},
        {"version as text", RecordBuilder().set("/v", "1").line(), "'v' is not a number"},
        {"no id", RecordBuilder().erase("id").line(), "'id' is missing"},
        {"null id", RecordBuilder().set("/id", nullptr).line(), "'id' is missing"},
        {"empty id", RecordBuilder().id("").line(), "'id' is empty"},
        {"endless id", RecordBuilder().id(std::string(256, 'x')).line(), "longer than 255"},
        {"id as number", RecordBuilder().set("/id", 7).line(), "'id' is not a string"},
        {"unknown phase", RecordBuilder().set("/phase", "begin").line(), "'phase' is 'begin'"},
        {"bad time", RecordBuilder().set("/start", "yesterday").line(), "'start' is not an RFC"},
        {"bad address", RecordBuilder().client("10.0.1").line(), "'client.ip' is not an IP"},
        {"no server", RecordBuilder().erase("server").line(), "'server' is missing"},
        {"server as text", RecordBuilder().set("/server", "x").line(), "'server' is not an object"},
        {"port too large", RecordBuilder().set("/server/port", 65536).line(), "'server.port'"},
        {"port below zero", RecordBuilder().set("/client/port", -1).line(), "'client.port'"},
        {"short digest", RecordBuilder().sha1("abcd").line(), "'certificate.sha1' is not 40 hex"},
        {"no hex", RecordBuilder().sha1(std::string(40, 'g')).line(), "'certificate.sha1'"},
        {"level 11", RecordBuilder().set("/threat_level", 11).line(), "'threat_level'"},
        {"unknown action", RecordBuilder().set("/action", "maybe").line(), "'action'"},
        {"unknown reason", RecordBuilder().set("/reason", "mood").line(), "'reason'"},
        {"flag as text", RecordBuilder().set("/certificate/self_signed", "no").line(),
         "'certificate.self_signed' is not true or false"},
        {"invalid UTF-8", "{\"type\":\"session\",\"id\":\"\xff\"}\n", "not JSON"},
        {"too deep", std::string(100, '[') + std::string(100, ']') + "\n", "not JSON"},
        {"too long", RecordBuilder().set("/x", std::string(300'000, 'x')).line(), "longer than"},
        {"certificate without DER",
         R"({"type":"certificate","sha1":"00112233445566778899aabbccddeeff00112233"})",
         "'der' is missing"},
        {"DER of another digest",
         R"({"type":"certificate","sha1":"00112233445566778899aabbccddeeff00112233","der":"MAA="})",
         "'sha1' is not the SHA-1 of 'der'"},
        {"DER not base64",
         R"({"type":"certificate","sha1":"00112233445566778899aabbccddeeff00112233","der":"M*A="})",
         "'der' is not base64"},
    };
    for (const Case& each : cases) {
        const RecordBatch batch = parse(RecordBuilder().line() + each.line);
        EXPECT_EQ(batch.sessions.size(), 1U) << each.why << ": the good line before is kept";
        ASSERT_EQ(batch.rejected.size(), 1U) << each.why;
        EXPECT_EQ(batch.rejected[0].line, 2U) << each.why;
        EXPECT_THAT(batch.rejected[0].why, HasSubstr(each.says)) << each.why;
    }
}

TEST(RecordParser, ATruncatedLineIsNeverARecord) {
    const std::string line = RecordBuilder().line();
    for (std::size_t size = 1; size + 1 < line.size(); ++size) {
        const RecordBatch batch = parse(line.substr(0, size));
        EXPECT_EQ(batch.accepted(), 0U) << "cut after " << size << " bytes";
        EXPECT_EQ(batch.rejected.size(), 1U) << "cut after " << size << " bytes";
    }
}

TEST(RecordParser, TakesLineEndsAsTheyCome) {
    const std::string line = RecordBuilder().line();
    const std::string bare = line.substr(0, line.size() - 1);
    EXPECT_EQ(parse(bare).sessions.size(), 1U) << "no newline at the end";
    EXPECT_EQ(parse(bare + "\r\n\r\n\n" + bare).sessions.size(), 2U) << "CRLF and empty lines";
    EXPECT_EQ(parse("").accepted(), 0U);
}

TEST(RecordParser, TakesACertificate) {
    const std::string text = std::string("0") + '\0';
    const auto batch = parse(R"({"type":"certificate","sha1":")" + sha1_hex(text) + R"(","der":")" +
                             base64_encode(text) + "\"}");
    ASSERT_EQ(batch.certificates.size(), 1U);
    EXPECT_EQ(batch.certificates[0].der, text);
}

TEST(RecordParser, BoundsTheLines) {
    RecordBatch batch;
    std::string body = "\n\n\n\n";
    RecordLimits limits;
    limits.max_lines = 3;
    EXPECT_FALSE(parse_records(body, batch, limits));
    limits.max_lines = 4;
    EXPECT_TRUE(parse_records(body, batch, limits));
}

TEST(Base64, RefusesWhatIsNotCanonicalText) {
    for (const char* text : {"", "A", "AA", "AAA", "A===", "====", "AA=A", "AA\n=", "AAAA=AAA"}) {
        EXPECT_FALSE(base64_decode(text)) << text;
    }
    for (const std::string& bytes : {std::string("a"), std::string("ab"), std::string("abc")}) {
        EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    }
}

}  // namespace
}  // namespace eti::analysis
