#include "eti/ingest/record_reader.h"

#include "eti/ingest/encoding.h"
#include "eti/metadata/record_json.h"
#include "tests/support/service_builders.h"
#include "tests/unit/metadata/record_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {
namespace {

using metadata::CertificateSummary;
using metadata::Record;
using test::RecordBuilder;
using ::testing::ElementsAre;
using Kind = RecordReader::Kind;
namespace samples = metadata::samples;

struct Read {
    Kind kind = Kind::Other;
    FullRecord session;
    CertificateLine certificate;
};

Read read(std::string_view line) {
    static RecordReader reader;  // its buffers are large
    Read result;
    result.kind = reader.read(line, result.session, result.certificate);
    return result;
}

Read through_json(const Record& record, const CertificateSummary* leaf) {
    std::string line;
    metadata::append_json(line, record, leaf, samples::sensor());
    return read(line);
}

TEST(RecordReader, gives_back_what_the_record_said) {
    const Record told = samples::fullest();
    const Read result = through_json(told, nullptr);
    ASSERT_EQ(result.kind, Kind::Session);
    const Record& record = result.session.record;
    EXPECT_EQ(result.session.key, "eti1\neti1/0badcafe/7");
    EXPECT_EQ(record.start, told.start);
    EXPECT_EQ(record.end, told.end);
    EXPECT_EQ(record.phase, told.phase);
    EXPECT_EQ(record.transport, told.transport);
    EXPECT_EQ(record.protocol, told.protocol);
    EXPECT_EQ(record.visibility, told.visibility);
    EXPECT_EQ(record.action, told.action);
    EXPECT_EQ(record.reason, told.reason);
    EXPECT_EQ(record.feed.view(), told.feed.view());
    EXPECT_EQ(record.threat_level, told.threat_level);
    EXPECT_EQ(record.client.ip, told.client.ip);
    EXPECT_EQ(record.client.port, told.client.port);
    EXPECT_EQ(record.server.ip, told.server.ip);
    EXPECT_EQ(record.server.port, told.server.port);
    EXPECT_TRUE(record.dns.seen);
    EXPECT_EQ(record.dns.name.view(), told.dns.name.view());
    EXPECT_EQ(record.dns.cname, told.dns.cname);
    EXPECT_EQ(record.dns.ttl, told.dns.ttl);
    EXPECT_EQ(record.dns.answers, told.dns.answers);
    EXPECT_EQ(record.dns.age_us, told.dns.age_us);
}

TEST(RecordReader, gives_back_hellos_and_alerts) {
    const Record told = samples::fullest();
    const Record record = through_json(told, nullptr).session.record;
    EXPECT_TRUE(record.client_hello.seen);
    EXPECT_EQ(record.client_hello.version, told.client_hello.version);
    EXPECT_EQ(record.client_hello.sni.view(), told.client_hello.sni.view());
    EXPECT_EQ(record.client_hello.ja3, told.client_hello.ja3);
    EXPECT_EQ(record.client_hello.ja4.view(), told.client_hello.ja4.view());
    EXPECT_THAT(record.client_hello.ciphers.view(), ElementsAre(49199, 156));
    EXPECT_THAT(record.client_hello.extensions.view(), ElementsAre(0, 16));
    EXPECT_TRUE(record.server_hello.seen);
    EXPECT_EQ(record.server_hello.version, told.server_hello.version);
    EXPECT_EQ(record.server_hello.negotiated_version, told.server_hello.negotiated_version);
    EXPECT_EQ(record.server_hello.cipher, told.server_hello.cipher);
    EXPECT_EQ(record.server_hello.resumed, told.server_hello.resumed);
    ASSERT_EQ(record.alerts.size(), 1U);
    EXPECT_EQ(record.alerts.view()[0].direction, Direction::In);
    EXPECT_EQ(record.alerts.view()[0].level, 2);
    EXPECT_EQ(record.alerts.view()[0].description, 40);
}

TEST(RecordReader, gives_back_sizes_and_times_of_the_traffic) {
    const Record told = samples::fullest();
    const Record record = through_json(told, nullptr).session.record;
    EXPECT_EQ(record.traffic.packets, told.traffic.packets);
    EXPECT_EQ(record.traffic.bytes, told.traffic.bytes);
    EXPECT_EQ(record.traffic.payload, told.traffic.payload);
    EXPECT_EQ(record.traffic.retransmits, told.traffic.retransmits);
    EXPECT_EQ(record.traffic.gaps, told.traffic.gaps);
    ASSERT_EQ(record.traffic.splt.size(), 2U);
    EXPECT_EQ(record.traffic.splt.view()[1].payload_bytes, -1460);
    EXPECT_EQ(record.traffic.splt.view()[1].delta_us, 250U);
    ASSERT_EQ(record.traffic.records.size(), 2U);
    EXPECT_EQ(record.traffic.records.view()[1].record_bytes, -4000);
    EXPECT_EQ(record.traffic.records.view()[1].delta_us, 251U);
    EXPECT_EQ(record.traffic.records.view()[1].type, 22);
}

TEST(RecordReader, gives_back_what_the_certificate_says) {
    const Record told = samples::fullest();
    CertificateSummary leaf = samples::leaf();
    leaf.self_signed = true;
    leaf.chain_judged = true;
    leaf.issuer_known = true;
    leaf.chain_from = -5;
    leaf.chain_until = std::numeric_limits<int64_t>::max();
    const FullRecord session = through_json(told, &leaf).session;
    const auto& certificate = session.record.certificate;
    EXPECT_TRUE(certificate.seen);
    EXPECT_FALSE(certificate.inherited);
    EXPECT_EQ(certificate.sha1, told.certificate.sha1);
    EXPECT_THAT(certificate.chain.view(),
                ElementsAre(told.certificate.chain.view()[0], told.certificate.chain.view()[1]));
    ASSERT_TRUE(session.leaf);
    EXPECT_TRUE(session.leaf->parsed);
    EXPECT_EQ(session.leaf->sha1, leaf.sha1);
    EXPECT_EQ(session.leaf->subject, leaf.subject);
    EXPECT_EQ(session.leaf->issuer, leaf.issuer);
    EXPECT_EQ(session.leaf->serial, leaf.serial);
    EXPECT_EQ(session.leaf->not_before, leaf.not_before);
    EXPECT_EQ(session.leaf->not_after, leaf.not_after);
    EXPECT_EQ(session.leaf->key, leaf.key);
    EXPECT_EQ(session.leaf->bits, leaf.bits);
    EXPECT_EQ(session.leaf->signature, leaf.signature);
    EXPECT_EQ(session.leaf->san, leaf.san);
    EXPECT_TRUE(session.leaf->self_signed);
    EXPECT_TRUE(session.leaf->chain_judged);
    EXPECT_TRUE(session.leaf->issuer_known);
    EXPECT_EQ(session.leaf->chain_from, leaf.chain_from);
    EXPECT_EQ(session.leaf->chain_until, leaf.chain_until);
}

TEST(RecordReader, a_chain_that_leads_nowhere_is_valid_at_no_time) {
    CertificateSummary leaf = samples::leaf();
    leaf.chain_judged = true;
    const FullRecord session = through_json(samples::fullest(), &leaf).session;
    ASSERT_TRUE(session.leaf);
    EXPECT_TRUE(session.leaf->chain_judged);
    EXPECT_FALSE(session.leaf->issuer_known);
    EXPECT_GT(session.leaf->chain_from, session.leaf->chain_until);
}

TEST(RecordReader, what_was_not_seen_stays_unseen) {
    const Read result = through_json(samples::smallest(), nullptr);
    ASSERT_EQ(result.kind, Kind::Session);
    const Record& record = result.session.record;
    EXPECT_EQ(record.end, record.start);
    EXPECT_FALSE(record.client_hello.seen);
    EXPECT_FALSE(record.server_hello.seen);
    EXPECT_FALSE(record.certificate.seen);
    EXPECT_FALSE(record.dns.seen);
    EXPECT_FALSE(result.session.leaf);
    EXPECT_TRUE(record.traffic.records.empty());
    EXPECT_TRUE(record.alerts.empty());
}

TEST(RecordReader, a_hello_of_one_side_is_not_taken_for_both) {
    Record alert = samples::smallest();
    alert.alerts.push({Direction::In, 2, 40});
    EXPECT_FALSE(through_json(alert, nullptr).session.record.client_hello.seen);
    Record server = samples::smallest();
    server.server_hello.seen = true;
    const Record heard = through_json(server, nullptr).session.record;
    EXPECT_FALSE(heard.client_hello.seen);
    EXPECT_TRUE(heard.server_hello.seen);
    const Record named = read(RecordBuilder().line()).session.record;
    EXPECT_TRUE(named.client_hello.seen) << "only a hello can hold the name";
}

TEST(RecordReader, a_session_does_not_show_in_the_next) {
    RecordReader reader;
    FullRecord session;
    CertificateLine certificate;
    const CertificateSummary leaf = samples::leaf();
    std::string full;
    std::string small;
    metadata::append_json(full, samples::fullest(), &leaf, samples::sensor());
    metadata::append_json(small, samples::smallest(), nullptr, samples::sensor());
    ASSERT_EQ(reader.read(full, session, certificate), Kind::Session);
    ASSERT_EQ(reader.read(small, session, certificate), Kind::Session);
    EXPECT_FALSE(session.leaf);
    EXPECT_FALSE(session.record.client_hello.seen);
    EXPECT_TRUE(session.record.traffic.splt.empty());
}

TEST(RecordReader, only_a_session_with_id_start_and_addresses_is_one) {
    struct Case {
        const char* why;
        std::string line;
    };
    const std::vector<Case> cases = {
        {"empty", ""},
        {"blank", "  \n"},
        {"not JSON", "nope"},
        {"an array", "[1]"},
        {"a number", "7"},
        {"cut", R"({"type":"session","id":"x)"},
        {"two objects", "{} {}"},
        {"no type", "{}"},
        {"type is a number", RecordBuilder().set("/type", 1).line()},
        {"another type", RecordBuilder().set("/type", "flow").line()},
        {"no id", RecordBuilder().erase("id").line()},
        {"empty id", RecordBuilder().id("").line()},
        {"id is a number", RecordBuilder().set("/id", 7).line()},
        {"no start", RecordBuilder().erase("start").line()},
        {"start is no time", RecordBuilder().set("/start", "yesterday").line()},
        {"start before clocks", RecordBuilder().set("/start", "1969-12-31T23:59:59Z").line()},
        {"the same by offset", RecordBuilder().set("/start", "1970-01-01T00:00:00+00:01").line()},
        {"no server", RecordBuilder().erase("server").line()},
        {"server is a text", RecordBuilder().set("/server", "203.0.113.9").line()},
        {"no address", RecordBuilder().client("10.0.1").line()},
        {"not UTF-8", "{\"type\":\"session\",\"id\":\"\xff\"}"},
        {"NUL", std::string("{\"type\":\"session\"\0}", 19)},
        {"too deep", RecordBuilder().set("/x", 0).line().insert(
                         1, R"("deep":)" + std::string(40, '[') + std::string(40, ']') + ",")},
        {"too long",
         RecordBuilder().set("/x", std::string(RecordReader::kMaxLineBytes, 'x')).line()},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(read(each.line).kind, Kind::Other) << each.why;
    }
    EXPECT_EQ(read(RecordBuilder().line()).kind, Kind::Session);
}

TEST(RecordReader, a_cut_line_is_nothing) {
    std::string line;
    const CertificateSummary leaf = samples::leaf();
    metadata::append_json(line, samples::fullest(), &leaf, samples::sensor());
    for (std::size_t size = 0; size + 1 < line.size(); ++size) {
        EXPECT_EQ(read(std::string_view(line).substr(0, size)).kind, Kind::Other) << size;
    }
}

TEST(RecordReader, a_wrong_type_is_as_good_as_nothing) {
    for (const nlohmann::json& wrong :
         {nlohmann::json(nullptr), nlohmann::json(true), nlohmann::json(1), nlohmann::json(1.5),
          nlohmann::json("x"), nlohmann::json::array(), nlohmann::json::array({1, "x", nullptr}),
          nlohmann::json::object()}) {
        for (const char* place : {"/tls",
                                  "/tls/client_hello",
                                  "/tls/server_hello",
                                  "/tls/alerts",
                                  "/tls/sni",
                                  "/certificate",
                                  "/certificate/chain_sha1",
                                  "/certificate/subject",
                                  "/certificate/san",
                                  "/certificate/chain",
                                  "/traffic",
                                  "/traffic/records",
                                  "/traffic/splt",
                                  "/traffic/gaps",
                                  "/traffic/payload_out",
                                  "/dns",
                                  "/dns/name",
                                  "/end",
                                  "/phase",
                                  "/reason",
                                  "/threat_level",
                                  "/sensor"}) {
            EXPECT_EQ(read(RecordBuilder().set(place, wrong).line()).kind, Kind::Session)
                << place << " = " << wrong;
        }
    }
    const Record record = read(RecordBuilder()
                                   .set("/end", 7)
                                   .set("/traffic/splt", {1, nlohmann::json::array({1})})
                                   .set("/traffic/records", {{1, 2}, {1, 22, 3}})
                                   .line())
                              .session.record;
    EXPECT_EQ(record.end, record.start);
    EXPECT_TRUE(record.traffic.splt.empty());
    EXPECT_EQ(record.traffic.records.size(), 1U) << "a sample that is whole";
}

TEST(RecordReader, a_number_that_does_not_fit_is_the_nearest_that_does) {
    const auto port = [](const nlohmann::json& value) {
        return read(RecordBuilder().set("/server/port", value).line()).session.record.server.port;
    };
    EXPECT_EQ(port(65'535), 65'535);
    EXPECT_EQ(port(65'536), 65'535);
    EXPECT_EQ(port(-1), 0);
    EXPECT_EQ(port(1e300), 0) << "no whole number";
    EXPECT_EQ(port(std::numeric_limits<uint64_t>::max()), 65'535);
    EXPECT_EQ(port(std::numeric_limits<int64_t>::min()), 0);
    const auto traffic =
        read(RecordBuilder()
                 .set("/traffic/payload_out", std::numeric_limits<uint64_t>::max())
                 .set("/traffic/records", {{std::numeric_limits<int64_t>::min(), 300, -1},
                                           {std::numeric_limits<uint64_t>::max(), 23, 1UL << 40}})
                 .line())
            .session.record.traffic;
    EXPECT_EQ(traffic.payload[0], uint64_t{std::numeric_limits<int64_t>::max()} * 2 + 1);
    EXPECT_EQ(traffic.records.view()[0].record_bytes, std::numeric_limits<int32_t>::min());
    EXPECT_EQ(traffic.records.view()[0].type, 255);
    EXPECT_EQ(traffic.records.view()[0].delta_us, 0U);
    EXPECT_EQ(traffic.records.view()[1].record_bytes, std::numeric_limits<int32_t>::max());
    EXPECT_EQ(traffic.records.view()[1].delta_us, std::numeric_limits<uint32_t>::max());
}

TEST(RecordReader, lists_and_texts_end_where_a_record_ends) {
    const std::string digest(40, 'a');
    const std::vector<std::vector<int>> samples(60, {1, 23, 1});
    const FullRecord session =
        read(RecordBuilder()
                 .set("/tls/sni", std::string(300, 'a'))
                 .set("/tls/client_hello/ciphers", std::vector<int>(200, 1))
                 .set("/traffic/records", samples)
                 .set("/traffic/splt", samples)
                 .set("/traffic/gaps", std::vector<int>(40, 1))
                 .set("/certificate/chain_sha1", std::vector<std::string>(40, digest))
                 .set("/certificate/subject", "CN=a")
                 .set("/certificate/san", std::vector<int>(3, 1))
                 .line())
            .session;
    const Record& record = session.record;
    EXPECT_EQ(record.client_hello.sni.view().size(), 255U);
    EXPECT_EQ(record.client_hello.ciphers.size(), 128U);
    EXPECT_EQ(record.traffic.records.size(), 50U);
    EXPECT_EQ(record.traffic.splt.size(), 50U);
    EXPECT_EQ(record.traffic.gaps.back(), 1U);
    EXPECT_EQ(record.certificate.chain.size(), 32U);
    ASSERT_TRUE(session.leaf);
    EXPECT_TRUE(session.leaf->san.empty()) << "numbers are no names";
    const std::vector<std::string> names(150, "a.example");
    const FullRecord named =
        read(RecordBuilder().set("/certificate/subject", "").set("/certificate/san", names).line())
            .session;
    ASSERT_TRUE(named.leaf);
    EXPECT_EQ(named.leaf->san.size(), 100U);
}

// Sites remember what certificates say; what a record says of one must not cost them more memory.
TEST(RecordReader, a_summary_longer_than_any_certificate_is_none) {
    const auto leaf = [](std::size_t bytes) {
        return read(RecordBuilder().set("/certificate/subject", std::string(bytes, 'x')).line())
            .session.leaf;
    };
    EXPECT_TRUE(leaf(metadata::CertificateBytes::kMaxBytes));
    EXPECT_FALSE(leaf(metadata::CertificateBytes::kMaxBytes + 1));
}

TEST(RecordReader, a_chain_that_was_cut_stays_cut) {
    Record record = samples::fullest();
    const auto cut = [&] {
        return through_json(record, nullptr).session.record.certificate.chain.truncated();
    };
    while (!record.certificate.chain.full()) {
        record.certificate.chain.push(Sha1Digest{1});
    }
    EXPECT_FALSE(cut());
    record.certificate.chain.push(Sha1Digest{1});
    EXPECT_TRUE(cut());
}

TEST(RecordReader, times_are_never_too_far_apart_to_subtract) {
    const FullRecord longest = read(RecordBuilder()
                                        .set("/start", "1970-01-01T00:00:00Z")
                                        .set("/end", "2261-12-31T23:59:60.999999999-23:59")
                                        .line())
                                   .session;
    EXPECT_GT(longest.record.end - longest.record.start, std::chrono::years(291));
    const Record early =
        read(RecordBuilder().set("/end", "1678-01-01T00:00:00Z").line()).session.record;
    EXPECT_EQ(early.end, early.start);
}

TEST(RecordReader, takes_a_certificate_whose_digest_is_its_own) {
    const auto line = [](const std::string& sha1, const std::string& der) {
        return R"({"type":"certificate","sha1":")" + sha1 + R"(","der":")" + der + "\"}";
    };
    const std::string der("0\0\xff", 3);
    const std::string text = base64_encode(der);
    const Read whole = read(line(sha1_hex(der), text));
    ASSERT_EQ(whole.kind, Kind::Certificate);
    EXPECT_EQ(metadata::to_hex(whole.certificate.sha1), sha1_hex(der));
    EXPECT_THAT(whole.certificate.der, ElementsAre('0', 0, 0xff));

    std::string written;
    metadata::append_certificate_json(written, whole.certificate.sha1, whole.certificate.der);
    EXPECT_EQ(read(written).certificate.der, whole.certificate.der);

    EXPECT_EQ(read(line(sha1_hex("other"), text)).kind, Kind::Other);
    EXPECT_EQ(read(line("00", text)).kind, Kind::Other);
    EXPECT_EQ(read(line(sha1_hex(der), "M*A=")).kind, Kind::Other);
    EXPECT_EQ(read(line(sha1_hex(""), "")).kind, Kind::Other);
    EXPECT_EQ(read(R"({"type":"certificate"})").kind, Kind::Other);
    const std::string large(metadata::CertificateBytes::kMaxBytes + 1, 'x');
    EXPECT_EQ(read(line(sha1_hex(large), base64_encode(large))).kind, Kind::Other);
}

}  // namespace
}  // namespace eti::analysis
