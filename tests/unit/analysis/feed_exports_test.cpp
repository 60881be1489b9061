// The lists for other enforcers, over real HTTP.
#include "eti/ingest/encoding.h"
#include "tests/unit/analysis/feed_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

using nlohmann::json;
using test::Answer;
using test::kList;
using ::testing::HasSubstr;
using ::testing::Not;

using FeedExports = test::FeedFixture;

TEST_F(FeedExports, ServesListsForOthersWithoutWhatIsProtected) {
    options_.protect.push_back(*net::parse_ip_range("198.18.9.3"));
    start();
    call("POST", "/v1/allowlist", R"({"kind":"ip","value":"198.51.100.7"})");
    call("POST", "/v1/allowlist", json{{"kind", "sha256"}, {"value", std::string(64, 'b')}}.dump());
    EXPECT_EQ(get("/v1/export/srx/cc_ip").body, "198.18.9.1\n198.18.9.2\n");
    EXPECT_EQ(get("/v1/export/srx/cc_ipv6").body, "2001:db8::1\n");
    EXPECT_EQ(get("/v1/export/srx/infected_hosts").body, "");
    const Answer head = call("HEAD", "/v1/export/srx/cc_ip");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(get("/v1/export/srx/cc_ip.tgz").body.substr(0, 2), "\x1f\x8b");
    EXPECT_THAT(get("/v1/export/edl/cc_ip?min-level=10").body,
                HasSubstr(", 2 addresses\n198.18.9.1\n198.18.9.2\n"));
    EXPECT_EQ(get("/v1/export/edl/cc_ip?min-level=11").status, 400);
    EXPECT_EQ(get("/v1/export/suricata/ip").body, "198.18.9.1\n198.18.9.2\n2001:db8::1\n");
    EXPECT_THAT(get("/v1/export/suricata/cert-sha1").body,
                HasSubstr(base64_encode("11:23:46:47:79:3f:73:cb:de:d8:49:d8:27:af:9f:33:eb:df:28:"
                                        "8a")));
    EXPECT_EQ(get("/v1/export/suricata/cert-sha256").body, "") << "allowlisted";
    const Answer stix = get("/v1/export/stix");
    const json bundle = stix.json();
    EXPECT_EQ(bundle["type"], "bundle");
    ASSERT_EQ(bundle["objects"].size(), 6U) << "a producer, two certificates, three servers";
    for (const json& object : bundle["objects"]) {
        EXPECT_EQ(object["spec_version"], "2.1");
        EXPECT_FALSE(object.contains("revoked"));
    }
    EXPECT_THAT(stix.body, Not(HasSubstr("198.18.9.3")));
    EXPECT_THAT(stix.body, Not(HasSubstr("198.51.100.7")));
    EXPECT_EQ(get("/v1/export/stix").body, stix.body) << "nothing changed, not a byte";
    for (const char* path : {"/v1/export/srx/cc_cert_sha1", "/v1/export/srx", "/v1/export/x",
                             "/v1/export/suricata/x", "/v1/export/stix/x"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
}

TEST_F(FeedExports, AWithdrawnEntryIsRevoked) {
    start();
    const json before = get("/v1/export/stix").json();
    std::string shorter = kList;
    shorter.erase(shorter.find("2026-11-02"),
                  shorter.find(std::string(64, 'b')) - shorter.find("2026-11-02") - 20);
    replace("certs", shorter, "cc_cert_sha1");
    const json after = get("/v1/export/stix").json();
    ASSERT_EQ(after["objects"].size(), before["objects"].size());
    int revoked = 0;
    for (std::size_t i = 0; i < after["objects"].size(); ++i) {
        const json& object = after["objects"][i];
        EXPECT_EQ(object["id"], before["objects"][i]["id"]);
        EXPECT_EQ(object["created"], before["objects"][i]["created"]);
        if (object.value("revoked", false)) {
            ++revoked;
            EXPECT_THAT(object["pattern"], HasSubstr("11234647793f"));
        } else {
            EXPECT_EQ(object, before["objects"][i]);
        }
    }
    EXPECT_EQ(revoked, 1);
    EXPECT_NE(before["id"], after["id"]);
}

TEST_F(FeedExports, AListIsTaggedUntilItChanges) {
    start();
    for (const char* path : {"/v1/export/srx/cc_ip", "/v1/export/srx/cc_ip.tgz",
                             "/v1/export/edl/cc_ip", "/v1/export/suricata/ip", "/v1/export/stix"}) {
        const std::string tag = get(path).headers.at("etag");
        EXPECT_EQ(get(path, {"If-None-Match: " + tag}).status, 304) << path;
    }
    const std::string tag = get("/v1/export/srx/cc_ip").headers.at("etag");
    call("POST", "/v1/allowlist", R"({"kind":"ip","value":"198.18.9.1"})");
    const Answer changed = get("/v1/export/srx/cc_ip", {"If-None-Match: " + tag});
    EXPECT_EQ(changed.status, 200) << "an allowlisted address leaves at once";
    EXPECT_THAT(changed.body, Not(HasSubstr("198.18.9.1\n")));
}

TEST_F(FeedExports, AnExportTokenReadsNothingElse) {
    start();
    const std::string token =
        issue_token(options_.data_directory, "firewall", "default", TokenKind::Export);
    const std::string bearer = "Authorization: Bearer " + token;
    const std::string basic = "Authorization: Basic " + base64_encode("anybody:" + token);
    for (const std::string& credential : {bearer, basic}) {
        EXPECT_EQ(get("/v1/export/srx/cc_ip", {credential}).status, 200);
        for (const char* path : {"/v1/feeds", "/v1/hosts", "/v1/servers", "/v1/allowlist",
                                 "/v1/infected-hosts", "/metrics", "/v1/events"}) {
            EXPECT_EQ(get(path, {credential}).status, 403) << path;
        }
        EXPECT_EQ(call("POST", "/v1/allowlist", "{}", {credential}).status, 403);
    }
    EXPECT_EQ(get("/v1/export/srx/cc_ip").status, 401);
    EXPECT_EQ(get("/v1/export/srx/cc_ip", {"Authorization: Bearer no"}).status, 401);
}

TEST_F(FeedExports, InfectedHostsLeaveForTheirRealmOnly) {
    add_source("listed", test::kFeed);
    start();
    const std::string here = "Authorization: Bearer " + issue_token(options_.data_directory, "fw",
                                                                    "default", TokenKind::Export);
    const std::string there =
        "Authorization: Bearer " +
        issue_token(options_.data_directory, "other-fw", "other", TokenKind::Export);
    const std::string sensor =
        "Authorization: Bearer " + issue_token(options_.data_directory, "sensor");
    const Answer posted =
        call("POST", "/v1/records", test::RecordBuilder().sha1(test::kListedSha1).line(), {sensor});
    ASSERT_EQ(posted.status, 202) << posted.body;
    while (get("/v1/export/srx/infected_hosts", {here}).body != "10.0.1.10\n") {
    }
    EXPECT_EQ(get("/v1/export/srx/infected_hosts", {there}).body, "");
    EXPECT_THAT(get("/v1/export/srx/cc_ip", {there}).body, HasSubstr("198.18.9.1\n"));
    EXPECT_THAT(get("/v1/export/edl/infected_hosts?min-level=7", {here}).body,
                HasSubstr("10.0.1.10\n"));
}

}  // namespace
}  // namespace eti::analysis
