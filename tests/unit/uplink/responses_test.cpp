#include "uplink/responses.h"

#include <gtest/gtest.h>

#include <string>

namespace eti::uplink {
namespace {

const std::string kSha256(64, 'a');
const std::string kSignature = std::string(86, 'A') + "==";  // 64 bytes

std::string manifest_with(const std::string& from = "", const std::string& to = "") {
    std::string text = R"({"realm":"default","key_id":"0011223344556677","feeds":[{)"
                       R"("name":"cc_cert_sha1","version":"20261124.3","serial":3,"entries":5522,)"
                       R"("sha256":")" +
                       kSha256 + R"(","signature":")" + kSignature +
                       R"(","created":"2026-11-24T03:46:14Z","expires":"2027-01-03T03:46:14Z",)"
                       R"("update_interval":300}]})";
    const std::size_t at = from.empty() ? std::string::npos : text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Manifest, ReadsEveryField) {
    const Manifest manifest = parse_manifest(manifest_with());
    ASSERT_EQ(manifest.error, "");
    EXPECT_EQ(manifest.realm, "default");
    ASSERT_EQ(manifest.feeds.size(), 1U);
    EXPECT_EQ(manifest.feeds[0].serial, 3U);
    EXPECT_EQ(manifest.feeds[0].signature.size(), 64U);
    EXPECT_EQ(manifest.feeds[0].update_interval, std::chrono::seconds(300));
    EXPECT_EQ(signed_bytes(manifest.feeds[0]),
              "openeti-feed-v1\ncc_cert_sha1\n3\n20261124.3\n5522\n" + kSha256 +
                  "\n2026-11-24T03:46:14Z\n2027-01-03T03:46:14Z\n");
}

TEST(Manifest, RefusesWhatIsWrongAndNamesIt) {
    struct Case {
        const char* why;
        std::string from;
        std::string to;
        const char* named;
    };
    const Case cases[] = {
        {"a path in the name", "\"cc_cert_sha1\"", "\"../../etc\"", "name"},
        {"an upper-case name", "\"cc_cert_sha1\"", "\"CC\"", "name"},
        {"an empty name", "\"cc_cert_sha1\"", "\"\"", "name"},
        {"a line end inside a signed value", "20261124.3", "1\\n2", "version"},
        {"a negative serial", "\"serial\":3", "\"serial\":-3", "serial"},
        {"a fractional serial", "\"serial\":3", "\"serial\":3.5", "serial"},
        {"entries as text", "5522", "\"5522\"", "entries"},
        {"a short digest", kSha256, kSha256.substr(1), "sha256"},
        {"an upper-case digest", kSha256, std::string(64, 'A'), "sha256"},
        {"a short signature", kSignature, "AAAA", "signature"},
        {"a signature that is not base64", kSignature, std::string(86, '!') + "==", "signature"},
        {"no expiry", "\"expires\"", "\"expired\"", "expires"},
        {"a day that does not exist", "2027-01-03T", "2027-02-30T", "expires"},
        {"an update interval of years", "300", "300000000", "update_interval"},
        {"no realm", "\"realm\"", "\"kingdom\"", "realm"},
        {"feeds as an object", "[{", "{\"x\":[{", "not a JSON object"},
    };
    for (const Case& c : cases) {
        const Manifest manifest = parse_manifest(manifest_with(c.from, c.to));
        EXPECT_NE(manifest.error.find(c.named), std::string::npos)
            << c.why << ": " << manifest.error;
        EXPECT_TRUE(manifest.feeds.empty()) << c.why;
    }
}

TEST(Manifest, RefusesEveryTruncation) {
    const std::string whole = manifest_with();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_NE(parse_manifest(whole.substr(0, size)).error, "") << size;
    }
}

TEST(Manifest, BoundsTheNumberOfFeeds) {
    const std::string one = manifest_with();
    const std::string feed = one.substr(one.find("[{") + 1, one.rfind("}]") - one.find("[{"));
    std::string many = one.substr(0, one.find("[{") + 1);
    for (std::size_t i = 0; i <= kMostFeeds; ++i) {
        many += (i == 0 ? "" : ",") + feed;
    }
    EXPECT_NE(parse_manifest(many + "]}").error, "");
}

