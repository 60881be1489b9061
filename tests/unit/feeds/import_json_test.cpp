// ThreatFox, Feodo and MISP in JSON.
#include "eti/feeds/import.h"

#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

constexpr const char* kSha1 = "408696c2824d4c8ab6f6a9ca3680a190c5761630";
constexpr const char* kMd5 = "b386946a5a44d1ddcc843bc75336dfce";

TEST(ImportJson, reads_both_forms_of_threatfox) {
    const std::string element =
        R"({"ioc_type":"ip:port","malware":"win.x","malware_printable":"Cobalt Strike",)"
        R"("confidence_level":75,"reference":null,)";
    const std::string cases[] = {
        R"({"7":[)" + element +
            R"("ioc_value":"192.0.2.1:80","first_seen_utc":"2023-09-01 20:21:55"}],)"
            R"("8":[{"ioc_value":"http://a.example/","ioc_type":"url"}]})",
        R"({"query_status":"ok","data":[)" + element +
            R"("id":"7","ioc":"192.0.2.1:80","first_seen":"2023-09-01 20:21:55 UTC"},)"
            R"({"ioc":"aa","ioc_type":"md5_hash"}]})",
    };
    for (const std::string& text : cases) {
        const ImportedFeed feed = import_feed(text, FeedFormat::Auto);
        EXPECT_EQ(feed.error, "") << text;
        ASSERT_EQ(feed.indicators.size(), 1U) << text;
        EXPECT_EQ(feed.indicators[0].value, "192.0.2.1");
        EXPECT_EQ(feed.indicators[0].port, 80);
        EXPECT_EQ(feed.indicators[0].level, 8);
        EXPECT_EQ(feed.indicators[0].reason, "Cobalt Strike");
        EXPECT_EQ(feed.indicators[0].listed_s, 1693599715);
        EXPECT_EQ(feed.ignored, 1U);
    }
}

TEST(ImportJson, reads_feodo) {
    const ImportedFeed feed = import_feed(
        R"([{"ip_address":"192.0.2.1","port":443,"status":"offline","hostname":null,)"
        R"("first_seen":"2023-09-01 20:21:55","malware":"Pikabot"},{"ip_address":"x","port":1},)"
        R"({"ip_address":"192.0.2.2","port":0}])",
        FeedFormat::Auto);
    EXPECT_EQ(feed.error, "");
    ASSERT_EQ(feed.indicators.size(), 1U);
    EXPECT_EQ(feed.indicators[0].port, 443);
    EXPECT_EQ(feed.indicators[0].reason, "Pikabot");
    ASSERT_EQ(feed.rejected_count, 2U);
    EXPECT_EQ(feed.rejected[0].line, 2U);
    EXPECT_EQ(feed.rejected[1].line, 3U);
}

TEST(ImportJson, refuses_what_is_no_feed) {
    struct Case {
        const char* why;
        FeedFormat format;
        std::string text;
        const char* sentence;
    };
    const Case cases[] = {
        {"cut", FeedFormat::ThreatFox, R"({"7":[{"ioc_value")", "cut"},
        {"an error of the API", FeedFormat::ThreatFox, R"({"query_status":"no_result"})",
         "'no_result'"},
        {"an empty object", FeedFormat::ThreatFox, "{}", "no entry"},
        {"an empty list", FeedFormat::Feodo, "[]", "no entry"},
        {"another shape", FeedFormat::Feodo, R"({"a":1})", "no list"},
        {"nothing of it can be read", FeedFormat::Feodo, R"([1,2])", "none of its 2"},
        {"no event", FeedFormat::Misp, R"({"Event":{}})", "no MISP event"},
        {"no JSON", FeedFormat::Misp, "busy", "cut"},
    };
    for (const Case& c : cases) {
        const ImportedFeed feed = import_feed(c.text, c.format);
        EXPECT_NE(feed.error.find(c.sentence), std::string::npos) << c.why << ": " << feed.error;
        EXPECT_TRUE(feed.indicators.empty()) << c.why;
    }
    EXPECT_NE(import_feed(R"([{},{}])", FeedFormat::Feodo, {1000, 1}).error.find("limit of 1"),
              std::string::npos);
}

std::string attribute(const std::string& type, const std::string& value,
                      const std::string& more = R"("to_ids":true)") {
    return R"({"type":")" + type + R"(","value":")" + value + R"(","timestamp":"1693599715",)" +
           more + "}";
}

std::string event(const std::string& attributes, const std::string& more = "") {
    return R"({"Event":{"info":"Dridex C&C","threat_level_id":"2","date":"2023-09-01",)" + more +
           R"("Attribute":[)" + attributes + "]}}";
}