std::string hosts_with(const std::string& from = "", const std::string& to = "") {
    std::string text =
        R"({"version":12,"full":false,"entries":[{"ip":"10.0.1.10","threat_level":10,)"
        R"("reason":"certificate-blocklist: Dridex C&C","since":"2026-11-24T03:46:14Z",)"
        R"("expires":"2026-11-25T03:46:14Z"}],"removed":["10.0.1.11"]})";
    const std::size_t at = from.empty() ? std::string::npos : text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(InfectedHosts, ReadsEveryField) {
    const InfectedHostsAnswer answer = parse_infected_hosts(hosts_with());
    ASSERT_EQ(answer.error, "");
    EXPECT_EQ(answer.version, 12U);
    EXPECT_FALSE(answer.full);
    ASSERT_EQ(answer.entries.size(), 1U);
    EXPECT_EQ(answer.entries[0].ip, net::IpAddress::v4(10, 0, 1, 10));
    EXPECT_EQ(answer.entries[0].reason, "certificate-blocklist: Dridex C&C");
    EXPECT_NE(answer.entries[0].expires, Timestamp{});
    ASSERT_EQ(answer.removed.size(), 1U);
}

TEST(InfectedHosts, ExpiryMayBeAbsent) {
    const InfectedHostsAnswer answer =
        parse_infected_hosts(hosts_with(R"(,"expires":"2026-11-25T03:46:14Z")", ""));
    ASSERT_EQ(answer.error, "");
    EXPECT_EQ(answer.entries[0].expires, Timestamp{});
}

TEST(InfectedHosts, CutsALongReasonBetweenCharacters) {
    std::string umlauts;
    while (umlauts.size() < 2 * kMostReasonBytes) {
        umlauts += "\xc3\xbc";
    }
    const InfectedHostsAnswer answer =
        parse_infected_hosts(hosts_with("certificate-blocklist", "x" + umlauts));
    ASSERT_EQ(answer.error, "");
    EXPECT_EQ(answer.entries[0].reason.text().size(), kMostReasonBytes - 1);
}

TEST(InfectedHosts, RefusesWhatIsWrongAndNamesIt) {
    struct Case {
        const char* why;
        std::string from;
        std::string to;
        const char* named;
    };
    const Case cases[] = {
        {"no address", "10.0.1.10", "host.example", "ip"},
        {"a prefix is no host", "10.0.1.10", "10.0.0.0/8", "ip"},
        {"a level above ten", "\"threat_level\":10", "\"threat_level\":11", "threat_level"},
        {"a negative level", "\"threat_level\":10", "\"threat_level\":-1", "threat_level"},
        {"a reason that is no text", "\"certificate-blocklist: Dridex C&C\"", "7", "reason"},
        {"no since", "\"since\"", "\"from\"", "since"},
        {"an expiry that is no time", "2026-11-25T03:46:14Z", "soon", "expires"},
        {"no version", "\"version\":12", "\"version\":\"12\"", "version"},
        {"removed is no list", "[\"10.0.1.11\"]", "\"10.0.1.11\"", "removed"},
        {"a removed name", "\"10.0.1.11\"", "\"all\"", "removed"},
        {"broken UTF-8", "Dridex", "\xff\xfe", "JSON"},
    };
    for (const Case& c : cases) {
        const InfectedHostsAnswer answer = parse_infected_hosts(hosts_with(c.from, c.to));
        EXPECT_NE(answer.error.find(c.named), std::string::npos) << c.why << ": " << answer.error;
        EXPECT_TRUE(answer.entries.empty()) << c.why;
    }
    const std::string whole = hosts_with();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_NE(parse_infected_hosts(whole.substr(0, size)).error, "") << size;
    }
}

TEST(RecordsAnswer, ReadsAndRefuses) {
    struct Case {
        const char* why;
        const char* json;
        bool good;
        std::size_t rejected_lines;
    };
    const Case cases[] = {
        {"all taken", R"({"accepted":5,"rejected":[],"duplicate":false})", true, 0},
        {"lines named twice count once",
         R"({"accepted":1,"rejected":[{"line":2,"why":"x"},{"line":2,"why":"y"}],"duplicate":true})",
         true, 1},
        {"line zero does not exist", R"({"accepted":1,"rejected":[{"line":0}],"duplicate":false})",
         false, 0},
        {"no duplicate", R"({"accepted":1,"rejected":[]})", false, 0},
        {"a list", R"([1,2])", false, 0},
        {"nothing", "", false, 0},
        {"a login page", "<html>", false, 0},
    };
    for (const Case& c : cases) {
        const RecordsAnswer answer = parse_records_answer(c.json);
        EXPECT_EQ(answer.error.empty(), c.good) << c.why;
        EXPECT_EQ(answer.rejected_lines.size(), c.rejected_lines) << c.why;
    }
}

TEST(ProblemDetail, IsShortAndPrintable) {
    EXPECT_EQ(problem_detail(R"({"title":"t","detail":"d"})"), "d");
    EXPECT_EQ(problem_detail(R"({"title":"t","detail":"\u001b[2J"})"), "t");
    EXPECT_EQ(problem_detail("no json"), "");
    EXPECT_EQ(problem_detail(R"({"detail":")" + std::string(201, 'x') + "\"}"), "");
}

}  // namespace
}  // namespace eti::uplink