TEST(ImportMisp, takes_attributes_that_are_for_detection) {
    const std::string object = R"("Object":[{"name":"x509","Attribute":[)" +
                               attribute("x509-fingerprint-sha256", std::string(64, 'A')) +
                               R"(]},{"deleted":true,"Attribute":[)" +
                               attribute("ip-dst", "192.0.2.66") + "]}],";
    const ImportedFeed feed = import_feed(
        event(attribute("x509-fingerprint-sha1", kSha1) + "," +
                  attribute("ja3-fingerprint-md5", kMd5) + "," + attribute("ip-dst", "192.0.2.1") +
                  "," + attribute("ip-dst|port", "192.0.2.2|8443") + "," +
                  attribute("domain", "C2.Example.org") + "," +
                  attribute("domain|ip", "a.example|192.0.2.3") + "," +
                  attribute("ip-dst", "192.0.2.4", R"("to_ids":false)") + "," +
                  attribute("ip-dst", "192.0.2.5", R"("to_ids":true,"deleted":true)") + "," +
                  attribute("ip-dst", "192.0.2.6", R"("to_ids":"1","deleted":"1")") + "," +
                  attribute("ip-dst", "192.0.2.7", R"("comment":"no word of to_ids")") + "," +
                  attribute("filename|md5", "a.exe|x") + "," + attribute("ip-dst", "nowhere"),
              object),
        FeedFormat::Auto);
    EXPECT_EQ(feed.error, "");
    ASSERT_EQ(feed.indicators.size(), 7U);
    EXPECT_EQ(feed.indicators[0].value, kSha1);
    EXPECT_EQ(feed.indicators[0].reason, "Dridex C&C");
    EXPECT_EQ(feed.indicators[0].level, 7);
    EXPECT_EQ(feed.indicators[0].listed_s, 1693599715);
    EXPECT_EQ(feed.indicators[1].kind, IndicatorKind::Ja3);
    EXPECT_EQ(feed.indicators[3].port, 8443);
    EXPECT_EQ(feed.indicators[4].value, "c2.example.org");
    EXPECT_EQ(feed.indicators[5].value, "a.example");
    EXPECT_EQ(feed.indicators[6].kind, IndicatorKind::CertificateSha256);
    EXPECT_EQ(feed.indicators[6].value, std::string(64, 'a'));
    EXPECT_EQ(feed.ignored, 6U);
    ASSERT_EQ(feed.rejected_count, 1U);
    EXPECT_EQ(feed.rejected[0].line, 12U);
}

TEST(ImportMisp, reads_lists_of_events_and_leaves_deleted_ones_out) {
    const std::string one = event(attribute("ip-dst", "192.0.2.1"));
    const std::string gone = event(attribute("ip-dst", "192.0.2.2"), R"("deleted":true,)");
    const ImportedFeed feed = import_misp_event(R"({"response":[)" + one + "," + gone + "]}");
    EXPECT_EQ(feed.error, "");
    ASSERT_EQ(feed.indicators.size(), 1U);
    EXPECT_EQ(feed.indicators[0].value, "192.0.2.1");
    EXPECT_EQ(import_misp_event(event("")).error, "") << "an event of nothing is legal";
}

TEST(ImportMisp, reads_the_manifest) {
    const std::string uuid = "5a3b9ef1-0000-4000-8000-c0a800000001";
    const MispManifest manifest =
        import_misp_manifest(R"({")" + uuid +
                             R"(":{"timestamp":"1693599715","info":"x"},"../../etc/passwd":)"
                             R"({"timestamp":"1"},"5a3b9ef1-0000-4000-8000-c0a800000002":{}})");
    EXPECT_EQ(manifest.error, "");
    ASSERT_EQ(manifest.events.size(), 1U);
    EXPECT_EQ(manifest.events[0].uuid, uuid);
    EXPECT_EQ(manifest.events[0].timestamp, 1693599715);
    EXPECT_EQ(manifest.rejected_count, 2U);
    EXPECT_NE(import_misp_manifest("{}").error, "");
    EXPECT_NE(import_misp_manifest("[]").error, "");
}

TEST(ImportMisp, reads_the_hashes) {
    const std::string md5 = kMd5;
    const MispHashes hashes =
        import_misp_hashes(md5 + ",5a3b9ef1-0000-4000-8000-c0a800000002\r\n" + md5 +
                           ",5A3B9EF1-0000-4000-8000-C0A800000001\nnonsense\n" + md5 +
                           ",5a3b9ef1-0000-4000-8000-c0a800000002");
    EXPECT_EQ(hashes.error, "");
    EXPECT_EQ(hashes.uuids, (std::vector<std::string>{"5a3b9ef1-0000-4000-8000-c0a800000001",
                                                      "5a3b9ef1-0000-4000-8000-c0a800000002"}));
    ASSERT_EQ(hashes.rejected_count, 1U);
    EXPECT_EQ(hashes.rejected[0].line, 3U);
}

}  // namespace
}  // namespace eti::analysis
